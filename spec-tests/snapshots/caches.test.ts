import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readAs } from '../../src/bits/json-values.ts';
import { newTablePlace } from '../../src/caches/caches.ts';
import { CACHES, RememberingCaches } from '../../src/caches/remembering.ts';
import {
  type DmaRequest,
  InterruptFault,
  NO_PASID,
  newTranslation,
  type Replacement,
  TRANSLATION_FAULTS,
} from '../../src/index.ts';
import { MEMORY_TYPES, type Translation } from '../../src/messages/translation.ts';
import { LONG, runs } from '../properties/runs.ts';
import { Draw } from '../properties/scene.ts';
import { look } from './known-fields.ts';

const PAGES = [0, 1, 2 ** 9, 2 ** 18];
const NUMBERS: Readonly<Record<string, (draw: Draw) => number>> = {
  page: (draw) => Number(draw.bits(52)),
  leafPages: (draw) => draw.of(PAGES),
  domainId: (draw) => Number(draw.bits(16)),
  stages: (draw) => 1 + draw.below(4),
  pasid: (draw) => draw.of([NO_PASID, Number(draw.bits(20))]),
  secondStagePermission: (draw) => draw.below(4),
  // What only the walk uses.
  permission: () => 0,
  extendedMemoryType: () => 0,
};

/** Every member of it, whichever there are. */
function drawTranslation(draw: Draw): Translation {
  const members = Object.entries(newTranslation()).map(([name, value]) => {
    if (name === 'memoryType') return [name, draw.of(MEMORY_TYPES)];
    return [name, typeof value === 'boolean' ? draw.oneIn(2) : NUMBERS[name]!(draw)];
  });
  return Object.fromEntries(members) as Translation;
}

const drawWords = (draw: Draw, length: number): Uint32Array =>
  Uint32Array.from({ length }, () => Number(draw.bits(32)));
const drawFault = (draw: Draw) => (draw.oneIn(4) ? draw.of(TRANSLATION_FAULTS) : undefined);
const drawId = (draw: Draw, bits: number): number => (draw.oneIn(2) ? draw.below(4) : Number(draw.bits(bits)));

/** Anything is kept by one of the caches. */
function keepSomething(draw: Draw, caches: RememberingCaches): void {
  const sourceId = drawId(draw, 16);
  const pasid = drawId(draw, 20);
  const domainId = drawId(draw, 16);
  const page = drawId(draw, draw.of([20, 36, 45, 52]));
  const request = { sourceId, page, pasid: draw.oneIn(3) ? NO_PASID : pasid } as DmaRequest;
  const level = 1 + draw.below(4);
  const place = {
    ...newTablePlace(),
    level: draw.oneIn(4) ? 0 : level,
    page: Number(draw.bits(40)),
    rights: draw.below(8),
    writable: draw.oneIn(2),
    fault: drawFault(draw),
  };
  const content = { words: drawWords(draw, 16), directoryFaultProcessingDisabled: draw.oneIn(2) };
  const unreadable = draw.oneIn(4) ? InterruptFault.TABLE_UNREADABLE : undefined;
  const below = { level: 1 + draw.below(3), table: Number(draw.bits(40)) };
  const keep = draw.of([
    () => caches.keepContext(sourceId, domainId, drawWords(draw, draw.of([4, 8])), drawFault(draw)),
    () => caches.keepPasid(sourceId, pasid, domainId, content, drawFault(draw)),
    () => caches.keepTranslation(request, drawTranslation(draw), drawFault(draw)),
    () => caches.keepSecondStageTable(domainId, page, level, place),
    () => caches.keepFirstStageTable(domainId, pasid, page, draw.of([4, 5]), { ...place, level }),
    () => caches.keepHostPermission(request, domainId, below.level, draw.below(4)),
    () => caches.keepHostPermissionTable(domainId, page, below),
    () => caches.keepInterrupt(sourceId, content.words.subarray(0, 4), unreadable),
  ]);
  keep();
}

describe('What caches remember (§6.2)', () => {
  test('every entry that they can hold comes back from a snapshot, in its place', { timeout: LONG }, () => {
    fc.assert(
      fc.property(fc.gen(), (gen) => {
        const draw = new Draw(gen);
        const most = 1 + draw.below(12);
        const replacement: Replacement = draw.oneIn(2) ? 'random' : 'round-robin';
        const few = { context: most, iotlb: most, hostPermission: most, replacement };
        const policy = draw.oneIn(2) ? 'full' : few;
        const caches = new RememberingCaches(policy, false);
        for (let entries = 60; entries > 0; entries--) keepSomething(draw, caches);
        const restored = new RememberingCaches(policy, false);
        const saved = caches.snapshot();
        restored.restore(readAs(CACHES, JSON.parse(JSON.stringify(saved)), 'caches'), 'caches');
        expect(restored.snapshot()).toEqual(saved);
        expect(look(restored)).toEqual(look(caches));
      }),
      // Random words do not shrink to anything that can be read.
      { ...runs(60, 3000), endOnFailure: true },
    );
  });
});
