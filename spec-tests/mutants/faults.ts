import type { Mutant } from './mutant.ts';

const RECORDING = 'src/faults/fault-recording.ts';
const EVENT = 'src/events/event-registers.ts';
const vectors = 'faults';

/** Misreadings of §7.2, §7.3 and §11.4.7. */
export const FAULT_MUTANTS: readonly Mutant[] = [
  {
    name: 'pfo-cleared-with-the-records',
    says: 'PFO is cleared with the last F.',
    section: '§7.2.1',
    file: RECORDING,
    changes: [
      {
        find: 'if (!this.#pending()) this.#event.serviced();',
        replace:
          'if (FSTS_REG.PPF(status) === 0) FSTS_REG.PFO.put(status, 0);\n    if (!this.#pending()) this.#event.serviced();',
      },
    ],
    vectors,
  },
  {
    name: 'pfo-does-not-stop-recording',
    says: 'Faults are recorded while PFO is 1.',
    section: '§7.2.1',
    file: RECORDING,
    changes: [{ find: `if (FSTS_REG.PFO(status) === 1) return 'overflow';`, replace: '' }],
    vectors,
  },
  {
    name: 'fri-follows-each-fault',
    says: 'FRI names the last record.',
    section: '§11.4.7.1',
    file: RECORDING,
    changes: [
      {
        find: 'if (first) {\n      FSTS_REG.FRI.put(status, this.#index);',
        replace: 'FSTS_REG.FRI.put(status, this.#index);\n    if (first) {',
      },
    ],
    vectors,
  },
  {
    name: 'event-with-each-fault',
    says: 'Every fault that is recorded raises the event.',
    section: '§7.3',
    file: RECORDING,
    changes: [{ find: 'if (first) this.#event.raise(alreadyPending);', replace: 'this.#event.raise(false);' }],
    vectors: 'faults/event',
  },
  {
    name: 'event-while-pfo-is-pending',
    says: 'PFO holds no event back.',
    section: '§7.3',
    file: RECORDING,
    changes: [{ find: 'FSTS_REG.PFO(status) |\n', replace: '\n' }],
    vectors: 'faults/event',
  },
  {
    name: 'index-does-not-wrap',
    says: 'The last record is used again once it is free.',
    section: '§7.2.1',
    file: RECORDING,
    changes: [
      {
        find: 'this.#index = (this.#index + 1) % records.length;',
        replace: 'this.#index = Math.min(this.#index + 1, records.length - 1);',
      },
    ],
    vectors,
  },
  {
    name: 'index-finds-a-free-record',
    says: 'A fault goes to the first record that is free.',
    section: '§7.2.1',
    file: RECORDING,
    changes: [
      {
        find: 'if (FRCD_REG.F(records[this.#index]!) === 1) {',
        replace:
          'const free = records.findIndex((record) => FRCD_REG.F(record) === 0);\n    if (free >= 0) this.#index = free;\n    if (FRCD_REG.F(records[this.#index]!) === 1) {',
      },
    ],
    vectors,
  },
  {
    name: 'fi-not-truncated',
    says: 'FI keeps the bits above the largest AGAW.',
    section: '§11.4.7.6',
    file: RECORDING,
    changes: [{ find: `choices.faultAddressWidth === 'largest-agaw' ? configuration.largestAgaw : 64`, replace: '64' }],
    vectors: 'faults/fields',
  },
  {
    name: 't1-and-t2-swapped',
    says: 'T2 says that a fault is of a read.',
    section: '§11.4.7.6',
    file: RECORDING,
    changes: [{ find: '[ACCESS.read]: [1, 0]', replace: '[ACCESS.read]: [0, 1]' }],
    vectors: 'faults/fields',
  },
  {
    name: 'compression-of-serviced-records',
    says: 'A record whose F is 0 keeps collapsing faults of its source-id.',
    section: '§7.2.1',
    file: RECORDING,
    changes: [{ find: 'FRCD_REG.F(record) === 1 && FRCD_REG.SID(record)', replace: 'FRCD_REG.SID(record)' }],
    vectors: 'faults/compression',
  },
  {
    name: 'compression-after-overflow',
    says: 'A full ring overflows also for a source-id that has a record.',
    section: '§7.2.1',
    file: RECORDING,
    changes: [
      {
        find: 'if (this.#compress && records',
        replace:
          'if (FRCD_REG.F(records[this.#index]!) === 1) FSTS_REG.PFO.put(status, 1);\n    if (this.#compress && records',
      },
    ],
    vectors: 'faults/compression',
  },
  {
    name: 'ip-kept-when-serviced',
    says: 'IP stays 1 when software clears what raised the event.',
    section: '§7.3',
    file: EVENT,
    changes: [{ find: 'FECTL_REG.IP.put(this.#words.control, 0);', replace: '' }],
    vectors: 'faults/event',
  },
  {
    name: 'ip-kept-when-sent',
    says: 'IP stays 1 when the message leaves.',
    section: '§11.4.7.2',
    file: EVENT,
    changes: [{ find: 'FECTL_REG.IP.put(control, 0);', replace: '' }],
    vectors: 'faults/event',
  },
  {
    name: 'masked-event-is-lost',
    says: 'An event that meets IM=1 is forgotten.',
    section: '§7.3',
    file: EVENT,
    changes: [
      {
        find: 'FECTL_REG.IP.put(this.#words.control, 1);',
        replace: 'if (FECTL_REG.IM(this.#words.control) === 0) FECTL_REG.IP.put(this.#words.control, 1);',
      },
    ],
    vectors: 'faults/event',
  },
  {
    name: 'message-address-not-aligned',
    says: 'MA is the message address without its two low zeros.',
    section: '§11.4.7.4',
    file: EVENT,
    changes: [{ find: 'BigInt(FEADDR_REG.MA(address)) << 2n', replace: 'BigInt(FEADDR_REG.MA(address))' }],
    vectors: 'faults/event',
  },
  {
    name: 'fri-at-bits-14-7',
    says: 'FRI is bits 14:7 of FSTS_REG.',
    section: '§11.4.7.1',
    file: 'src/registers/fault.ts',
    changes: [
      { find: 'FRI: ros(bits(15, 8,', replace: 'FRI: ros(bits(14, 7,' },
      { find: '[rsvdz(3, 2), rsvdz(7), rsvdz(31, 16)]', replace: '[rsvdz(3, 2), rsvdz(31, 15)]' },
    ],
    vectors,
  },
];
