import { describe, expect, test } from 'vitest';
import { formatted } from '../src/vectors/format.ts';
import type { VectorFile } from '../src/vectors/types.ts';
import { canonical, vectorTexts, withCase } from './harness/vector-files.ts';
import { lint, type VectorText } from './harness/vector-lint.ts';

const all = vectorTexts();

describe('Vector files', () => {
  test('there are some', () => {
    expect(all.length).toBeGreaterThan(20);
  });

  test('nothing is wrong with any', () => {
    expect(lint(all)).toEqual([]);
  });
});

/** One file without a mistake, small enough to be looked through. */
const GOOD = {
  schema: 'unit-vectors-1',
  title: 'An example',
  sections: ['§9.1', 'Table 30'],
  flags: { Marked: 'Why the case is marked.' },
  groups: [
    {
      unit: {
        version: '0x50',
        hostAddressWidth: 46,
        capabilities: '0x80d2008c226f0406',
        extendedCapabilities: '0xfc3',
      },
      memory: [
        {
          at: '0x1230',
          qwords: ['0x0000000000005001', '0x0000000000000000'],
          is: 'root-entry',
          fields: { P: 1, CTP: '0x5000' },
        },
        { at: '0x2000', qwords: ['0x0000000040000083'], is: 'ss-pdpe-1g', fields: { ADDR: '0x40000000' } },
      ],
      steps: [{ write: 'RTADDR_REG', offset: '0x20', width: 64, value: '0x1000' }],
      cases: [
        {
          id: 'example-1',
          says: 'A sentence that is true.',
          rules: ['9.1-R1', 'LRT.3'],
          flags: ['Marked'],
          choices: { compressFaults: true },
          eachBit: { at: '0x1230', bits: ['11:1', '127:64'] },
          steps: [
            {
              request: { source: '23:00.0', address: '0x0', access: 'read' },
              expect: { outcome: 'UR', fault: { condition: 'LRT.3' } },
            },
            {
              interrupt: { source: '23:00.0', address: '0xfee00010', data: '0x0' },
              expect: { oneOf: [{ outcome: 'delivered', vector: 49 }, { outcome: 'UR' }], choice: 'pageCrossing' },
            },
            {
              pageRequest: { source: '23:00.0', address: '0x1000', group: 7, last: true },
              expect: { outcome: 'dropped', fault: null },
            },
            { memoryRead: '0x2000', qwords: ['0x0000000040000083'], mask: ['0x00000000000000ff'] },
            { read: 'FEADDR_REG', offset: '0x40', width: 64, value: '0x0' },
            { read: 'MTRR_PHYSBASE9_REG', offset: '0x210', width: 64, value: '0x0' },
            { read: 'Reserved_338_37F', offset: '0x378', width: 64, value: '0x0' },
            { read: 'reserved', offset: '0x2f8', width: 64, value: '0x0' },
          ],
        },
      ],
    },
  ],
};
const text = formatted(GOOD);

/** A mistake that a replacement plants, and what is said of it. */
const MISTAKES: readonly (readonly [string, string, string])[] = [
  ['"title": "An example"', '"titel": "An example"', `must have required property 'title'`],
  ['"§9.1"', '"§9.99"', 'there is no §9.99'],
  ['"Table 30"', '"Table 99"', 'there is no Table 99'],
  ['"Marked":', '"Other":', 'the flag Marked is used and not explained'],
  ['"Marked":', '"Other":', 'the flag Other is explained and not used'],
  ['"P": 1', '"P": 0', 'P of the root-entry at 0x1230 is 1, not 0'],
  ['"CTP": "0x5000"', '"CTP": "0x5"', 'CTP of the root-entry at 0x1230 is 0x5000, not 0x5'],
  ['"CTP": "0x5000"', '"LCTP": "0x5000"', 'the root-entry at 0x1230 has no field LCTP'],
  ['"ADDR": "0x40000000"', '"ADDR": "0x1"', 'ADDR of the ss-pdpe-1g at 0x2000 is 0x40000000, not 0x1'],
  [', "0x0000000000000000"]', ']', 'the root-entry at 0x1230 has 64 bits, not 128'],
  ['"is": "root-entry"', '"is": "root"', 'there is no structure "root"'],
  ['"is": "root-entry",', '', 'has fields and no structure'],
  ['"at": "0x2000"', '"at": "0x2004"', '0x2004 is not aligned to 8 bytes'],
  ['"write": "RTADDR_REG"', '"write": "CCMD_REG"', 'RTADDR_REG is at 0x20, not CCMD_REG'],
  ['"offset": "0x20", "width": 64', '"offset": "0x24", "width": 64', '64 bits at 0x24 are not aligned'],
  ['"MTRR_PHYSBASE9_REG"', '"MTRR_PHYSBASE8_REG"', 'MTRR_PHYSBASE9_REG is at 0x210, not MTRR_PHYSBASE8_REG'],
  ['"Reserved_338_37F"', '"Reserved_308"', '0x378 is not in Reserved_308'],
  ['"reserved"', '"PERFCAP_REG"', 'nothing is at 0x2f8, not PERFCAP_REG'],
  ['"9.1-R1"', '"9.13-R1"', 'there is no rule 9.13-R1'],
  ['"LRT.3"]', '"LRT.9"]', 'there is no rule LRT.9'],
  ['"condition": "LRT.3"', '"condition": "LRT.7"', 'there is no condition LRT.7'],
  ['"0xfee00010"', '"0xfef00010"', '/steps/1/interrupt/address must match pattern'],
  ['"vector": 49', '"vector": 256', '/steps/1/expect/oneOf/0/vector must be <= 255'],
  ['"group": 7', '"group": 512', '/steps/2/pageRequest/group must be <= 511'],
  ['"outcome": "dropped"', '"outcome": "UR"', '/steps/2/expect'],
  [
    '"mask": ["0x00000000000000ff"]',
    '"mask": ["0x0000000000000001", "0x0000000000000001"]',
    'the mask at 0x2000 has 2 words, not 1',
  ],
  ['"choice": "pageCrossing"', '"choice": "pageCrossed"', 'there is no choice pageCrossed'],
  ['"compressFaults": true', '"compressFaults": 1', 'choice compressFaults is false or true, got 1'],
  ['"127:64"', '"128"', 'eachBit names bit 128 of an entry of 128 bits'],
  ['"127:64"', '"11"', 'eachBit names a bit twice, or none'],
  ['{ "at": "0x1230", "bits"', '{ "at": "0x1238", "bits"', 'eachBit is at 0x1238, where no entry stands'],
  ['"capabilities": "0x80d2008c226f0406"', '"capabilities": "0x0"', 'no unit can be like this'],
  ['"title": "An example"', '"title":  "An example"', 'is not in canonical form'],
  ['"schema"', 'schema', 'is not JSON'],
];

describe('The lint', () => {
  test('says nothing about a good file', () => {
    expect(lint([{ path: 'a.json', text }])).toEqual([]);
  });

  test.each(MISTAKES)('%s as %s: %s', (good, bad, says) => {
    expect(text.split(good).length, 'the mistake is planted once').toBe(2);
    expect(lint([{ path: 'a.json', text: text.replace(good, bad) }]).join('\n')).toContain(says);
  });

  test('finds an id that two files have', () => {
    const files = ['a.json', 'b.json'].map((path) => ({ path, text }));
    expect(lint(files)).toEqual(['b.json: the id example-1 is taken by a case of a.json']);
  });
});

describe('The canonical form', () => {
  test('is the same JSON, and stays as it is', () => {
    for (const it of all) expect(JSON.parse(canonical(it))).toEqual(JSON.parse(it.text));
    expect(canonical({ path: 'a.json', text })).toBe(text);
  });

  test('puts what fits into 120 columns on one line', () => {
    expect(formatted({ a: [1, 'two', {}, []], b: 'x'.repeat(100), c: [{ d: 'y'.repeat(110) }] })).toBe(
      `{\n  "a": [1, "two", {}, []],\n  "b": "${'x'.repeat(100)}",\n  "c": [\n    {\n      "d": "${'y'.repeat(110)}"\n    }\n  ]\n}\n`,
    );
  });
});

describe('Adding a case', () => {
  const target: VectorText = { path: 'a.json', text };
  const [one] = GOOD.groups[0]!.cases;

  test('gives it the number after the highest of its prefix and puts it last', () => {
    const elsewhere = { path: 'b.json', text: text.replace('example-1', 'example-41') };
    const added = withCase(target, { ...one, id: 'example' }, [elsewhere]);
    expect(added.id).toBe('example-42');
    const { groups } = JSON.parse(added.text) as VectorFile;
    expect(groups.at(-1)?.cases.map(({ id }) => id)).toEqual(['example-1', 'example-42']);
    expect(lint([{ path: 'a.json', text: added.text }])).toEqual([]);
    expect(withCase(target, { ...one, id: 'other-7' }, [elsewhere]).id).toBe('other-1');
  });

  test('says what it cannot do', () => {
    expect(() => withCase(target, {}, [])).toThrow('a case is an object with an id');
    expect(() => withCase({ ...target, text: '{}' }, one, [])).toThrow('a.json has no group');
  });
});
