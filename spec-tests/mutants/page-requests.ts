import type { Mutant } from './mutant.ts';

const QUEUE = 'src/page-requests/page-request-queue.ts';
const HANDLE = 'src/page-requests/handle-page-request.ts';
const IMPLICIT = 'src/page-requests/implicit-invalidation.ts';
const SCALABLE = 'src/dma-remapping/scalable-mode.ts';
const vectors = 'page-requests';

/** Misreadings of §7.4, §7.5 and §6.5.3.1. */
export const PAGE_REQUEST_MUTANTS: readonly Mutant[] = [
  {
    name: 'page-queue-takes-every-entry',
    says: 'The ring is full when the tail has come round to the head, so that every entry is used.',
    section: '§7.4.1',
    file: QUEUE,
    changes: [
      {
        find: 'return (PQT_REG.PQT(tail) + 1) % this.#entries === PQH_REG.PQH(head) % this.#entries;',
        replace: 'return PQT_REG.PQT(tail) !== 0 && PQT_REG.PQT(tail) === PQH_REG.PQH(head);',
      },
    ],
    vectors,
  },
  {
    name: 'page-queue-has-pages-of-entries',
    says: 'PQS counts entries as the invalidation queue does, 256 a page.',
    section: '§11.4.11.3',
    file: QUEUE,
    changes: [{ find: 'const DESCRIPTORS_A_PAGE = 128;', replace: 'const DESCRIPTORS_A_PAGE = 256;' }],
    vectors,
  },
  {
    name: 'overflow-raises-a-second-event',
    says: 'PRO raises an event of its own while PPR is set.',
    section: '§7.5',
    file: QUEUE,
    changes: [
      {
        find: '    const alreadyPending = this.#pending;\n    PRS_REG.PRO.put(this.#words.status, 1);',
        replace:
          '    const alreadyPending = PRS_REG.PRO(this.#words.status) === 1;\n    PRS_REG.PRO.put(this.#words.status, 1);',
      },
    ],
    vectors,
  },
  {
    name: 'every-page-request-raises-an-event',
    says: 'Each request that is queued sends a message, whatever PPR is.',
    section: '§7.5',
    file: QUEUE,
    changes: [
      {
        find: '    const alreadyPending = this.#pending;\n    PRS_REG.PPR.put(status, 1);\n    this.#event.raise(alreadyPending);',
        replace: '    PRS_REG.PPR.put(status, 1);\n    this.#event.raise(false);',
      },
    ],
    vectors,
  },
  {
    name: 'any-write-of-the-status-services-a-page-request',
    says: 'Where PPR alone counts, IP is cleared by any write that leaves PPR at 0, though only PRO was ever set.',
    section: '§11.4.11.5',
    file: QUEUE,
    changes: [
      {
        find: 'const cleared = PPR.ofQword(before, 0) === 1 && PPR(this.#words.status) === 0;',
        replace: 'const cleared = PPR(this.#words.status) === 0;',
      },
    ],
    vectors,
  },
  {
    name: 'page-queue-wraps-by-the-register',
    says: 'The tail goes on to the end of what PQT_REG can hold, whatever PQS says.',
    section: '§7.4.1',
    file: QUEUE,
    changes: [
      {
        find: 'PQT_REG.PQT.put(tail, (index + 1) % this.#entries);',
        replace: 'PQT_REG.PQT.put(tail, (index + 1) % 0x4000);',
      },
    ],
    vectors,
  },
  {
    name: 'overflow-ends-by-itself',
    says: 'Once there is room again requests are queued, though PRO is still 1.',
    section: '§7.4.1',
    file: HANDLE,
    changes: [
      {
        find: '  if (queue.overflowed) return overflows(unit, request);\n  if (queue.full)',
        replace: '  if (queue.full)',
      },
    ],
    vectors,
  },
  {
    name: 'overflow-answers-failure',
    says: 'A request that a full queue refuses is answered with Response Failure.',
    section: '§7.4.1',
    file: HANDLE,
    changes: [{ find: 'RESPONSE_CODE.success', replace: 'RESPONSE_CODE.failure' }],
    vectors,
  },
  {
    name: 'automatic-response-without-pasid',
    says: 'The response that the unit sends by itself names no PASID.',
    section: '§7.4.1',
    file: HANDLE,
    changes: [{ find: 'pasid === NO_PASID ? {} : { pasid }', replace: '{}' }],
    vectors,
  },
  {
    name: 'every-request-of-a-group-is-answered',
    says: 'Requests that are not the last of their group get an automatic response too.',
    section: '§7.4.1',
    file: HANDLE,
    changes: [
      {
        find: 'refused(unit, request, request.last, RESPONSE_CODE.success)',
        replace: 'refused(unit, request, true, RESPONSE_CODE.success)',
      },
    ],
    vectors,
  },
  {
    name: 'stop-marker-is-answered',
    says: 'A Stop Marker that meets a full queue is answered like any last request.',
    section: '§11.4.3',
    file: HANDLE,
    changes: [{ find: 'if (!answers || isKnownMarker(unit, request)) return', replace: 'if (!answers) return' }],
    vectors,
  },
  {
    name: 'fpd-drops-page-requests-in-silence',
    says: 'With FPD=1 a blocked page request is not answered.',
    section: '§7.1.1',
    file: HANDLE,
    changes: [
      {
        find: "  const answers = entries.condition.responses[columnOf(request.last ? 'PQr' : 'PQd')] === 'IR';",
        replace:
          "  const answers =\n    !entries.faultProcessingDisabled && entries.condition.responses[columnOf(request.last ? 'PQr' : 'PQd')] === 'IR';",
      },
    ],
    vectors,
  },
  {
    name: 'page-request-walks-as-a-translation-request',
    says: 'DTE=0 blocks page requests with SCT.5, as it does translation requests.',
    section: '§7.1.3',
    file: SCALABLE,
    changes: [
      { find: 'if (!deviceTlb && !untranslated && !asksForPage)', replace: 'if (!deviceTlb && !untranslated)' },
    ],
    vectors,
  },
  {
    name: 'page-request-beyond-pss',
    says: 'A PASID wider than PSS blocks page requests with SGN.10.',
    section: '§7.1.3',
    file: SCALABLE,
    changes: [{ find: 'if (!asksForPage && request.pasid >=', replace: 'if (request.pasid >=' }],
    vectors,
  },
  {
    name: 'page-request-record-is-a-read',
    says: 'The record of a page request has {T1, T2} of a read.',
    section: '§11.4.7.6',
    file: 'src/faults/fault-recording.ts',
    changes: [
      {
        find: 'FRCD_REG.T2.put(record, 1);\n    this.#finish(record);',
        replace: 'FRCD_REG.T1.put(record, 1);\n    this.#finish(record);',
      },
    ],
    vectors,
  },
  {
    name: 'no-implicit-invalidation',
    says: 'A page request leaves the caches as they are: software invalidates.',
    section: '§6.5.3.1',
    file: IMPLICIT,
    changes: [
      {
        find: '  if (type === PGTT.FIRST_STAGE) {',
        replace: '  if (type >= 0) return;\n  if (type === PGTT.FIRST_STAGE) {',
      },
    ],
    vectors: 'invalidation/effects-page-requests',
    caches: 'full',
  },
  {
    name: 'implicit-invalidation-of-leaves',
    says: 'A page request invalidates leaves alone: the tables above them may stay.',
    section: '§6.5.3.1',
    file: IMPLICIT,
    changes: [{ find: 'leavesOnly: false', replace: 'leavesOnly: true' }],
    vectors: 'invalidation/effects-page-requests',
    caches: 'full',
  },
  {
    name: 'nested-page-request-invalidates-a-page',
    says: 'With nested translation too only the page is invalidated.',
    section: '§6.5.3.1',
    file: IMPLICIT,
    changes: [{ find: 'type === PGTT.NESTED || CAP.PSI === 0', replace: 'CAP.PSI === 0' }],
    vectors: 'invalidation/effects-page-requests',
    caches: 'full',
  },
  {
    name: 'page-request-without-pasid-invalidates-nothing',
    says: 'Implicit invalidation is for requests with PASID: RID_PASID has no domain of its own.',
    section: '§6.5.3.1',
    file: 'src/unit/page-request.ts',
    changes: [
      {
        find: 'if (caches !== undefined) invalidateForPageRequest',
        replace: 'if (caches !== undefined && request.pasid >= 0) invalidateForPageRequest',
      },
    ],
    vectors: 'invalidation/effects-page-requests',
    caches: 'full',
  },
];
