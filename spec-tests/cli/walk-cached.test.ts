import { describe, expect, test } from 'vitest';
import { image, vtd } from './vtd.ts';

const walk = (...args: readonly string[]) => vtd('walk', image('legacy48'), '--source', '00:04.0', ...args);

describe('vtd walk --after, §6.2', () => {
  test('says what reads before have cached, which cache answers, and which entries are still read', async () => {
    const { status, out } = await walk('--address', '0xfffff010', '--after', '0xffffe000');
    expect(status).toBe(0);
    expect(out).toBe(`Read of 4 bytes at 0xfffff010 by 00:04.0

Cached by the reads before
    context-cache: SID=00:04.0, 0x0000000000000302000000000267f001
    second-stage paging-structure cache: DID=0x3 ADDR=0x0, the table of level 3 at 0x1bbd6000
    second-stage paging-structure cache: DID=0x3 ADDR=0xc0000000, the table of level 2 at 0x1bbdc000
    second-stage paging-structure cache: DID=0x3 ADDR=0xffe00000, the table of level 1 at 0x1bbdb000
    IOTLB: SID=00:04.0 DID=0x3 ADDR=0xffffe000, 0x1bbe4000, 4 KiB, rw

Answered by a cache in place of memory
    context-cache: SID=00:04.0, 0x0000000000000302000000000267f001
    second-stage paging-structure cache: DID=0x3 ADDR=0xffe00000, the table of level 1 at 0x1bbdb000

 1  SS-PTE at 0x1bbdbff8  §9.8
    0x000000001bbf4003
    R=1 W=1 ADDR=0x1bbf4000

Outcome  goes on to host address 0x1bbf4010
         page of 4 KiB, read and write; snooped, memory type WB
`);
  });

  test('a page that was read is answered by the IOTLB, and no entry is read', async () => {
    const { out } = await walk('--address', '0xfffff010', '--after', '0xfffff000', '--json');
    const { steps, cached, outcome } = JSON.parse(out);
    expect(steps).toEqual([]);
    expect(cached).toEqual([
      { cache: 'iotlb', tags: 'SID=00:04.0 DID=0x3 ADDR=0xfffff000', content: '0x1bbf4000, 4 KiB, rw', after: 0 },
    ]);
    expect(outcome).toMatchObject({ kind: 'completed', address: '0x1bbf4010' });
  });

  test('without it nothing is cached, and nothing is said of caches', async () => {
    const { out } = await walk('--address', '0xfffff010', '--json');
    expect(Object.keys(JSON.parse(out))).toEqual(['request', 'steps', 'outcome']);
  });

  test('first-stage tables and the PASID-table entry are cached under their PASID', async () => {
    const args = ['--source', '00:04.0', '--address', '0xffff5000', '--after', '0xffff4000', '--json'];
    const { out } = await vtd('walk', image('v10-first-stage'), ...args);
    const { cached } = JSON.parse(out) as { cached: { cache: string }[] };
    expect(cached.map(({ cache }) => cache)).toEqual(['context', 'pasid', 'firstStage']);
  });

  test('an address that is none is refused with status 2', async () => {
    const { status, err } = await walk('--address', '0xfffff010', '--after', 'page');
    expect(status).toBe(2);
    expect(err).toMatch(/--after/);
  });
});
