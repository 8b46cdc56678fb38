import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/images/input-error.ts';
import { replayTrace } from '../../src/traces/replay-trace.ts';
import { readTraceLines } from '../../src/traces/trace-lines.ts';

const replay = (...lines: readonly string[]) => replayTrace(readTraceLines(lines.join('\n'), 'a.trace'), 'a.trace');

/**
 * Lines 1 to 11: VER_REG 1.0, CAP_REG with SAGAW of 39 and 48 bits, MGAW 48, one record at 220h, no caching mode;
 * ECAP_REG with C, QI, IR, EIM and IVA_REG at F0h. Root entry of bus 0 at 1000h (§9.1), context entry of 00:05.0 (§9.3)
 * at 2280h with AW=2 and DID=1, four tables, and one page, 40201000h at 7000h: bits 29:21 are 1, bits 20:12 are 1.
 */
const TABLES = [
  'unit version=0x10 haw=48 cap=0xd2008c222f0606 ecap=0xf00f5a',
  'writeq 0x1000 0x2001',
  'writeq 0x2280 0x3001',
  'writeq 0x2288 0x102',
  'writeq 0x3000 0x4003',
  'writeq 0x4008 0x5003',
  'writeq 0x5008 0x6003',
  'writeq 0x6008 0x7003',
  'writeq 0xfed90020 0x1000',
  'writel 0xfed90018 0x40000000',
  'writel 0xfed90018 0x80000000',
] as const;
const READ = 'dma 00:05.0 read 0x40201234';
const AT_7000 = `${READ} = completed 0x7234`;
const UNMAP = 'writeq 0x6008 0';
/** IVA_REG with AM=0 and IH=1, then IOTLB_REG with IVT, IIRG=3 and DID=1, §11.4.6. */
const INVALIDATE_PAGE = ['writeq 0xfed900f0 0x40201040', 'writeq 0xfed900f8 0xb000000100000000'] as const;
/** IOTLB_REG with IIRG=2, the domain; CCMD_REG with CIRG=3, the device 00:05.0 in domain 1. */
const INVALIDATE_DOMAIN = 'writeq 0xfed900f8 0xa000000100000000';
const INVALIDATE_DEVICE = 'writeq 0xfed90028 0xe000000000280001';

describe('A trace that is right', () => {
  test('nothing is said against answers, registers, memory and events that are those of the tables', () => {
    const { fresh, same, stale, forbidden, different, findings, unobserved } = replay(
      ...TABLES,
      'readl 0xfed9001c = 0xc0000000',
      AT_7000,
      'dma 00:05.0 write 0x40202000 = UR LGN.2 0x5',
      // FSTS_REG.PPF, and the record: F, T1=0 for a write, FR=5, SID=28h above FI.
      'readl 0xfed90034 = 2',
      'readq 0xfed90220 = 0x40202000',
      'readq 0xfed90228 = 0x8000000500000028',
      'readq 0x6008 = 0x7003',
      'read 0x6008 2 = 0x0370',
      'b64read 0x6008 2 = A3A=',
      'events = 0',
      'dma 00:05.0 read 0x40201000',
    );
    expect({ fresh, same, unobserved }).toEqual({ fresh: 2, same: 8, unobserved: 1 });
    expect([stale, forbidden, different, findings]).toEqual([[], [], [], []]);
  });

  test('a transcript is a trace: requests behind >, observations behind <, what was refused has not happened', () => {
    const { events, fresh, same, different, unit, named } = replay(
      '# in words',
      ...TABLES.flatMap((line) => [`> ${line}`, '< OK']),
      '',
      `> ${READ}`,
      '< OK completed 0x0000000000007234',
      '> dma 00:05.8 read 0',
      '< FAIL source takes "bb:dd.f"',
      '> readl 0xfed9001c',
      '< OK 0x00000000c0000000',
      '> version',
      '< OK some-model 1.0',
      '> quit',
      '< OK',
    );
    expect({ events, fresh, same, different, named }).toEqual({
      events: 16,
      fresh: 1,
      same: 1,
      different: [],
      named: true,
    });
    expect(unit).toEqual({ version: 0x10, hostAddressWidth: 48, cap: 0xd2008c222f0606n, ecap: 0xf00f5an });
  });

  test('a value that is read again and again before it comes is no difference', () => {
    const { same, polls, different } = replay(
      ...TABLES.slice(0, -1),
      'writel 0xfed90018 0x80000000',
      'readl 0xfed9001c = 0x40000000',
      'readl 0xfed9001c = 0x40000000',
      'readl 0xfed9001c = 0xc0000000',
    );
    expect({ same, polls, different }).toEqual({ same: 1, polls: 2, different: [] });
  });

  test('the registers stand where the trace says', () => {
    const { same, different } = replay('unit base 0xd0000000', 'readl 0xd0000034 = 0', 'readl 0xfed90034 = 0');
    expect({ same, different }).toEqual({ same: 2, different: [] });
  });

  test('where no line says what the unit is, the report says so', () => {
    expect(replay('readb 0 = 0').named).toBe(false);
    expect(replay('unit base 0xd0000000').named).toBe(false);
  });
});

describe('Answers that were observed (6.A)', () => {
  test('an entry that no invalidation took away gives a stale answer, the same after one a forbidden one', () => {
    const { fresh, stale, forbidden } = replay(...TABLES, AT_7000, UNMAP, AT_7000, ...INVALIDATE_PAGE, AT_7000);
    expect(fresh).toBe(1);
    expect(stale).toEqual([
      {
        line: 14,
        request: READ,
        observed: 'completed 0x7234',
        class: 'stale',
        allowed: ['UR LGN.3 0x6', 'completed 0x0000000000007234'],
        because: [
          'the IOTLB may hold what line 12 read from SS-PTE at 0x6008: nothing that is complete has removed it (6.2.4.1-R6, 6.A-R2)',
          'SS-PTE at 0x6008 was 0x0000000000007003 and is 0x0000000000000000',
          'the tables as they are now say: blocked, UR (LGN.3)',
        ],
      },
    ]);
    expect(forbidden).toEqual([
      {
        line: 17,
        request: READ,
        observed: 'completed 0x7234',
        class: 'forbidden',
        allowed: ['UR LGN.3 0x6'],
        because: [
          'neither the tables as they are now nor any entry that may still be cached gives it (6.A-R2)',
          'what the IOTLB held from line 12 gave it, and had to go with iotlb_inv page DID=0x1 ADDR=0x40201000 AM=0 IH=1 of line 16, complete at line 16 (6.A-R4)',
        ],
      },
    ]);
  });

  test('members of the answer are compared where they were observed', () => {
    const { fresh, forbidden } = replay(
      ...TABLES,
      `${READ} = completed 0x7234 pageSize=4096 snoop=1 memoryType=WB`,
      `${READ} = completed 0x7234 pageSize=2097152`,
    );
    expect(fresh).toBe(1);
    expect(forbidden).toMatchObject([
      { line: 13, allowed: ['completed 0x0000000000007234 pageSize=4096 read=1 write=1 snoop=1 memoryType=WB'] },
    ]);
  });

  test('`permitted` is the same request, and the verdict that some server gave is passed over', () => {
    const { forbidden, events } = replay(
      ...TABLES,
      `> permitted 00:05.0 read 0x40201234 = completed 0x8234`,
      '< OK fresh some words',
      '> permitted interrupt 00:05.0 0xfee01000 0x41 = delivered 0xfee01000 0x42',
    );
    expect(events).toBe(13);
    expect(forbidden.map(({ line }) => line)).toEqual([12, 14]);
  });

  test('an interrupt through an entry of the table (§5.1.4), and one with other data', () => {
    const { fresh, forbidden } = replay(
      TABLES[0],
      // IRTE 3 at 8030h: P, vector 35h, xAPIC destination 2 in bits 47:40; SVT=01b, SID=28h.
      'writeq 0x8030 0x20000350001',
      'writeq 0x8038 0x40028',
      // IRTA_REG with S=0Fh and EIME=0, SIRTP, IRE.
      'writeq 0xfed900b8 0x800f',
      'writel 0xfed90018 0x1000000',
      'writel 0xfed90018 0x2000000',
      // Remappable format, SHV=0, handle 3 in bits 19:5.
      'interrupt 00:05.0 0xfee00070 0 = delivered 0xfee02000 0x4035',
      'interrupt 00:05.0 0xfee00070 0 = delivered 0xfee02000 0x4036',
      'interrupt 00:06.0 0xfee00070 0 = UR 26h',
    );
    expect(fresh).toBe(2);
    expect(forbidden.map(({ line, allowed }) => ({ line, allowed }))).toEqual([
      { line: 8, allowed: ['delivered 0x00000000fee02000 0x0000000000004035'] },
    ]);
  });
});

describe('Values that were observed', () => {
  test('a register that differs is told by its name and its fields', () => {
    const { different } = replay(...TABLES, 'dma 00:05.0 write 0 = UR', 'readq 0xfed90228 = 0xc000000600000028');
    expect(different).toEqual([
      {
        line: 13,
        request: 'readq 0xfed90228',
        observed: '0xc000000600000028',
        model: '0x8000000500000028',
        register: 'FRCD_REG[0]',
        // Bit 126 is T1: a read; bits 103:96 are FR.
        fields: [
          { field: 'FR', observed: 6n, model: 5n },
          { field: 'T1', observed: 1n, model: 0n },
        ],
      },
    ]);
  });

  test('memory that differs, and events', () => {
    const { different } = replay(
      ...TABLES,
      'readq 0x6008 = 0x7001',
      'read 0x6008 2 = 0x0170',
      'events = 1 fault-event address=0xfee00000 data=0x30',
    );
    expect(different.map(({ line, model, register }) => ({ line, model, register }))).toEqual([
      { line: 12, model: '0x0000000000007003', register: undefined },
      { line: 13, model: '0x0370', register: undefined },
      { line: 14, model: '0', register: undefined },
    ]);
  });

  test('what became of page requests, with as much of it as was observed (§7.4.1)', () => {
    // 00:03.0 by a context entry with PRE=1, PASID 0 pass-through; the queue at 8000h.
    const { same, different, unobserved } = replay(
      'unit',
      'writeq 0x1000 0x2001',
      'writeq 0x2300 0x301d',
      'writeq 0x3000 0x4001',
      'write 0x4000 16 0x01010000000000000100000000000000',
      'writeq 0xfed90020 0x1400',
      'writel 0xfed90018 0x40000000',
      'writel 0xfed90018 0x80000000',
      'writeq 0xfed900d0 0x8000',
      'pagerequest 00:03.0 0x7000 1 last read = queued',
      'pagerequest 00:03.0 0x7000 1 last read',
      'readq 0xfed900c8 = 0x40',
      'pagerequest 00:05.0 0x7000 2 last read details = answered invalid-request 2 SCT.2 0x41',
      'pagerequest 00:05.0 0x7000 2 read = dropped SCT.8',
    );
    expect({ same, unobserved }).toEqual({ same: 3, unobserved: 0 });
    expect(different).toMatchObject([{ line: 14, observed: 'dropped SCT.8', model: 'dropped SCT.2 0x41' }]);
  });

  test('a value that comes only after a write in between differs all the same', () => {
    const { different, polls } = replay('readl 0x1000 = 5', 'writel 0x1000 5', 'readl 0x1000 = 5');
    expect({ lines: different.map(({ line }) => line), polls }).toEqual({ lines: [1], polls: 0 });
  });

  test('what differs behind an answer that the tables do not give says behind which', () => {
    const { different } = replay(...TABLES, 'dma 00:05.0 write 0 = completed 0', 'readl 0xfed90034 = 2');
    expect(different).toMatchObject([{ line: 13, after: 12, register: 'FSTS_REG' }]);
  });
});

describe('What the software did wrong', () => {
  test('a missing invalidation shows though the unit of the trace remembered nothing', () => {
    const { forbidden, stale, findings } = replay(...TABLES, AT_7000, UNMAP, `${READ} = UR`, `${READ} = UR`);
    expect([forbidden, stale]).toEqual([[], []]);
    expect(findings).toEqual([
      {
        kind: 'stale-answer',
        lines: [14, 15],
        request: READ,
        answered: 'completed 0x0000000000007234',
        tables: ['UR LGN.3 0x6'],
        entries: [{ cache: 'iotlb', line: 12 }],
        changed: [{ structure: 'SS-PTE', address: '0x6008', was: '0x0000000000007003', is: '0x0000000000000000' }],
        remedy: ['iotlb_inv page DID=0x1 ADDR=0x40201000 AM=0 IH=1'],
      },
    ]);
  });

  test('the context-cache behind the IOTLB is an unsafe order (6.2.2.1-S1)', () => {
    const { findings } = replay(
      ...TABLES,
      AT_7000,
      'writeq 0x2288 0x202',
      INVALIDATE_DOMAIN,
      INVALIDATE_DEVICE,
      AT_7000,
    );
    expect(findings).toMatchObject([
      {
        kind: 'unsafe-order',
        lines: [16],
        commands: ['iotlb_inv domain DID=0x1', 'cc_inv device DID=0x1 SID=00:05.0'],
      },
    ]);
  });

  test('the right commands in the right order leave nothing to say', () => {
    const { findings } = replay(...TABLES, AT_7000, UNMAP, ...INVALIDATE_PAGE, `${READ} = UR LGN.3`);
    expect(findings).toEqual([]);
  });
});

describe('Bad lines', () => {
  test.each<[string, readonly string[], RegExp]>([
    [
      'an unknown command',
      ['reset', 'dmaa 00:05.0 read 0'],
      /^line 2 of a\.trace begins with "dmaa", expected one of /,
    ],
    ['a device that is none', ['dma 00:05.8 read 0'], /^line 1 of a\.trace: source takes "bb:dd\.f"/],
    [
      'a word too many',
      ['', 'writel 0 0 0'],
      /^line 2 of a\.trace: "0" is one word too many: writel takes ADDR VALUE$/,
    ],
    ['nothing behind =', ['dma 00:05.0 read 0 ='], /^line 1 of a\.trace has nothing behind its =$/],
    ['nothing before =', ['= UR'], /^line 1 of a\.trace has no request$/],
    ['an answer that is none', ['dma 00:05.0 read 0 = yes'], /^line 1 of a\.trace: a reply is completed, /],
    ['an observation first', ['< OK 5'], /^line 1 of a\.trace is an observation, and no request stands before it$/],
    [
      'two observations',
      ['> readl 0', '< OK 5', '< OK 6'],
      /^line 3 .* is a second observation of line 1, which has one$/,
    ],
    ['neither OK nor FAIL', ['> readl 0', '< 5'], /^line 2 .* begins with OK or FAIL, got "5"$/],
    ['a pattern', ['> readl 0', '< OK *'], /^line 2 of a\.trace has the pattern "\*", /],
    ['a reply to a write', ['writel 0 1 = 5'], /^line 1 of a\.trace: writel has no reply to compare$/],
    ['a register askew', ['readl 0xfed90001 = 0'], /^line 1 of a\.trace: .*offset/],
    [
      'a value of letters',
      ['readl 0 = x'],
      /^line 1 of a\.trace: what was observed takes a number such as 0x1000 or 4096, got "x"$/,
    ],
    ['no unit', ['unit cap=0'], /^line 1 of a\.trace: no unit can be like this: /],
    [
      'another unit',
      [
        '> unit version=0x10 haw=48 cap=0xd2008c222f0606 ecap=0xf00f4a',
        '< OK cap=0xd2008c222f0606 ecap=0xf00f4e haw=48',
      ],
      /^line 1 of a\.trace: the unit is not what was asked for, by its ecap: /,
    ],
  ])('%s is told in one sentence', (_, lines, sentence) => {
    expect(() => replay(...lines)).toThrow(InputError);
    expect(() => replay(...lines)).toThrow(sentence);
  });

  const word = fc.oneof(
    fc.constantFrom(
      'dma',
      'readl',
      'readq',
      'writeq',
      'unit',
      'base',
      'permitted',
      'interrupt',
      'events',
      'reset',
      '=',
    ),
    fc.constantFrom('>', '<', 'OK', 'FAIL', 'UR', 'completed', '00:05.0', 'read', 'details', '#', 'poison', 'write'),
    fc.constantFrom('0xfed90018', '0xfed900f8', '0', '0x1000', '-1', '0xfee00000', 'cap=0', 'caches=none', 'read=1'),
    fc.string({ maxLength: 8 }),
  );
  test('any lines are replayed or refused with one sentence', () => {
    fc.assert(
      fc.property(fc.array(fc.array(word, { maxLength: 7 }), { maxLength: 8 }), (lines) => {
        try {
          replay(...TABLES.slice(0, 11), ...lines.map((words) => words.join(' ')));
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
          expect((error as Error).message).toMatch(/^line \d+ of a\.trace/);
        }
      }),
    );
  });
});
