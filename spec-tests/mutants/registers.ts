import type { Mutant } from './mutant.ts';

const COMMANDS = 'src/unit/global-commands.ts';
const EFFECTS = 'src/unit/register-effects.ts';
const UNIT = 'src/unit/remapping-unit.ts';
const FILE = 'src/bits/register-file.ts';
const INVALIDATION = 'src/registers/invalidation.ts';
const BY_REGISTER = 'src/invalidation/register-based.ts';
const PROTECTED = 'src/unit/protected-memory.ts';
const vectors = 'registers';

/** Misreadings of chapter 11. */
export const REGISTER_MUTANTS: readonly Mutant[] = [
  {
    name: 'iqercd-since-3.2',
    says: 'IQERCD_REG came with revision 3.2.',
    section: '§11.4.9.9',
    file: 'src/unit/unit-registers.ts',
    changes: [{ find: "isBefore(choices.specRevision, '3.1')", replace: "isBefore(choices.specRevision, '3.2')" }],
    vectors: 'invalidation/revisions',
  },
  {
    name: 'root-table-read-live',
    says: 'A write to RTADDR_REG moves the root table at once.',
    section: '§11.4.5',
    file: COMMANDS,
    changes: [
      {
        find: 'page: RTADDR_REG.RTA(address),',
        replace: 'get page() {\n      return RTADDR_REG.RTA(address);\n    },',
      },
    ],
    vectors: 'registers/root-table-latch',
  },
  {
    name: 'ttm-read-live',
    says: 'SRTP latches the address and not TTM.',
    section: '§11.4.5',
    file: COMMANDS,
    changes: [
      {
        find: 'mode: RTADDR_REG.TTM(address),',
        replace: 'get mode() {\n      return RTADDR_REG.TTM(address);\n    },',
      },
    ],
    vectors: 'registers/root-table-latch',
  },
  {
    name: 'te-latches-the-root-table',
    says: 'Turning translation on latches the root table as SRTP does.',
    section: '§11.4.4.1',
    file: COMMANDS,
    changes: [
      {
        find: 'if (GCMD_REG.SRTP(command) === 1) setRoot',
        replace: 'if (GCMD_REG.SRTP(command) | GCMD_REG.TE(command)) setRoot',
      },
    ],
    vectors: 'registers/root-table-latch',
  },
  {
    name: 'index-reset-by-te-alone',
    says: 'Turning translation off takes the fault index back although interrupt remapping is on.',
    section: '§7.2.1',
    file: COMMANDS,
    changes: [
      { find: 'GSTS_REG.TES(status) === 0 && GSTS_REG.IRES(status) === 0', replace: 'GSTS_REG.TES(status) === 0' },
    ],
    vectors: 'faults/index',
  },
  {
    name: 'ppf-written',
    says: 'A write to FSTS_REG clears PPF.',
    section: '§11.4.7.1',
    file: EFFECTS,
    changes: [
      {
        find: "on('FSTS_REG', 0, () => {\n    faults.statusWritten();",
        replace: `on('FSTS_REG', 0, () => {
    faults.statusWritten();
    registers.words('FSTS_REG')[0]! &= ~2;`,
      },
    ],
    vectors: 'faults',
  },
  {
    name: 'ppf-stays',
    says: 'PPF stays 1 when software clears the last F.',
    section: '§7.2.1',
    file: EFFECTS,
    changes: [{ find: '12, () => faults.statusWritten());', replace: '12, () => {});' }],
    vectors: 'faults',
  },
  {
    name: 'sticky-fields-lost',
    says: 'A warm reset clears fault records.',
    section: '§11.3',
    file: UNIT,
    changes: [{ find: 'this.registers.file.reset();', replace: 'this.registers.file.powerGoodReset();' }],
    vectors: 'faults/reset',
  },
  {
    name: 'latch-survives-reset',
    says: 'A warm reset leaves the latched root table.',
    section: '§11.3',
    file: UNIT,
    changes: [{ find: 'this.rootTable = NO_ROOT_TABLE;\n', replace: '\n' }],
    vectors: 'registers/reset',
  },
  {
    name: 'command-by-low-dword',
    says: 'A context-cache command starts with its low dword.',
    section: '§11.2',
    file: EFFECTS,
    changes: [{ find: `on('CCMD_REG', 4,`, replace: `on('CCMD_REG', 0,` }],
    vectors: 'registers/register-invalidation',
  },
  {
    name: 'high-dword-first',
    says: 'Of a write of 64 bits the high dword is taken first.',
    section: '§11.2',
    file: UNIT,
    changes: [
      {
        find: 'const highFirst = width === 64 && this.#highFirst.has(offset);',
        replace: 'const highFirst = width === 64;',
      },
    ],
    vectors: 'faults/event',
  },
  {
    name: 'rsvdz-stored',
    says: 'Reserved bits keep what is written to them.',
    section: '§11.3',
    file: FILE,
    changes: [
      {
        find: 'setBits(this.#readable, offset, high, low);',
        replace: 'setBits(this.#readable, offset, high, low);\n      setBits(this.#writable, offset, high, low);',
      },
    ],
    vectors,
  },
  {
    name: 'rw1c-written-as-rw',
    says: 'Fields that are cleared by a 1 keep what is written to them.',
    section: '§11.3',
    file: FILE,
    changes: [
      {
        find: `new Set(['RW', 'RWL', 'RWLV', 'WO'])`,
        replace: `new Set(['RW', 'RWL', 'RWLV', 'WO', 'RW1C', 'RW1CS'])`,
      },
      { find: `new Set(['RW1C', 'RW1CS'])`, replace: 'new Set()' },
    ],
    vectors: 'faults',
  },
  {
    name: 'caig-where-iaig-is',
    says: 'CAIG is bits 58:57 of CCMD_REG, as IAIG is of IOTLB_REG.',
    section: '§11.4.6.1',
    file: INVALIDATION,
    changes: [
      { find: 'bits(60, 59,', replace: 'bits(58, 57,' },
      { find: '[rsvdz(58, 34)]', replace: '[rsvdz(60, 59), rsvdz(56, 34)]' },
    ],
    vectors: 'registers/register-invalidation',
  },
  {
    name: 'iaig-where-caig-is',
    says: 'IAIG is bits 60:59 of IOTLB_REG, and IIRG 62:61, as in CCMD_REG.',
    section: '§11.4.6.3',
    file: INVALIDATION,
    changes: [
      { find: 'bits(58, 57,', replace: 'bits(60, 59,' },
      { find: 'bits(61, 60,', replace: 'bits(62, 61,' },
      { find: 'rsvdz(56, 50), rsvdz(59), rsvdz(62)]', replace: 'rsvdz(58, 50)]' },
    ],
    vectors: 'registers/register-invalidation',
  },
  {
    name: 'am-beyond-mamv',
    says: 'AM beyond MAMV is taken.',
    section: '§11.4.6.4',
    file: BY_REGISTER,
    changes: [
      { find: 'selectsPages && IVA_REG.AM(address) > MAMV', replace: 'selectsPages && IVA_REG.AM(address) > 63' },
    ],
    vectors: 'registers/register-invalidation',
  },
  {
    name: 'page-selective-without-psi',
    says: 'A page-selective request is done on pages also without PSI.',
    section: '§11.4.6.3',
    file: BY_REGISTER,
    changes: [
      {
        find: 'requested === Granularity.PAGE && PSI === 0 ?',
        replace: 'requested === Granularity.PAGE && PSI === 2 ?',
      },
    ],
    vectors: 'registers/register-invalidation',
  },
  {
    name: 'command-not-done',
    says: 'ICC stays 1 after an incorrect request.',
    section: '§11.4.6.1',
    file: BY_REGISTER,
    changes: [
      { find: 'CCMD_REG.ICC.put(command, 0);', replace: 'CCMD_REG.ICC.put(command, granularity === 0 ? 1 : 0);' },
    ],
    vectors: 'registers/register-invalidation',
  },
  {
    name: 'protected-limit-exclusive',
    says: 'The last block of a protected region is not protected.',
    section: '§11.4.8.3',
    file: PROTECTED,
    changes: [{ find: 'page < limit + Math.max(this.#granule, 1)', replace: 'page < limit' }],
    vectors: 'registers/protected-memory',
  },
  {
    name: 'protection-of-old-hardware',
    says: 'Protected memory never blocks what the tables translated.',
    section: '§11.4.8.1',
    file: PROTECTED,
    changes: [{ find: `=== 'by-version' ? major >= 2 :`, replace: `=== 'by-version' ? false :` }],
    vectors: 'registers/protected-memory',
  },
];
