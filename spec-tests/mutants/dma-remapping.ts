import type { Mutant } from './mutant.ts';

const LEGACY = 'src/dma-remapping/legacy-mode.ts';
const WALK = 'src/dma-remapping/second-stage.ts';
const RESERVED = 'src/dma-remapping/reserved-bits.ts';
const CONFIGURATION = 'src/platform/configuration.ts';
const DOOR = 'src/unit/dma.ts';
const vectors = 'dma-remapping/legacy-mode';

/** Misreadings of chapters 3, 4 and 9 in legacy mode. */
export const DMA_REMAPPING_MUTANTS: readonly Mutant[] = [
  {
    name: 'fpd-only-if-present',
    says: 'FPD of a context entry that is not present is not looked at.',
    section: '§9.3',
    file: LEGACY,
    changes: [
      {
        find: 'faultProcessingDisabled = ContextEntry.FPD(context) === 1;',
        replace: 'faultProcessingDisabled = ContextEntry.FPD(context) === 1 && ContextEntry.P(context) === 1;',
      },
    ],
    vectors: 'faults/qualification',
  },
  {
    name: 'fpd-ignored',
    says: 'FPD of a context entry has no effect.',
    section: '§7.1.1',
    file: LEGACY,
    changes: [
      {
        find: 'faultProcessingDisabled = ContextEntry.FPD(context) === 1;',
        replace: 'faultProcessingDisabled = false;',
      },
    ],
    vectors: 'faults/qualification',
  },
  {
    name: 'fpd-silences-the-answer',
    says: 'A fault that is not recorded because of FPD is answered like one that is never recorded.',
    section: '§7.1.1',
    file: DOOR,
    changes: [
      {
        find: `if (response === 'UR' || response === 'CA') return`,
        replace: `if ((response === 'UR' || response === 'CA') && fault.notRecorded !== 'fpd') return`,
      },
    ],
    vectors: 'faults/qualification',
  },
  {
    name: 'reserved-before-present',
    says: 'The reserved bits of a context entry count although it is not present.',
    section: '§9.3',
    file: LEGACY,
    changes: [
      {
        find: 'if (ContextEntry.P(context) === 0) return Fault.LCT_2;',
        replace:
          'if (ContextEntry.P(context) === 0 && !setsReserved128(context, reserved.context)) return Fault.LCT_2;',
      },
    ],
    vectors: `${vectors}/context-entry`,
  },
  {
    name: 'root-reserved-masked',
    says: 'Reserved bits of a root entry are masked away.',
    section: '§9.1',
    file: LEGACY,
    changes: [{ find: 'if (setsReserved128(root, unit.reserved.root)) return Fault.LRT_3;', replace: '' }],
    vectors: `${vectors}/root-entry`,
  },
  {
    name: 'second-stage-reserved-masked',
    says: 'Reserved bits of a second-stage entry are masked away.',
    section: '§3.7',
    file: WALK,
    changes: [{ find: 'if (reserved.isSet(low, high, level, leaf)) {', replace: 'if (level === 0) {' }],
    vectors: `${vectors}/second-stage-bits`,
  },
  {
    name: 'reserved-in-absent-entry',
    says: 'The reserved bits of a second-stage entry without permissions count.',
    section: '§3.7',
    file: WALK,
    changes: [
      {
        find: '    if (allowed === 0) {',
        replace: '    if (reserved.isSet(low, high, level, leaf)) return faults.reserved;\n    if (allowed === 0) {',
      },
    ],
    vectors: `${vectors}/second-stage`,
  },
  {
    name: 'permission-or',
    says: 'A permission that one entry gives is given.',
    section: '§3.7.1',
    file: WALK,
    changes: [
      { find: 'let permission = 0b11;', replace: 'let permission = 0b00;' },
      { find: 'permission &= allowed;', replace: 'permission |= allowed;' },
    ],
    vectors: `${vectors}/access-rights`,
  },
  {
    name: 'permission-of-the-leaf',
    says: 'The leaf alone decides about the permissions.',
    section: '§3.7.1',
    file: WALK,
    changes: [{ find: 'permission &= allowed;', replace: 'permission = allowed;' }],
    vectors: `${vectors}/access-rights`,
  },
  {
    name: 'table-entries-of-4-bytes',
    says: 'The entries of a table are 4 bytes apart.',
    section: '§3.5',
    file: WALK,
    changes: [{ find: '& 0x1ff) << 3;', replace: '& 0x1ff) << 2;' }],
    vectors: `${vectors}/second-stage`,
  },
  {
    name: 'level-3-index-shift',
    says: 'The index at level 3 is cut from bits 37:29.',
    section: '§3.7',
    file: WALK,
    changes: [{ find: '>>> (9 * level - 9)', replace: '>>> (level === 3 ? 17 : 9 * level - 9)' }],
    vectors: `${vectors}/second-stage`,
  },
  {
    name: 'index-of-8-bits',
    says: 'Bit 47 is not part of the index at level 4.',
    section: '§3.7',
    file: WALK,
    changes: [{ find: '& 0x1ff) << 3;', replace: '& (level === 4 ? 0xff : 0x1ff)) << 3;' }],
    vectors: `${vectors}/second-stage`,
  },
  {
    name: 'large-page-offset-lost',
    says: 'Every page of a large page is its first.',
    section: '§3.5',
    file: WALK,
    changes: [{ find: 'table + (lower & (leafPages - 1));', replace: 'table;' }],
    vectors: `${vectors}/second-stage`,
  },
  {
    name: 'snp-at-bit-10',
    says: 'SNP is bit 10 of an entry that maps a page.',
    section: '§9.8',
    file: WALK,
    changes: [{ find: 'SNP(low, high) === 1;', replace: '(low & 0x400) !== 0;' }],
    vectors: `${vectors}/pass-through-and-snoop`,
  },
  {
    name: 'ps-at-level-4',
    says: 'PS=1 in an SS-PML4E maps a page.',
    section: '§9.8',
    file: RESERVED,
    changes: [{ find: '[SsPml4Entry, SsPml4Entry]', replace: '[SsPml4Entry, SsPdpEntry]' }],
    vectors: `${vectors}/second-stage-bits`,
  },
  {
    name: '1-gb-page-with-sslps-1',
    says: 'A unit with 2 MB pages has 1 GB pages too.',
    section: '§11.4.2',
    file: RESERVED,
    changes: [{ find: '(CAP.SSLPS & 0b10) === 0', replace: 'CAP.SSLPS === 0' }],
    vectors: `${vectors}/second-stage-bits`,
  },
  {
    name: 'snp-without-sc',
    says: 'SNP is not reserved without snoop control.',
    section: '§9.8',
    file: RESERVED,
    changes: [{ find: 'if (leaf && ECAP.SC === 0)', replace: 'if (leaf && ECAP.SC === 2)' }],
    vectors: `${vectors}/second-stage-bits`,
  },
  {
    name: 'root-above-haw',
    says: 'Bits 63:HAW of a root entry are not reserved.',
    section: '§9.1',
    file: RESERVED,
    changes: [{ find: 'root: reservedMaskOf(RootEntry, [[63, HAW]])', replace: 'root: reservedMaskOf(RootEntry, [])' }],
    vectors: `${vectors}/root-entry`,
  },
  {
    name: 'did-above-width',
    says: 'Bits of DID above the domain-id width are not reserved.',
    section: '§9.3',
    file: RESERVED,
    changes: [{ find: '[low + 15, low + domainIdWidth]', replace: '[low + 15, low + 16]' }],
    vectors: `${vectors}/context-entry-capabilities`,
  },
  {
    name: 'aw-off-by-one',
    says: 'AW=000b is the 39-bit width.',
    section: '§9.3',
    file: CONFIGURATION,
    changes: [{ find: '[0, 39, 48, 57, 0, 0, 0, 0]', replace: '[39, 48, 57, 0, 0, 0, 0, 0]' }],
    vectors,
  },
  {
    name: 'mgaw-ignored',
    says: 'The widths of CAP_REG.SAGAW alone limit the address.',
    section: '§3.7',
    file: CONFIGURATION,
    changes: [{ find: 'Math.min(mgaw, agaw)', replace: 'agaw' }],
    vectors: `${vectors}/address-limits`,
  },
  {
    name: 'mgaw-without-plus-one',
    says: 'CAP_REG.MGAW is the width itself.',
    section: '§11.4.2',
    file: CONFIGURATION,
    changes: [{ find: 'const mgaw = CAP.MGAW + 1;', replace: 'const mgaw = CAP.MGAW;' }],
    vectors: `${vectors}/address-limits`,
  },
  {
    name: 'context-index-by-device',
    says: 'A device has one context entry for all of its functions.',
    section: '§3.4.2',
    file: LEGACY,
    changes: [{ find: '(request.sourceId & 0xff) << 4', replace: '(request.sourceId & 0xf8) << 4' }],
    vectors: `${vectors}/context-entry`,
  },
  {
    name: 'translated-requests-not-blocked',
    says: 'TT=00b and 10b block translation requests only.',
    section: '§3.4.2',
    file: LEGACY,
    changes: [
      {
        find: 'request.addressType !== ADDRESS_TYPE.untranslated && type !== TT',
        replace: 'request.addressType === ADDRESS_TYPE.translation && type !== TT',
      },
    ],
    vectors: `${vectors}/translation-requests`,
  },
  {
    name: 'zero-length-read-without-zlr',
    says: 'A zero-length read of a write-only page needs no CAP_REG.ZLR.',
    section: '§3.14',
    file: LEGACY,
    changes: [{ find: 'request.zeroLength && unit.configuration.CAP.ZLR === 1 &&', replace: 'request.zeroLength &&' }],
    vectors: `${vectors}/access-rights`,
  },
  {
    name: 'zero-length-read-of-nothing',
    says: 'A zero-length read needs no permission at all.',
    section: '§3.14',
    file: LEGACY,
    changes: [{ find: 'CAP.ZLR === 1 && permission === WRITE;', replace: 'CAP.ZLR === 1;' }],
    vectors: `${vectors}/access-rights`,
  },
  {
    name: 'atomic-needs-write-only',
    says: 'An atomic needs no read permission.',
    section: '§3.7.1',
    file: LEGACY,
    changes: [
      {
        find: 'const lacking = request.access & ~permission;',
        replace: 'const lacking = (request.access === 3 ? WRITE : request.access) & ~permission;',
      },
    ],
    vectors: `${vectors}/access-rights`,
  },
  {
    name: 'output-in-interrupt-range',
    says: 'A page may be mapped onto the interrupt address range.',
    section: '§3.15',
    file: LEGACY,
    changes: [{ find: 'if (isInterruptPage(translation.page)) return Fault.LGN_4;', replace: '' }],
    vectors: `${vectors}/interrupt-range`,
  },
  {
    name: 'interrupt-range-of-64-kib',
    says: 'The interrupt address range ends at FEE0_FFFFh.',
    section: '§3.15',
    file: 'src/dma-remapping/interrupt-range.ts',
    changes: [{ find: '= 0xfeeff;', replace: '= 0xfee0f;' }],
    vectors: `${vectors}/interrupt-range`,
  },
  {
    name: 'pass-through-beyond-haw',
    says: 'A request that passes through may have any address.',
    section: '§3.9',
    file: LEGACY,
    changes: [{ find: 'if (request.page >= unit.configuration.hostPages) return Fault.LGN_1_3;', replace: '' }],
    vectors: `${vectors}/pass-through-and-snoop`,
  },
  {
    name: 'translation-fault-recorded',
    says: 'A fault is recorded although its completion has Success.',
    section: '§7.1.2',
    file: DOOR,
    changes: [
      {
        find: 'if (silent && condition !== RECORDED_WITH_SUCCESS)',
        replace: 'if (silent && condition === RECORDED_WITH_SUCCESS)',
      },
    ],
    vectors: `${vectors}/translation-requests`,
  },
  {
    name: 'at-without-translation',
    says: 'Without translation a translated request passes like any other.',
    section: '§4.2.1',
    file: 'src/unit/ats-protocol.ts',
    changes: [
      {
        find: 'return translationEnabled ? undefined : UNSUPPORTED;',
        replace: 'return translationEnabled || addressType === ADDRESS_TYPE.translated ? undefined : UNSUPPORTED;',
      },
    ],
    vectors: `${vectors}/translation-requests`,
  },
];
