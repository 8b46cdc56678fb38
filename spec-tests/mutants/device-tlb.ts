import type { Mutant } from './mutant.ts';

const PROTOCOL = 'src/unit/ats-protocol.ts';
const COMPLETION = 'src/unit/translation-completion.ts';
const RANGE = 'src/messages/sized-range.ts';
const UNDER_WAY = 'src/invalidation/under-way.ts';
const QUEUE = 'src/invalidation/queue.ts';
const UNIT = 'src/unit/remapping-unit.ts';
const REQUESTS = 'src/invalidation/device-tlb.ts';
const vectors = 'device-tlb';
const completions = 'invalidation/device-tlb-completions';

/** Misreadings of chapter 4. */
export const DEVICE_TLB_MUTANTS: readonly Mutant[] = [
  {
    name: 'odd-lengths-are-served',
    says: 'A translation request for an odd number of DWORDs is served.',
    section: '§4.2.1',
    file: PROTOCOL,
    changes: [{ find: 'length % TRANSLATION_BYTES !== 0', replace: 'length % 4 !== 0' }],
    vectors,
  },
  {
    name: 'boundary-in-dwords',
    says: 'The read completion boundary is taken for a number of DWORDs.',
    section: '§4.2.1',
    file: PROTOCOL,
    changes: [{ find: 'length > readCompletionBoundary', replace: 'length / 4 > readCompletionBoundary' }],
    vectors,
  },
  {
    name: 'translation-writes-are-malformed',
    says: 'A write with AT=01b is judged by its length.',
    section: '§4.2.1',
    file: PROTOCOL,
    changes: [{ find: '    if (access !== READ) return UNSUPPORTED;\n', replace: '' }],
    vectors,
  },
  {
    name: 'size-has-its-own-bit',
    says: 'The lowest 0 of an address is the bit of the size: 1 GB ends with bit 30.',
    section: '§4.2.3',
    file: RANGE,
    changes: [{ find: '+ pages / 2 - 1;', replace: '+ pages - 1;' }],
    vectors,
  },
  {
    name: 'sizes-may-differ',
    says: 'Translations of different sizes are returned together.',
    section: '§4.2.3.2',
    file: COMPLETION,
    changes: [{ find: 'return translation.leafPages === pages;', replace: 'return true;' }],
    vectors,
  },
  {
    name: 'flags-of-what-is-left-out',
    says: 'A range that is not returned gets its flags all the same.',
    section: '§4.2.3.1',
    file: COMPLETION,
    changes: [
      {
        find: '    if (!isReturned(viewOf(unwatched, besideUnit(unwatched)), next, pages, translation)) return;\n',
        replace: '',
      },
    ],
    vectors,
  },
  {
    name: 'completion-count-0-is-one',
    says: 'A Completion Count of 0 is one message.',
    section: '§4.3',
    file: UNIT,
    changes: [{ find: 'count === 0 ? MOST_COMPLETIONS : count', replace: 'Math.max(count, 1)' }],
    vectors: completions,
  },
  {
    name: 'count-is-kept',
    says: 'An ITag that is used again goes on counting.',
    section: '§4.3',
    file: UNDER_WAY,
    changes: [{ find: '    this.#counts[tag] = 0;\n', replace: '' }],
    vectors: completions,
  },
  {
    name: 'unexpected-drops-all',
    says: 'An ITag that nobody has keeps the others from being counted in every unit.',
    section: '§4.3',
    file: QUEUE,
    changes: [
      {
        find: "unexpected && choices.unexpectedCompletion === 'drops-others' && configuration.major <= 5",
        replace: 'unexpected',
      },
    ],
    vectors: completions,
  },
  {
    name: 'invalidation-of-one-page',
    says: 'S of a Device-TLB invalidation is not looked at.',
    section: '§6.5.2.5',
    file: REQUESTS,
    changes: [{ find: 'S(words)), global: false', replace: '0), global: false' }],
    vectors: 'invalidation/device-tlb-waits',
  },
  {
    name: 'pasid-size-at-bit-64',
    says: 'S of a PASID-based Device-TLB invalidation is where it is without PASID.',
    section: '§6.5.2.6',
    file: REQUESTS,
    changes: [{ find: 'S(words)), ...target', replace: 'GI(words)), ...target' }],
    vectors: 'invalidation/device-tlb-waits',
  },
];
