import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dmaRequest, type RemappingUnit, SparseMemory } from '../../src/index.ts';
import { type Listing, listTables } from '../../src/tables/list.ts';
import { unitOver } from './table-builder.ts';

/** Tables at 3000h to 6000h, each with entries in a few places: at most three levels that may share and loop. */
const PLACES = [0, 1, 2, 3, 255, 510, 511];
const address = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(0x3000n, 0x4000n, 0x5000n, 0x6000n) },
  { weight: 2, arbitrary: fc.constantFrom(0x4000_0000n, 0x20_0000n, 0xfee0_0000n, 0xc000_0000n, 0x9000n, 0xa000n) },
  { weight: 1, arbitrary: fc.constantFrom(0x1_0000_0000_0000n, 0x7fff_ffff_f000n) },
);
const flags = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(3n, 3n, 1n, 2n) },
  { weight: 3, arbitrary: fc.constantFrom(0x83n, 0x81n) },
  { weight: 1, arbitrary: fc.constantFrom(0n, 0x803n, 0x4n) },
);
const entry = fc.tuple(address, flags).map(([to, bits]) => to | bits);
const table = fc.array(fc.tuple(fc.constantFrom(...PLACES), entry), { maxLength: 6 });
const tables = fc.array(table, { minLength: 4, maxLength: 4 });

function unitOf(content: readonly (readonly (readonly [number, bigint])[])[]): RemappingUnit {
  const memory = new SparseMemory();
  memory.writeQwords(0x1000n, [0x2001n]);
  memory.writeQwords(0x2000n, [0x3001n, 0x101n]);
  for (const [n, entries] of content.entries()) {
    for (const [place, value] of entries) memory.writeQwords(BigInt(0x3000 + 0x1000 * n + 8 * place), [value]);
  }
  return unitOver(memory);
}

/** What the listing says of a page: where it leads and with what rights, or undefined. */
function listed({ domains }: Listing, page: number) {
  const range = domains[0]?.mappings.find(({ input, pages }) => page >= input && page < input + pages);
  return range === undefined ? undefined : { to: range.output + page - range.input, permission: range.permission };
}

/** What the model makes of the page, asked with requests. */
function answered(unit: RemappingUnit, page: number) {
  let permission = 0;
  let to: number | undefined;
  for (const [access, bit] of [
    ['read', 1],
    ['write', 2],
  ] as const) {
    // Eight bytes: a DWORD written to FEEx_xxxxh would be an interrupt.
    const outcome = unit.dma(dmaRequest({ sourceId: 0, address: BigInt(page) << 12n, access, length: 8 }));
    if (outcome.kind !== 'completed') continue;
    permission |= bit;
    to = Number(outcome.address >> 12n);
  }
  return to === undefined ? undefined : { to, permission };
}

describe('The listing and the model', () => {
  test('a page is in a range exactly if requests get through to it, at the same place and with the same rights', () => {
    fc.assert(
      fc.property(tables, fc.array(fc.nat(2 ** 27 - 1), { maxLength: 8 }), (content, random) => {
        const unit = unitOf(content);
        const listing = listTables(unit, { limit: 50_000 });
        fc.pre(listing.stoppedAfter === undefined);
        const edges = listing.domains.flatMap(({ mappings, unreachable }) =>
          [...mappings, ...unreachable].flatMap(({ input, pages }) => [
            input - 1,
            input,
            input + pages - 1,
            input + pages,
          ]),
        );
        const wrong = listing.problems.flatMap(({ of }) =>
          of.kind === 'domain' ? [of.input, of.input + of.pages - 1] : [],
        );
        for (const page of new Set([...random, ...edges.slice(0, 200), ...wrong.slice(0, 200)])) {
          if (page < 0 || page >= 2 ** 27) continue;
          expect({ page, ...listed(listing, page) }).toEqual({ page, ...answered(unit, page) });
        }
      }),
      { numRuns: process.env.VTD_LONG === undefined ? 300 : 10_000 },
    );
  });
});
