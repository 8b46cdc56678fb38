export type { PlacedRegister } from '../bits/register-file.ts';
export { REGISTERS } from './all.ts';
export { CAP_REG, ECAP_REG, VER_REG } from './capability.ts';
export {
  ECCAP_REG_0,
  ECCAP_REG_1,
  ECCAP_REG_2,
  ECCAP_REG_3,
  ECEO_REG,
  ECMD_REG,
  ECRSP_REG,
  ECSTS_REG_0,
  ECSTS_REG_1,
} from './enhanced-command.ts';
export { FEADDR_REG, FECTL_REG, FEDATA_REG, FEUADDR_REG, FRCD_REG, FSTS_REG } from './fault.ts';
export { GCMD_REG, GSTS_REG, RTADDR_REG } from './global.ts';
export { IRTA_REG } from './interrupt-remapping.ts';
export {
  CCMD_REG,
  ICS_REG,
  IEADDR_REG,
  IECTL_REG,
  IEDATA_REG,
  IEUADDR_REG,
  IOTLB_REG,
  IQA_REG,
  IQERCD_REG,
  IQH_REG,
  IQT_REG,
  IVA_REG,
} from './invalidation.ts';
export { placeRegisters, registerAt } from './map.ts';
export {
  MTRR_FIX4K_C0000_REG,
  MTRR_FIX4K_C8000_REG,
  MTRR_FIX4K_D0000_REG,
  MTRR_FIX4K_D8000_REG,
  MTRR_FIX4K_E0000_REG,
  MTRR_FIX4K_E8000_REG,
  MTRR_FIX4K_F0000_REG,
  MTRR_FIX4K_F8000_REG,
  MTRR_FIX16K_80000_REG,
  MTRR_FIX16K_A0000_REG,
  MTRR_FIX64K_00000_REG,
  MTRR_PHYSBASE_REG,
  MTRR_PHYSMASK_REG,
  MTRRCAP_REG,
  MTRRDEF_REG,
} from './memory-type-range.ts';
export {
  PEADDR_REG,
  PECTL_REG,
  PEDATA_REG,
  PEUADDR_REG,
  PQA_REG,
  PQH_REG,
  PQT_REG,
  PRS_REG,
} from './page-request.ts';
export {
  PERFCAP_REG,
  PERFCFGOFF_REG,
  PERFCNTR_ATFLTR_REG,
  PERFCNTR_DIDFLTR_REG,
  PERFCNTR_PASIDFLTR_REG,
  PERFCNTR_PTLFLTR_REG,
  PERFCNTR_REG,
  PERFCNTR_RIDFLTR_REG,
  PERFCNTRCAP_REG,
  PERFCNTRCFG_REG,
  PERFCNTREVCAP_REG,
  PERFCNTROFF_REG,
  PERFEVNTCAP_REG,
  PERFFRZOFF_REG,
  PERFFRZSTS_REG,
  PERFINTRADDR_REG,
  PERFINTRCTL_REG,
  PERFINTRDATA_REG,
  PERFINTRSTS_REG,
  PERFINTRUADDR_REG,
  PERFOVFOFF_REG,
  PERFOVFSTS_REG,
} from './performance.ts';
export { EVENT as PERFORMANCE_EVENT, eventAt, type FilterName, type PerformanceEvent } from './performance-events.ts';
export { type CapabilityValue, isPresent } from './presence.ts';
export { PHMBASE_REG, PHMLIMIT_REG, PLMBASE_REG, PLMLIMIT_REG, PMEN_REG } from './protected-memory.ts';
export { RDTC_REG } from './resource-director.ts';
export { VCCAP_REG, VCMD_EO_REG, VCMD_REG, VCRSP_REG } from './virtual-command.ts';
