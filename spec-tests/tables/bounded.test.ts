import { describe, expect, test } from 'vitest';
import { SparseMemory } from '../../src/index.ts';
import { listTables, walkTables } from '../../src/tables/list.ts';
import { unitOver } from './table-builder.ts';

/** Fills a table of 512 entries. */
function fill(memory: SparseMemory, address: bigint, entry: (n: number) => bigint): void {
  memory.writeQwords(
    address,
    Array.from({ length: 512 }, (_, n) => entry(n)),
  );
}

/** One device with five levels of tables, every entry of which points to its own table. */
function endless(entry = 0x3003n): SparseMemory {
  const memory = new SparseMemory();
  memory.writeQwords(0x1000n, [0x2001n]);
  memory.writeQwords(0x2000n, [0x3001n, 0x103n]);
  fill(memory, 0x3000n, () => entry);
  return memory;
}

describe('Tables without end', () => {
  test('five levels that lead to themselves stop at the limit', () => {
    const listing = listTables(unitOver(endless()), { limit: 20_000 });
    expect(listing.stoppedAfter).toBe(20_000);
    // All 512 leaves of a table map page 3: no two are contiguous.
    expect(listing.domains[0]?.mappings).toHaveLength(20_000);
  });

  test('what was found is handed out as it is found', () => {
    const found: string[] = [];
    for (const item of walkTables(unitOver(endless()))) {
      found.push(item.kind);
      if (item.kind === 'mapping' && found.length > 10) break;
    }
    expect(found.slice(0, 4)).toEqual(['bus', 'device', 'domain', 'mapping']);
  });

  test('entries that fault everywhere are one problem', () => {
    const { problems, stoppedAfter } = listTables(unitOver(endless(0x1_0000_0000_3003n)));
    expect(problems).toMatchObject([{ condition: { code: 'LSS.2' }, entries: 512, of: { input: 0, pages: 2 ** 45 } }]);
    expect(stoppedAfter).toBeUndefined();
  });

  test('a root table full of one context table lists 65,536 devices', () => {
    const memory = new SparseMemory();
    fill(memory, 0x1000n, (n) => (n % 2 === 0 ? 0x2001n : 0n));
    fill(memory, 0x2000n, (n) => (n % 2 === 0 ? 0x3001n : 0x101n));
    memory.writeQwords(0x3000n, [0n]);
    const { buses, devices, domains } = listTables(unitOver(memory));
    expect(buses).toHaveLength(256);
    expect(devices).toHaveLength(65536);
    expect(domains.map((domain) => domain.devices.length)).toEqual([65536]);
  });

  test('a limit that is just enough is not noticed', () => {
    const { stoppedAfter } = listTables(unitOver(endless(0n)), { limit: 512 });
    expect(stoppedAfter).toBeUndefined();
    expect(listTables(unitOver(endless(0n)), { limit: 511 }).stoppedAfter).toBe(511);
  });
});
