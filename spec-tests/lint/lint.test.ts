import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openImage } from '../../src/images/image.ts';
import { unitOf } from '../../src/images/unit.ts';
import { Fault, type Memory, type RemappingUnit, SparseMemory } from '../../src/index.ts';
import { lint } from '../../src/lint/lint.ts';
import { MAPPED_CODES } from '../../src/lint/of-problems.ts';
import { RULES } from '../../src/lint/rules.ts';
import { ROOT } from '../harness/repository.ts';
import {
  DEVICE,
  findingsOf,
  IRTE,
  interruptUnit,
  LEGACY_ENTRY,
  legacyUnit,
  PASID_ENTRY,
  type Planted,
  type Qwords,
  scalableUnit,
} from './scenes.ts';

const rulesIn = (unit: RemappingUnit, options = {}): readonly string[] => [
  ...new Set(findingsOf(unit, options).map(({ rule }) => rule)),
];

describe('What is no mistake', () => {
  const legacy: readonly (readonly [string, Planted])[] = [
    ['bits 70:67 of a context entry are software’s', { words: { [LEGACY_ENTRY + 8]: 0x17an } }],
    ['bits 60:52 and 10 of a leaf are ignored', { words: { '0x6008': 0x1ff0_0000_1234_5403n } }],
    ['SNP with SC', { words: { '0x6008': 0x1234_5803n }, ecap: { SC: 1 } }],
    ['a page of 2 MiB', { words: { '0x5000': 0x4020_0083n } }],
    ['a page of 1 GiB', { words: { '0x4000': 0x4000_0083n } }],
    ['a read-only page', { words: { '0x6008': 0x1234_5001n } }],
    ['a page below FEE0_0000h', { words: { '0x6008': 0xfedf_f003n } }],
    ['a page above FEEF_FFFFh', { words: { '0x6008': 0xfef0_0003n } }],
    ['the highest page of the host', { words: { '0x6008': 0x3fff_ffff_f003n } }],
    ['one domain for two devices', { words: { [LEGACY_ENTRY + 0x80]: 0x3001n, [LEGACY_ENTRY + 0x88]: 0x102n } }],
    [
      'an RMRR that is mapped to itself',
      {
        words: { '0x5488': 0x1_1003n, '0x11a28': 0x1234_5003n },
        options: { reservedRegions: [{ base: 0x1234_5000n, limit: 0x1234_5fffn, devices: [DEVICE] }] },
      },
    ],
    [
      'an RMRR of another segment',
      { options: { reservedRegions: [{ segment: 1, base: 0x7000n, limit: 0x7fffn, devices: [DEVICE] }] } },
    ],
    ['a device that is served', { options: { devices: [{ sourceId: DEVICE }] } }],
  ];

  test.each(legacy)('legacy mode: %s', (_, planted) => {
    expect(rulesIn(legacyUnit(planted), planted.options)).toEqual([]);
  });

  const first = { [PASID_ENTRY]: 0x41n, [PASID_ENTRY + 16]: 0x9000n };
  test.each<readonly [string, Planted]>([
    ['a first stage', { words: first }],
    ['F11: XD and software bits', { words: { ...first, '0xc008': 0xfff0_0000_1234_5067n } }],
    ['F3: PAT of a large page', { words: { ...first, '0xb000': 0x1220_10e7n } }],
    ['PGSNP with SC', { words: { [PASID_ENTRY + 8]: 0x180_0001n } }],
    ['SSADE with its flags set', { words: { [PASID_ENTRY]: 0x3289n } }],
    ['a read-only page for users', { words: { ...first, '0xc008': 0x1234_5065n } }],
  ])('scalable mode: %s', (_, planted) => {
    expect(rulesIn(scalableUnit(planted))).toEqual([]);
  });

  test.each<readonly [string, Planted]>([
    ['a bus range in order', { words: { [IRTE + 8]: 0x0008_0507n } }],
    ['Lowest Priority with RH', { words: { [IRTE]: 0x0000_0100_0031_002dn } }],
    ['x2APIC mode', { irta: 0x2_0807n }],
    ['a source that is known', { options: { interruptSources: [DEVICE] } }],
    [
      'a posted entry',
      {
        words: {
          [IRTE]: 0x0003_0040_0050_8001n,
          '0x30060': 0x0000_0200_00f2_0000n,
        },
      },
    ],
  ])('interrupts: %s', (_, planted) => {
    expect(rulesIn(interruptUnit(planted), planted.options)).toEqual([]);
  });
});

describe('Findings', () => {
  test('say where, what, what hardware does and how to mend it', () => {
    const [finding] = findingsOf(legacyUnit({ words: { [LEGACY_ENTRY + 8]: 0x103n } }));
    expect(finding).toEqual({
      rule: 'context-width-unsupported',
      severity: 'error',
      section: '§9.3',
      says: 'AW is 3 (57 bits) and CAP_REG.SAGAW is 0x4',
      hardware: 'requests are blocked: LCT.4.1, reason 03h, AW of the context entry not supported',
      mend: RULES['context-width-unsupported'].mend,
      structure: 'Context Entry',
      address: 0x2200n,
      field: 'AW',
      value: '0x00000000000001030000000000003001',
      of: '00:04.0',
      count: 1,
    });
  });

  /** 512 leaves with SNP, in order of input 511 to 0 of what they hold. */
  const many: Qwords = Object.fromEntries(
    Array.from({ length: 512 }, (_, n) => [
      `0x${(0x6000 + 8 * n).toString(16)}`,
      0x1_0000_0803n + (BigInt(511 - n) << 12n),
    ]),
  );

  test('of one kind are one, with the lowest address and their count', () => {
    const found = findingsOf(legacyUnit({ words: { ...many, '0x5008': 0x6803n } }));
    const snoop = found.filter(({ rule }) => rule === 'second-stage-snoop');
    // Not neighbours in output: each is a problem of its own.
    expect(snoop).toMatchObject([{ address: 0x6000n, count: 512 }]);
  });

  test('with all, none is left out', () => {
    const words = Object.fromEntries(
      Array.from({ length: 9 }, (_, n) => [`0x${(0x6008 + 16 * n).toString(16)}`, 0x1234_5002n]),
    );
    const unit = legacyUnit({ words });
    const writeOnly = (all: boolean) => findingsOf(unit, { all }).filter(({ rule }) => rule === 'write-only');
    expect(writeOnly(false)).toMatchObject([{ address: 0x6008n, count: 9 }]);
    expect(writeOnly(true).map(({ address }) => address)).toEqual(
      Array.from({ length: 9 }, (_, n) => BigInt(0x6008 + 16 * n)),
    );
  });

  test('the gravest come first', () => {
    const words = {
      '0x6008': 0x1234_5002n,
      [LEGACY_ENTRY + 0x80]: 0x9n,
      [LEGACY_ENTRY + 0x88]: 0x102n,
      '0x5008': 0x7_0003n,
    };
    expect(findingsOf(legacyUnit({ words })).map(({ severity }) => severity)).toEqual(['error', 'warning', 'note']);
  });

  test('nothing is written, recorded or posted', () => {
    const memory = new SparseMemory();
    for (const [address, word] of [
      [0x1000n, 0x2001n],
      [0x2400n, 0x7003n],
      [0x7000n, 0x8001n],
      [0x8000n, 0x41n],
      [0x8008n, 0x80_0001n],
      [0x8010n, 0x9000n],
      [0x9000n, 0xa007n],
      [0xa000n, 0xb007n],
      [0xb000n, 0xc007n],
      [0xc000n, 0x1234_5007n],
    ] as const) {
      memory.writeQwords(address, [word]);
    }
    const unit = scalableUnit();
    expect(lint(unit, memory).map(({ rule }) => rule)).toEqual(['faults-not-recorded']);
    // A, which the model's walk would set, is 0 still in each entry.
    for (const page of [0x9, 0xa, 0xb, 0xc]) {
      const entry = new Uint32Array(2);
      memory.load(page, 0, entry);
      expect(entry[0]! & 0xfff).toBe(0x007);
    }
    expect(unit.readRegister(0x34, 32)).toBe(0n);
  });
});

describe('Linux', () => {
  const images = ['legacy48', 'legacy48-lazy', 'v10-first-stage', 'v10-legacy-eim', 'v11-scalable-ss'] as const;
  /** What is true of these images. QEMU's unit snoops nothing, and that of version 11 alone sets ESRTPS. */
  const UNIT = ['unit-not-coherent', 'unit-set-root'];
  const EXPECTED: Readonly<Record<string, readonly string[]>> = {
    // Linux 7.2 maps receive buffers for writes alone.
    'v11-scalable-ss': ['write-only', 'unit-not-coherent'],
  };

  test.each(images)('%s: no error', (name) => {
    const found = lint(unitOf(openImage(`${ROOT}/fixtures/linux/${name}`)));
    expect(found.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(found.map(({ rule }) => rule)).toEqual(EXPECTED[name] ?? UNIT);
  });
});

describe('Conditions', () => {
  /** Conditions that no entry meets by itself: of requests, of modes, and of what is not present. */
  const OF_REQUESTS =
    /^(?:RTA|HPT)|^(?:LRT|LCT|SRT|SCT|SPD|SPT|SFS)\.2$|^LCT\.5$|^SCT\.(?:5|6|7|8|9|10)$|^SPT\.(?:5|9)$|^LGN\.1\.[23]$|^SGN\.(?:1|4\.\d|8\.[23]|10)$/;

  test('each that an entry can meet is a rule', () => {
    const codes = Object.values(Fault).map(({ code }) => code as string);
    expect(codes.filter((code) => !OF_REQUESTS.test(code) && !MAPPED_CODES.has(code))).toEqual([]);
    expect([...MAPPED_CODES].filter((code) => OF_REQUESTS.test(code))).toEqual([]);
  });
});

/** A gibibyte in which every page holds the same pseudo-random words. */
class Garbage implements Memory {
  readonly #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
  }

  load(page: number, offset: number, words: Uint32Array): boolean {
    if (page >= 2 ** 18) return false;
    for (let n = 0; n < words.length; n++) {
      let x = Math.imul(this.#seed + page * 1024 + (offset >>> 2) + n, 0x9e37_79b1);
      x = Math.imul(x ^ (x >>> 15), 0x85eb_ca77);
      words[n] = (x ^ (x >>> 13)) >>> 0;
    }
    return true;
  }

  store(): boolean {
    return true;
  }

  compareAndSwap(): 'swapped' {
    return 'swapped';
  }
}

/** Pages that all lead to each other: every entry of every kind is present and points to one of a few pages. */
class Loops extends Garbage {
  override load(page: number, offset: number, words: Uint32Array): boolean {
    for (let n = 0; n < words.length; n++)
      words[n] = (offset / 4 + n) % 2 === 0 ? (((page + offset) % 7) << 12) | 3 : 0;
    return true;
  }
}

describe('Whatever memory holds', () => {
  const limit = 2 ** 16;

  test.each([
    ['legacy', (memory: Memory) => lint(interruptUnit(), memory, { limit })],
    ['scalable', (memory: Memory) => lint(scalableUnit(), memory, { limit })],
  ])('%s mode: it ends, and says the same again', (_, of) => {
    for (const memory of [new Garbage(1), new Loops(2)]) {
      const found = of(memory);
      expect(found.length).toBeGreaterThan(0);
      // A few of each kind, and of each rule only as many kinds as there are formats and fields.
      expect(found.length).toBeLessThan(2000);
      expect(of(memory)).toEqual(found);
    }
  });

  test('random words over sound tables: no finding is without a rule, and none throws', () => {
    const word = fc.oneof(
      fc.bigInt(0n, 2n ** 64n - 1n),
      fc.integer({ min: 0, max: 0xfff }).map((low) => 0x3000n | BigInt(low)),
    );
    const address = fc.constantFrom(
      0x1000,
      0x1008,
      LEGACY_ENTRY,
      LEGACY_ENTRY + 8,
      0x3000,
      0x4000,
      0x5000,
      0x6008,
      IRTE,
      IRTE + 8,
    );
    const planted = fc.array(fc.tuple(address, word), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(planted, fc.boolean(), (words, scalable) => {
        const scene = { words: Object.fromEntries(words.map(([at, value]) => [`${at}`, value])) };
        const unit = scalable ? scalableUnit(scene) : interruptUnit(scene);
        for (const { rule, count } of lint(unit, unit.memory, { limit: 4096 })) {
          expect(RULES[rule].id).toBe(rule);
          expect(count).toBeGreaterThan(0);
        }
      }),
    );
  });
});
