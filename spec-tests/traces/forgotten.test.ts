import { describe, expect, test } from 'vitest';
import { replayTrace } from '../../src/traces/replay-trace.ts';
import { readTraceLines } from '../../src/traces/trace-lines.ts';

/*
 * Mistakes that no state of memory and registers shows, because they are in what was not done, or in its order. Each is
 * found by following the trace of what software did: the answer that a unit with full caches would give, and what is
 * missing.
 */

/** CAP_REG: SAGAW of 39 and 48 bits, MGAW 48, PSI, MAMV 18, SSLPS of 2 MiB and 1 GiB; the second with CM. */
const [CAP, CAP_CM] = ['0xd2008c222f0606', '0xd2008c222f0686'] as const;
const legacy = (cap: string = CAP) => `unit version=0x10 haw=48 cap=${cap} ecap=0xf00f5b`;

/** Root entry of bus 0, and 00:05.0 with AW=2 and DID=1; a page at 40201000h, and 40400000h as 2 MiB. */
const TABLES = [
  'writeq 0x1000 0x2001',
  'writeq 0x2280 0x3001',
  'writeq 0x2288 0x102',
  'writeq 0x3000 0x4003',
  'writeq 0x4008 0x5003',
  'writeq 0x5008 0x6003',
  'writeq 0x5010 0x40600083',
  'writeq 0x6008 0x7003',
];
const ON = ['writeq 0xfed90020 0x1000', 'writel 0xfed90018 0x40000000', 'writel 0xfed90018 0x80000000'];
const READ = 'dma 00:05.0 read 0x40201234';

/** ECAP_REG with C, QI, IR, SC, PASID of 20 bits, SMTS, SSTS, FSTS, SMPWCS, RPS; IVA_REG at F0h. */
const SCALABLE = 'unit version=0x50 haw=46 cap=0xd2008c222f0606 ecap=0x3c9980000f08b';
/** 00:04.0 in scalable mode: a PASID directory, a PASID table, and first-stage tables with their flags set; domain 1. */
const FIRST_STAGE = [
  'writeq 0x1000 0x2001',
  'writeq 0x2400 0x7001',
  'writeq 0x7000 0x8001',
  'writeq 0x8000 0x41',
  'writeq 0x8008 0x800001',
  'writeq 0x8010 0x9000',
  'writeq 0x9000 0xa027',
  'writeq 0xa000 0xb027',
  'writeq 0xb000 0xc027',
  'writeq 0xc018 0x13000067',
  'writeq 0xc020 0x14000067',
];
/** TTM=01b; the queue at 40000h with descriptors of 256 bits. */
const SCALABLE_ON = [
  'writeq 0xfed90020 0x1400',
  'writel 0xfed90018 0x40000000',
  'writeq 0xfed90090 0x40800',
  'writel 0xfed90018 0x84000000',
];
/** inv_wait with SW: 1 to 50000h. */
const wait = (at: number) => [`writeq 0x${at.toString(16)} 0x100000025`, `writeq 0x${(at + 8).toString(16)} 0x50000`];

const INTERRUPTS = [
  // IRTE 3, vector 35h to APIC id 1 from 00:05.0; 256 entries, IRE.
  'writeq 0x9030 0x0000010000350001',
  'writeq 0x9038 0x40028',
  'writeq 0xfed900b8 0x9007',
  'writel 0xfed90018 0x01000000',
  'writel 0xfed90018 0x02000000',
];
const INTERRUPT = 'interrupt 00:05.0 0xfee00070 0';

type Row = readonly [what: string, lines: readonly string[], answered: string, remedy: readonly string[]];

const ROWS: readonly Row[] = [
  [
    'T22: a context entry changed, the context-cache not invalidated',
    // Tables at A000h that map nothing; the domain is the same.
    [legacy(), ...TABLES, ...ON, READ, 'writeq 0x2280 0xa001', 'writeq 0x2288 0x202', READ],
    'completed 0x0000000000007234',
    ['cc_inv device DID=0x1 SID=00:05.0', 'iotlb_inv domain DID=0x1'],
  ],
  [
    'T22: an entry made present with CM=1, nothing invalidated',
    [legacy(CAP_CM), ...TABLES, 'writeq 0x2280 0', ...ON, READ, 'writeq 0x2280 0x3001', READ],
    'UR LCT.2 0x2',
    ['cc_inv device DID=0x0 SID=00:05.0', 'iotlb_inv domain DID=0x0'],
  ],
  [
    'P21: a PASID-table entry changed, the PASID-cache not invalidated',
    [
      SCALABLE,
      ...FIRST_STAGE,
      ...SCALABLE_ON,
      'dma 00:04.0 read 0x3000',
      'writeq 0x8010 0xd000',
      'dma 00:04.0 read 0x3000',
    ],
    'completed 0x0000000013000000',
    ['pc_inv PASID DID=0x1 PASID=0x0', 'p_iotlb_inv PASID DID=0x1 PASID=0x0'],
  ],
  [
    'S15: 2 MiB unmapped, one page of 4 KiB invalidated',
    [
      legacy(),
      ...TABLES,
      ...ON,
      'dma 00:05.0 read 0x40400000',
      'writeq 0x5010 0',
      'writeq 0xfed900f0 0x40400000',
      'writeq 0xfed900f8 0xb000000100000000',
      'dma 00:05.0 read 0x40400000',
    ],
    'completed 0x0000000040600000',
    ['iotlb_inv page DID=0x1 ADDR=0x40400000 AM=9 IH=1'],
  ],
  [
    'F10: two pages unmapped, invalidated from an address that is not aligned to two',
    [
      SCALABLE,
      ...FIRST_STAGE,
      ...SCALABLE_ON,
      'dma 00:04.0 read 0x3000',
      'dma 00:04.0 read 0x4000',
      'writeq 0xc018 0',
      'writeq 0xc020 0',
      // p_iotlb_inv of PASID 0 in domain 1, G=11b, AM=1, IH=1, ADDR=3000h: 2000h to 3FFFh.
      'writeq 0x40000 0x10036',
      'writeq 0x40008 0x3041',
      ...wait(0x40020),
      'writeq 0xfed90088 0x40',
      'dma 00:04.0 read 0x3000',
      'dma 00:04.0 read 0x4000',
    ],
    'completed 0x0000000014000000',
    ['p_iotlb_inv page DID=0x1 PASID=0x0 ADDR=0x4000 AM=0 IH=1'],
  ],
  [
    'I13: an entry changed, the interrupt entry cache not invalidated',
    [legacy(), ...INTERRUPTS, INTERRUPT, 'writeq 0x9030 0x0000010000360001', INTERRUPT],
    'delivered 0x00000000fee01000 0x0000000000004035',
    ['iec_inv index IIDX=0x3 IM=0'],
  ],
];

const reportOf = (lines: readonly string[]) => replayTrace(readTraceLines(lines.join('\n'), 'a.trace'), 'a.trace');

describe('What software forgot', () => {
  test.each(ROWS)('%s', (_, lines, answered, remedy) => {
    const { findings } = reportOf(lines);
    expect(findings).toMatchObject([{ lines: [lines.length], answered, remedy }]);
  });

  test.each([
    ['T23: a context entry that was not flushed, C=0', ['writeq 0x2280 0'], '0x2280 8 0x0130000000000000'],
    ['S14: a second-stage entry that was not flushed, C=0', ['writeq 0x6008 0'], '0x6008 8 0x0370000000000000'],
  ])('%s', (_, before, write) => {
    const tables = [legacy().replace('5b', '5a'), ...TABLES, ...before, ...ON];
    const forgotten = reportOf([...tables, `write ${write} invisible`, READ]);
    expect(forgotten.findings).toMatchObject([{ kind: 'unflushed-write', lines: [tables.length + 2], request: READ }]);
    expect(forgotten.findings[0]).toHaveProperty('tables.length', 2);
    expect(reportOf([...tables, `write ${write}`, READ]).findings).toEqual([]);
  });
});
