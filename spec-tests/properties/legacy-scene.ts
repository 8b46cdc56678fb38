import fc from 'fast-check';
import type { DmaRequestParameters } from '../../src/index.ts';
import { Draw, drawRequest, drawUnit, Pages, type Scene, spoil } from './scene.ts';

/** Scenes in legacy mode: root, context and second-stage entries on the way of each request, some of them spoilt. */
export const legacyScene = (): fc.Arbitrary<Scene> => fc.gen().map((gen) => drawScene(new Draw(gen)));

function drawScene(draw: Draw): Scene {
  const unit = drawUnit(draw, false);
  const pages = new Pages(draw, unit.hostAddressWidth);
  const memory = new Map<bigint, bigint>();
  const root = pages.any();
  const mode = draw.oneIn(12) ? draw.of([0b01n, 0b10n, 0b11n]) : 0n;
  const sources = [draw.below(0x10000), draw.below(0x10000)];
  const requests = Array.from({ length: 4 }, () => drawRequest(draw, draw.of(sources), false));
  for (const request of requests) {
    for (const [address, qword] of tablesFor(draw, pages, root, request)) {
      if (!memory.has(address)) memory.set(address, spoil(draw, qword));
    }
  }
  const poison = new Set([...memory.keys()].filter(() => draw.oneIn(40)));
  return {
    unit,
    choices: {
      atomicWithoutPermission: draw.of(['LGN.2', 'LGN.3']),
      passThroughAddressWidth: draw.of(['checked', 'ignored']),
      passThroughPointer: draw.of(['ignored', 'reserved']),
      interruptRangeChecks: draw.of(['enabled', 'always']),
      interruptWriteByteEnables: draw.of(['all', 'any']),
      compressFaults: draw.oneIn(2),
      faultAddressWidth: draw.of(['largest-agaw', 'untruncated']),
      legacyTranslationRange: draw.of(['range', 'address']),
      reservedTranslationType: draw.of(['CA', 'UR']),
    },
    rootTableAddress: root | (mode << 10n),
    enabled: !draw.oneIn(20),
    memory,
    poison,
    requests,
  };
}

/** The entries that a request meets, by the document's bit numbers. */
function* tablesFor(
  draw: Draw,
  pages: Pages,
  root: bigint,
  { sourceId, address }: DmaRequestParameters,
): Generator<[bigint, bigint]> {
  const contextTable = pages.any();
  const rootEntry = root + BigInt(sourceId >>> 8) * 16n;
  yield [rootEntry, contextTable | (draw.oneIn(15) ? 0n : 1n)];
  yield [rootEntry + 8n, 0n];

  const levels = draw.of([3, 4, 4, 5]);
  const top = pages.any();
  const context = contextTable + BigInt(sourceId & 0xff) * 16n;
  const present = draw.oneIn(12) ? 0n : 1n;
  const faultProcessingDisabled = draw.oneIn(6) ? 2n : 0n;
  const type = BigInt(draw.of([0, 0, 1, 1, 1, 2, 3]));
  yield [context, top | (type << 2n) | faultProcessingDisabled | present];
  yield [context + 8n, BigInt(draw.below(16) === 0 ? draw.below(8) : levels - 2) | (BigInt(draw.below(16)) << 8n)];

  let table = top;
  for (let level = levels; level >= 1; level--) {
    const index = (address >> BigInt(12 + 9 * (level - 1))) & 0x1ffn;
    const leaf = level === 1 || (level <= 3 && draw.oneIn(4)) || draw.oneIn(30);
    const permission = BigInt(draw.of([3, 3, 3, 3, 1, 2, 0]));
    const snoop = leaf && draw.oneIn(3) ? 1n << 11n : 0n;
    const aligned = leaf && level > 1 ? BigInt(12 + 9 * (level - 1)) : 12n;
    const target = draw.oneIn(8) ? 0xfee0_0000n : pages.any();
    yield [
      table + index * 8n,
      ((target >> aligned) << aligned) | permission | snoop | (leaf && level > 1 ? 1n << 7n : 0n),
    ];
    if (leaf) return;
    table = target;
  }
}
