import type { Mutant } from './mutant.ts';

const QUEUE = 'src/invalidation/queue.ts';
const VALIDITY = 'src/invalidation/descriptor-validity.ts';
const KINDS = 'src/invalidation/descriptor-kinds.ts';
const WAIT = 'src/invalidation/wait.ts';
const UNDER_WAY = 'src/invalidation/under-way.ts';
const EFFECTS = 'src/unit/register-effects.ts';
const UNIT = 'src/unit/remapping-unit.ts';
const COMMANDS = 'src/unit/global-commands.ts';
const vectors = 'invalidation';

/** Misreadings of §6.5.2 and §11.4.9. */
export const INVALIDATION_MUTANTS: readonly Mutant[] = [
  {
    name: 'response-bit-66-ignored-since-5.0',
    says: 'Bit 66 of a page group response has been ignored since revision 5.0.',
    section: '§7.6.1',
    file: 'src/invalidation/descriptor-kinds.ts',
    changes: [{ find: "revision: '5.10', bits", replace: "revision: '5.0', bits" }],
    vectors: 'invalidation/revisions',
  },
  {
    name: 'queue-waits-for-translation',
    says: 'Nothing is fetched while translation is off.',
    section: '§6.5.2',
    file: QUEUE,
    changes: [
      {
        find: 'GSTS_REG.QIES(globalStatus) === 1 &&',
        replace: 'GSTS_REG.QIES(globalStatus) === 1 && GSTS_REG.TES(globalStatus) === 1 &&',
      },
    ],
    vectors,
  },
  {
    name: 'queue-goes-on-after-an-error',
    says: 'A new tail starts the queue although IQE is 1.',
    section: '§6.5.2.11',
    file: QUEUE,
    changes: [
      { find: 'FSTS_REG.IQE(faultStatus) === 0 &&', replace: '' },
      {
        find: 'for (this.#finishWaits(); this.#mayFetch(); this.#finishWaits()) this.#step();',
        replace: 'for (let n = 0; this.#finishWaits(), n < 1024 && this.#mayFetch(); n++) this.#step();',
      },
    ],
    vectors,
  },
  {
    name: 'head-passes-the-offender',
    says: 'The head goes past an invalid descriptor.',
    section: '§6.5.2.11',
    file: QUEUE,
    changes: [
      {
        find: '      return;\n    }\n    const taken = this.#isWide() ? 2 : 1;\n',
        replace:
          '    }\n    const taken = this.#isWide() ? 2 : 1;\n    if (error !== undefined) {\n      IQH_REG.QH.put(head, (IQH_REG.QH(head) + taken) % (UNITS_A_PAGE << IQA_REG.QS(address)));\n      return;\n    }\n',
      },
    ],
    vectors,
  },
  {
    name: 'head-in-descriptors',
    says: 'The head moves by 16 bytes whatever the width is.',
    section: '§11.4.9.1',
    file: QUEUE,
    changes: [{ find: 'const taken = this.#isWide() ? 2 : 1;', replace: 'const taken = 1;' }],
    vectors,
  },
  {
    name: 'queue-size-of-one-page',
    says: 'The ring is one page, whatever QS is.',
    section: '§11.4.9.3',
    file: QUEUE,
    changes: [
      { find: '% (UNITS_A_PAGE << IQA_REG.QS(address))', replace: '% UNITS_A_PAGE' },
      { find: '>= UNITS_A_PAGE << IQA_REG.QS(address)', replace: '>= UNITS_A_PAGE' },
    ],
    vectors,
  },
  {
    name: 'tail-modulo-the-ring',
    says: 'A tail beyond the end of the ring counts from its start.',
    section: '§6.5.2.11',
    file: QUEUE,
    changes: [
      {
        find: 'if (IQT_REG.QT(tail) >= UNITS_A_PAGE << IQA_REG.QS(address)) return QueueError.INVALID_TAIL;',
        replace: 'IQT_REG.QT.put(tail, IQT_REG.QT(tail) % (UNITS_A_PAGE << IQA_REG.QS(address)));',
      },
    ],
    vectors,
  },
  {
    name: 'misaligned-tail-rounded',
    says: 'Bit 4 of the tail is ignored while descriptors have 256 bits.',
    section: '§11.4.9.2',
    file: QUEUE,
    changes: [
      {
        find: 'if (wide && IQT_REG.QT(tail) % 2 === 1) return QueueError.MISALIGNED_TAIL;',
        replace: 'if (wide && IQT_REG.QT(tail) % 2 === 1) IQT_REG.QT.put(tail, IQT_REG.QT(tail) - 1);',
      },
    ],
    vectors,
  },
  {
    name: 'width-free-in-scalable-mode',
    says: 'A queue of 128-bit descriptors may be used in scalable mode.',
    section: '§6.5.2.11',
    file: QUEUE,
    changes: [
      {
        find: 'if (!wide && (mode === SCALABLE_MODE || mode === ABORT_DMA_MODE)) return QueueError.DESCRIPTOR_WIDTH;',
        replace: '',
      },
    ],
    vectors,
  },
  {
    name: 'width-needs-scalable-mode',
    says: 'Without scalable mode 256-bit descriptors are an error, abort-dma mode or not.',
    section: '§6.5.2.11',
    file: QUEUE,
    changes: [{ find: 'if (wide && SMTS === 0 && ADMS === 0)', replace: 'if (wide && SMTS === 0)' }],
    vectors,
  },
  {
    name: 'reserved-mode-is-legacy',
    says: 'TTM=10b does not stop the queue.',
    section: '§6.5.2.11',
    file: QUEUE,
    changes: [{ find: 'if (mode === RESERVED_MODE) return QueueError.TRANSLATION_TABLE_MODE;', replace: '' }],
    vectors,
  },
  {
    name: 'queue-error-without-event',
    says: 'A queue error raises no fault event.',
    section: '§7.3',
    file: 'src/faults/fault-recording.ts',
    changes: [
      {
        find: 'error.put(this.#words.status, 1);\n    this.#event.raise(alreadyPending);',
        replace: 'error.put(this.#words.status, 1);\n    this.#event.raise(true || alreadyPending);',
      },
    ],
    vectors,
  },
  {
    name: 'queue-error-always-sends',
    says: 'A queue error sends a message although another fault is pending.',
    section: '§7.3',
    file: 'src/faults/fault-recording.ts',
    changes: [
      {
        find: 'error.put(this.#words.status, 1);\n    this.#event.raise(alreadyPending);',
        replace: 'error.put(this.#words.status, 1);\n    this.#event.raise(false && alreadyPending);',
      },
    ],
    vectors,
  },
  {
    name: 'queue-needs-a-new-tail',
    says: 'After an error the queue goes on with the next write of the tail only.',
    section: '§6.5.2.11',
    file: EFFECTS,
    changes: [{ find: 'faults.statusWritten();\n    queue.run();', replace: 'faults.statusWritten();' }],
    vectors,
  },
  {
    name: 'head-survives-the-end',
    says: 'Turning the queue off leaves the head.',
    section: '§6.5.2',
    file: COMMANDS,
    changes: [{ find: `unit.registers.words('IQH_REG').fill(0);`, replace: '{}' }],
    vectors,
  },
  {
    name: 'status-write-of-a-qword',
    says: 'A status write has 64 bits.',
    section: '§6.5.2.9',
    file: WAIT,
    changes: [{ find: 'new Uint32Array(1)', replace: 'new Uint32Array(2)' }],
    vectors,
  },
  {
    name: 'type-of-four-bits',
    says: 'Bits 11:9 have no part in the type.',
    section: '§6.5.2',
    file: VALIDITY,
    changes: [{ find: 'DESCRIPTOR_TYPE.upper(words) * 16 + ', replace: '' }],
    vectors,
  },
  {
    name: 'reserved-bits-of-descriptors-ignored',
    says: 'Reserved bits of a descriptor are not looked at.',
    section: '§6.5.2.11',
    file: VALIDITY,
    changes: [
      {
        find: 'if (kind.reserved.some((mask, i) => (words[i]! & mask) !== 0)) return QueueError.RESERVED_FIELD;',
        replace: '',
      },
    ],
    vectors,
  },
  {
    name: 'device-tlb-descriptors-always',
    says: 'Device-TLB descriptors are valid in a unit without Device-TLBs.',
    section: '§6.5.2.5',
    file: KINDS,
    changes: [{ find: `format: DeviceTlb,\n    requires: 'ECAP_REG.DT',`, replace: 'format: DeviceTlb,' }],
    vectors,
  },
  {
    name: 'status-address-whole',
    says: 'The bits of a status address above the host address width count.',
    section: '§6.5.2.9',
    file: WAIT,
    changes: [{ find: 'pageOf(address) % configuration.hostPages', replace: 'pageOf(address)' }],
    vectors,
  },
  {
    name: 'completion-always-sends',
    says: 'Each completed wait with IF=1 sends a message.',
    section: '§6.5.2.10',
    file: WAIT,
    changes: [{ find: 'this.#event.raise(alreadyPending);', replace: 'this.#event.raise(false && alreadyPending);' }],
    vectors,
  },
  {
    name: 'completion-stays-pending',
    says: 'IWC cleared leaves the message pending.',
    section: '§6.5.2.10',
    file: WAIT,
    changes: [{ find: 'this.#event.serviced();', replace: '{}' }],
    vectors,
  },
  {
    name: 'interrupt-needs-status-write',
    says: 'IF counts only with SW=1.',
    section: '§6.5.2.9',
    file: WAIT,
    changes: [{ find: 'if (IF(words) === 1)', replace: 'if (IF(words) === 1 && SW(words) === 1)' }],
    vectors,
  },
  {
    name: 'page-request-drain-always',
    says: 'PD is valid in a unit without page-request drain.',
    section: '§6.5.2.9',
    file: KINDS,
    changes: [{ find: 'fields: [InvalidationWaitDescriptor.PD]', replace: 'fields: []' }],
    vectors,
  },
  {
    name: 'throttling-fields-always',
    says: 'PFSID is valid in a unit without invalidation throttling.',
    section: '§6.5.2.5',
    file: KINDS,
    changes: [{ find: `fields: [DeviceTlb['PFSID[3:0]'], DeviceTlb['PFSID[15:4]']]`, replace: 'fields: []' }],
    vectors,
  },
  {
    name: 'page-granularity-without-psi',
    says: 'Page granularity is valid in a unit without page-selective invalidation.',
    section: '§6.5.2.3',
    file: KINDS,
    changes: [{ find: `requires: 'CAP_REG.PSI', `, replace: '' }],
    vectors,
  },
  {
    name: 'address-mask-unlimited',
    says: 'AM above MAMV is done.',
    section: '§6.5.2.3',
    file: VALIDITY,
    changes: [{ find: 'kind.finest!.mask(words) > kind.largestMask', replace: 'kind.finest!.mask(words) > 63' }],
    vectors,
  },
  {
    name: 'padding-ignored',
    says: 'What stands above a 128-bit descriptor is not looked at.',
    section: '§6.5.2',
    file: VALIDITY,
    changes: [{ find: 'hasPadding(kind, words) || ', replace: '' }],
    vectors,
  },
  {
    name: 'reserved-granularity-accepted',
    says: 'A reserved granularity is done somehow.',
    section: '§6.5.2.1',
    file: VALIDITY,
    changes: [{ find: `=== 'reserved') return true;`, replace: `=== 'reserved') return false;` }],
    vectors,
  },
  {
    name: 'wait-before-the-endpoint',
    says: 'A wait is complete when it is reached, whatever endpoints have still to do.',
    section: '§6.5.2.12',
    file: UNDER_WAY,
    changes: [
      {
        find: 'oldest === undefined || oldest.behind.some((request) => this.#requests.includes(request))',
        replace: 'oldest === undefined',
      },
    ],
    vectors,
  },
  {
    name: 'any-endpoint-completes',
    says: 'An ITag is completed by whichever endpoint names it.',
    section: '§6.5.2.11',
    file: UNDER_WAY,
    changes: [
      {
        find: 'this.#requests.filter((request) => request.sourceId === sourceId).map(',
        replace: 'this.#requests.map(',
      },
    ],
    vectors,
  },
  {
    name: 'waits-survive-a-time-out',
    says: 'A time-out frees the ITags, and the wait completes without them.',
    section: '§6.5.2.11',
    file: UNDER_WAY,
    changes: [
      {
        find: 'request.sourceId !== sourceId);\n    this.#waits = [];',
        replace: 'request.sourceId !== sourceId);',
      },
    ],
    vectors,
  },
  {
    name: 'fence-lets-pass',
    says: 'FN=1 holds nothing back.',
    section: '§6.5.2.9',
    file: UNDER_WAY,
    changes: [
      {
        find: 'InvalidationWaitDescriptor.FN(last.words) === 1',
        replace: 'InvalidationWaitDescriptor.FN(last.words) > 1',
      },
    ],
    vectors,
  },
  {
    name: 'tags-count-up',
    says: 'A new ITag follows the last one that was taken, whether or not a lower one is free.',
    section: '§4.3',
    file: UNDER_WAY,
    changes: [
      {
        find: 'let tag = 0;',
        replace: 'let tag = ((this.#requests.at(-1)?.tag ?? -1) + 1) % TAGS;',
      },
    ],
    vectors,
  },
  {
    name: 'last-error-is-named',
    says: 'A later time-out or unexpected completion takes the place of the first in IQERCD_REG.',
    section: '§11.4.9.9',
    file: QUEUE,
    changes: [
      {
        find: 'if (error(this.#words.faultStatus) === 0) record.put',
        replace: 'record.put',
      },
    ],
    vectors,
  },
  {
    name: 'head-goes-back',
    says: 'A time-out takes the head back to the start of the queue.',
    section: '§6.5.2.11',
    file: QUEUE,
    changes: [
      {
        find: 'this.#raise(FSTS_REG.ITE, IQERCD_REG.ITESID, sourceId);',
        replace: 'IQH_REG.QH.put(this.#words.head, 0);\n    this.#raise(FSTS_REG.ITE, IQERCD_REG.ITESID, sourceId);',
      },
    ],
    vectors,
  },
  {
    name: 'unexpected-completion-stops-the-queue',
    says: 'Nothing is fetched while ICE is 1.',
    section: '§6.5.2.11',
    file: QUEUE,
    changes: [
      {
        find: 'FSTS_REG.ITE(faultStatus) === 0 &&',
        replace: 'FSTS_REG.ITE(faultStatus) === 0 &&\n      FSTS_REG.ICE(faultStatus) === 0 &&',
      },
    ],
    vectors,
  },
  {
    name: 'queue-goes-on-after-a-time-out',
    says: 'A new tail starts the queue although ITE is 1.',
    section: '§6.5.2.11',
    file: QUEUE,
    changes: [
      {
        find: 'FSTS_REG.ITE(faultStatus) === 0 &&',
        replace: '',
      },
    ],
    vectors,
  },
  {
    name: 'completion-without-translation',
    says: 'A completion counts while translation is off.',
    section: '§4.2.1',
    file: UNIT,
    changes: [
      {
        find: 'if (!this.translationEnabled || this.configuration.ECAP.DT === 0) return UNSUPPORTED;',
        replace: 'if (this.configuration.ECAP.DT === 0) return UNSUPPORTED;',
      },
    ],
    vectors,
  },
];
