import { deepLook } from './deep-look.ts';

export interface Fields {
  /** What a snapshot has, or what is worked out from it when a unit is restored. It changes in a scene below. */
  readonly state?: string;
  /** Objects with fields of their own. */
  readonly parts?: string;
  /** What follows from the parameters and never changes. */
  readonly fixed?: string;
  /** What means nothing between two requests, or cannot be told from outside. */
  readonly scratch?: string;
}

/** Every field that can be reached from a unit. Who adds one finds a test below failing: if it is state, save it first. */
export const FIELDS: Readonly<Record<string, Fields>> = {
  RemappingUnit: {
    state: 'rootTable interruptTable translationEnabled interruptRemappingEnabled compatibilityFormatPasses',
    parts: `caches faults registers invalidations protectedMemory memoryTypes pageRequests #invalidation #counters #counted
      #virtualCommands`,
    fixed: 'choices configuration contextEntryOrder reserved interruptReserved #effects #highFirst',
    scratch: 'memory',
  },
  RegisterFile: {
    state: '#image #locked',
    fixed: '#lockable #readable #resetValue #status #sticky #writable #writeOneToClear',
  },
  FaultRecording: { state: '#index', parts: '#event #words', fixed: '#addressPages #compress' },
  EventRegisters: { parts: '#words', fixed: '#kind' },
  ProtectedMemory: { state: 'enabled', parts: '#words', fixed: '#blocksAll #granule #has' },
  // Who listens is no part of the unit.
  InvalidationTee: { state: '#asked', scratch: '#all #missed' },
  InvalidationQueue: { parts: '#unit #words #validity', scratch: '#narrow #wide #running' },
  InvalidationCompletion: { parts: '#event #status' },
  DescriptorValidity: { fixed: '#invalid #kinds' },
  UnderWay: { state: '#counts #requests #waits' },
  MemoryTypeRanges: {
    state: '#defaultType #fixedTypes #ranges',
    parts: '#default #fixed #variable',
    // How often they were written: the judge asks whether they changed since.
    scratch: 'changes',
  },
  PageRequestQueue: { parts: '#unit #words #event' },
  PerformanceCounters: { state: '#running', parts: '#words #event', fixed: '#capabilities #choices' },
  // The unit as it is while a counter counts, looked at as itself already.
  CountedDoors: { parts: '#counters', scratch: '#view #occurrence' },
  VirtualCommands: { state: '#allocated', fixed: '#end', scratch: '#lowest' },
  PagingMasks: { fixed: '#words' },
  RememberingCaches: {
    parts: 'context pasid iotlb firstStage secondStage hostPermission interrupt',
    fixed: 'policy',
  },
  // Which sizes and levels there ever were spares lookups that would find nothing; tags are put there and read at once.
  ContextCache: { parts: 'store' },
  PasidCache: { parts: 'store' },
  Iotlb: { parts: 'store', fixed: '#pasidHitsNoPasid', scratch: '#has #tags' },
  TableCache: { parts: 'store', scratch: '#has #tags' },
  HostPermissionCache: { parts: 'leaves tables' },
  InterruptEntryCache: { parts: 'store', scratch: '#hasUnreadable' },
  // The index leads to the same entries in whatever order its slots were taken.
  TaggedStore: { state: 'count words #victim', fixed: '#capacity #size #replacement', scratch: '#hashes #index' },
};

export const namesIn = (text = ''): string[] => text.split(/\s+/).filter((name) => name !== '');
export const fieldsThatAre = (kind: keyof Fields): string[] =>
  Object.entries(FIELDS).flatMap(([name, fields]) => namesIn(fields[kind]).map((field) => `${name}.${field}`));

const SCRATCH = new Set(fieldsThatAre('scratch'));

/** All that a unit, or a part of it, is inside, but for scratch and memory. */
export const look = (part: object): unknown =>
  deepLook(part, (name, field) => name === 'SparseMemory' || SCRATCH.has(`${name}.${field}`));
