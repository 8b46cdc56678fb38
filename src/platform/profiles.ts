/** What one kind of software does, or does without, on a unit. */
export interface ProfileLine {
  readonly software: string;
  /** What it is about. */
  readonly what: string;
  /** Capabilities that it takes, in the form of a register's `requires`. */
  readonly requires: string;
  /** What becomes of it without them. */
  readonly without: string;
  /** Where that can be looked up. */
  readonly source: string;
}

const LINUX = 'drivers/iommu/intel/';

/**
 * Not in the specification: what operating systems and hypervisors make of CAP_REG and ECAP_REG. Linux as of 6.12, Xen as of
 * 4.19, QEMU as of 9.
 */
// biome-ignore format: a table is read by its columns
export const PROFILES: readonly ProfileLine[] = Object.freeze([
  { software: 'Linux', what: 'interrupt remapping', requires: 'ECAP_REG.IR and ECAP_REG.QI',
    without: 'interrupts are not isolated: VFIO refuses devices unless unsafe interrupts are allowed', source: `${LINUX}irq_remapping.c, intel_prepare_irq_remapping` },
  { software: 'Linux', what: 'x2APIC with interrupt remapping', requires: 'ECAP_REG.IR and ECAP_REG.EIM',
    without: 'xAPIC mode: processors with an APIC id above 255 get no device interrupts', source: `${LINUX}irq_remapping.c, intel_prepare_irq_remapping` },
  { software: 'Linux', what: 'posted interrupts for assigned devices', requires: 'CAP_REG.PI',
    without: 'each interrupt of an assigned device leaves the guest; all units must have it', source: `${LINUX}irq_remapping.c, set_irq_posting_cap` },
  { software: 'Linux', what: 'queued invalidation', requires: 'ECAP_REG.QI',
    without: 'invalidation by register, slower, and nothing above that needs the queue', source: `${LINUX}iommu.c, intel_iommu_init_qi` },
  { software: 'Linux', what: 'pass-through domains without tables (iommu=pt)', requires: 'ECAP_REG.PT',
    without: 'identity maps of all memory in tables', source: `${LINUX}iommu.c, hw_pass_through` },
  { software: 'Linux', what: 'coherent tables', requires: 'ECAP_REG.C or ECAP_REG.SMPWCS',
    without: 'every change of a table is flushed from the processor caches', source: `${LINUX}iommu.h, iommu_paging_structure_coherency` },
  { software: 'Linux', what: 'large pages of the second stage', requires: 'CAP_REG.SSLPS',
    without: '4 KB pages alone: more tables, and more misses', source: `${LINUX}iommu.c, iommu_superpage_capability` },
  { software: 'Linux', what: 'invalidation of single pages', requires: 'CAP_REG.PSI',
    without: 'each unmap invalidates the whole domain', source: `${LINUX}cache.c, cap_pgsel_inv` },
  { software: 'Linux', what: 'cache coherency enforced for assigned devices', requires: 'ECAP_REG.SC',
    without: 'KVM lets the guest flush caches (WBINVD) while a device is assigned', source: `${LINUX}iommu.c, IOMMU_CAP_ENFORCE_CACHE_COHERENCY` },
  { software: 'Linux', what: 'scalable mode', requires: 'ECAP_REG.SMTS',
    without: 'legacy mode: no PASIDs, no first stage, no nesting', source: `${LINUX}iommu.h, sm_supported` },
  { software: 'Linux', what: 'shared virtual memory', requires: 'ECAP_REG.SMTS and ECAP_REG.FSTS and ECAP_REG.PASID',
    without: 'devices cannot use the page tables of processes', source: `${LINUX}svm.c, intel_svm_check` },
  { software: 'Linux', what: 'shared virtual memory where processors have 1 GB pages', requires: 'CAP_REG.FS1GP',
    without: 'it is off: "SVM disabled, incompatible 1GB page capability"', source: `${LINUX}svm.c, intel_svm_check` },
  { software: 'Linux', what: 'shared virtual memory where processors have five levels', requires: 'CAP_REG.FS5LP',
    without: 'it is off: "SVM disabled, incompatible paging mode"', source: `${LINUX}svm.c, intel_svm_check` },
  { software: 'Linux', what: 'page requests', requires: 'ECAP_REG.PRS',
    without: 'memory that devices share must be pinned', source: `${LINUX}iommu.c, ecap_prs` },
  { software: 'Linux', what: 'nested translation for guests (iommufd)', requires: 'ECAP_REG.SMTS and ECAP_REG.NEST',
    without: 'a guest cannot have first-stage tables of its own', source: `${LINUX}iommu.h, nested_supported` },
  { software: 'Linux', what: 'dirty tracking for live migration (iommufd)', requires: 'ECAP_REG.SMTS and ECAP_REG.SSADS',
    without: 'who migrates has to take every mapped page for dirty', source: `${LINUX}iommu.h, ssads_supported` },
  { software: 'Linux', what: 'counters for perf', requires: 'ECAP_REG.PMS',
    without: 'no events of this unit', source: `${LINUX}perfmon.c, alloc_iommu_pmu` },
  { software: 'QEMU', what: 'assigned devices behind a virtual unit', requires: 'CAP_REG.CM',
    without: 'it ends: "We need to set caching-mode=on for intel-iommu to enable device assignment"', source: 'hw/i386/intel_iommu.c, vtd_panic_require_caching_mode' },
  { software: 'Xen', what: 'one table for EPT and the unit, where EPT has 2 MB and 1 GB pages', requires: 'CAP_REG.SSLPS',
    without: 'a second set of tables for each guest', source: 'xen/drivers/passthrough/vtd/iommu.c, vtd_ept_page_compatible' },
  { software: 'Hyper-V as a guest', what: 'devices passed on to its own guests', requires: 'ECAP_REG.SC',
    without: 'it refuses them', source: 'github.com/microsoft/openvmm, issue 3873' },
]);
