import fc from 'fast-check';
import type { DmaRequestParameters } from '../../src/index.ts';
import { Draw, drawRequest, drawUnit, Pages, type Scene, Words } from './scene.ts';

/** Scenes in legacy mode: root, context and second-stage entries on the way of each request, some of them spoilt. */
export const legacyScene = (): fc.Arbitrary<Scene> => fc.gen().map((gen) => drawScene(new Draw(gen)));

function drawScene(draw: Draw): Scene {
  const unit = drawUnit(draw, false);
  const pages = new Pages(draw, unit.hostAddressWidth);
  const words = new Words(draw);
  const root = pages.any();
  const mode = draw.oneIn(12) ? draw.of([0b01n, 0b10n, 0b11n]) : 0n;
  const sources = [draw.below(0x10000), draw.below(0x10000)];
  const requests = Array.from({ length: 4 }, () => drawRequest(draw, draw.of(sources), false));
  for (const request of requests) putTables(draw, pages, words, root, request);
  const poison = new Set([...words.all.keys()].filter(() => draw.oneIn(60)));
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
    memory: words.all,
    poison,
    readOnly: new Set(),
    requests,
  };
}

/** The entries that a request meets, by the document's bit numbers. */
function putTables(
  draw: Draw,
  pages: Pages,
  words: Words,
  root: bigint,
  { sourceId, address }: DmaRequestParameters,
): void {
  const rootEntry = root + BigInt(sourceId >>> 8) * 16n;
  const contextTable = words.point(rootEntry, pages.any() | (draw.oneIn(25) ? 0n : 1n));
  words.point(rootEntry + 8n, 0n);

  const levels = draw.of([3, 4, 4, 5]);
  const context = contextTable + BigInt(sourceId & 0xff) * 16n;
  const present = draw.oneIn(20) ? 0n : 1n;
  const faultProcessingDisabled = draw.oneIn(6) ? 2n : 0n;
  const type = BigInt(draw.of([0, 0, 1, 1, 1, 1, 2, 3]));
  let table = words.point(context, pages.any() | (type << 2n) | faultProcessingDisabled | present);
  const width = draw.oneIn(16) ? draw.below(8) : levels - 2;
  words.point(context + 8n, BigInt(width) | (BigInt(draw.below(16)) << 8n));

  for (let level = levels; level >= 1; level--) {
    const shift = BigInt(12 + 9 * (level - 1));
    const leaf = level === 1 || (level <= 3 && draw.oneIn(4)) || draw.oneIn(30);
    const permission = BigInt(draw.of([3, 3, 3, 3, 1, 2, 0]));
    const snoop = leaf && draw.oneIn(3) ? 1n << 11n : 0n;
    const target = draw.oneIn(12) ? 0xfee0_0000n : pages.any();
    const aligned = leaf ? (target >> shift) << shift : target;
    const large = leaf && level > 1 ? 1n << 7n : 0n;
    table = words.point(table + ((address >> shift) & 0x1ffn) * 8n, aligned | permission | snoop | large);
    if (leaf) return;
  }
}
