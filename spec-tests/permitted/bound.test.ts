import { describe, expect, test } from 'vitest';
import { LiveUnit } from '../../src/permitted/explore.ts';
import { AT, device, page, RW } from '../oracle/allowed-bench.ts';
import { JudgeBench, request } from './judge-bench.ts';

const PAGES = 2000;
const STEPS = 10_000;
/** Frames that a leaf leads to in turn. */
const FRAMES = 3;
/** So many removed entries are remembered, twice as many until they are cut (LiveEntries). */
const REMEMBERED = 2 * 256;

/** From 4 MB on, apart from the pages that the scene has. */
const LEAVES = 0x10_0000n;
const addressOf = (n: number): bigint => BigInt(1024 + n) << 12n;

/** The tables below the second-stage directory for all pages. */
function putTables(bench: JudgeBench): void {
  for (let n = 0; n < PAGES; n += 512) {
    const below = LEAVES + BigInt(n / 512) * 0x1000n;
    bench.write(AT.second + 0x2000n + BigInt(2 + n / 512) * 8n, below | RW);
  }
}

/** Step after step another leaf moves and is used; of every sixteen pages one is invalidated, and now and then the device. */
function play(bench: JudgeBench, ask: (address: bigint) => void): void {
  putTables(bench);
  for (let step = 0; step < STEPS; step++) {
    const n = (step * 7) % PAGES;
    const frame = BigInt(0x20_0000 + n * FRAMES + (Math.floor(step / PAGES) % FRAMES)) << 12n;
    bench.write(LEAVES + BigInt(n) * 8n, frame | RW);
    if (n % 16 === 0) bench.invalidate(page(7, addressOf(n), 0, true));
    if (step % 1000 === 999) bench.invalidate(device(7, 0x0100), page(7, addressOf(n)));
    ask(addressOf(n));
  }
}

describe('A long history does not fill memory', () => {
  test('what is live is what differs: entries that cannot be told apart are one', () => {
    const bench = JudgeBench.legacy(0n, 'none');
    const live = new LiveUnit(bench.unit);
    bench.unit.watchInvalidations(live.caches);
    let most = 0;
    let incomplete = 0;
    play(bench, (address) => {
      if (!live.explore(request({ address })).complete) incomplete += 1;
      most = Math.max(most, live.caches.entries.size);
    });
    expect(incomplete).toBe(0);
    const tables = 3 + Math.ceil(PAGES / 512);
    const invalidated = PAGES / 16;
    expect(most).toBeLessThanOrEqual(1 + tables + invalidated + (PAGES - invalidated) * FRAMES);
    expect(live.caches.entries.removed.length).toBeLessThanOrEqual(REMEMBERED);
  });

  test('the last 4096 findings are kept', () => {
    const bench = JudgeBench.legacy();
    for (let source = 0; source < 4100; source++) {
      bench.invalidate(device(7, source));
      bench.ask({ address: 0x1000n });
    }
    const found = bench.judge.takeFindings();
    expect(found).toHaveLength(4096);
    expect(found[0]).toMatchObject({ commands: ['cc_inv device DID=0x7 SID=00:00.4'] });
    expect(found.at(-1)).toMatchObject({ commands: ['cc_inv device DID=0x7 SID=10:00.3'] });
  });
});
