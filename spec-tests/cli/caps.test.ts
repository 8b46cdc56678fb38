import { describe, expect, test } from 'vitest';
import { PROFILES } from '../../src/platform/profiles.ts';
import { CAP_REG, ECAP_REG } from '../../src/registers/capability.ts';
import { vtd } from './vtd.ts';

describe('vtd caps', () => {
  test('names every field once with its value', async () => {
    // CM is bit 7, MAMV 53:48 is 12h, ND 2:0 is 110b; IRO 17:8 is Fh and EIM bit 4.
    const { status, out, err } = await vtd('caps', 'd2008c222f0686', 'f00f5a');
    expect({ status, err }).toEqual({ status: 0, err: '' });
    for (const row of [
      /^ +7 {2}CM +1 {2}Caching Mode$/m,
      /^ +53:48 {2}MAMV +0x12 /m,
      /^ +2:0 {2}ND +110b {2}Number of Domains: 16-bit domain-ids$/m,
      /^ +17:8 {2}IRO +0xf /m,
      /^ +4 {2}EIM +1 {2}Extended Interrupt Mode: 32-bit APIC IDs$/m,
    ])
      expect(out).toMatch(row);
    const rows = out.match(/^ +\d+(?::\d+)? {2}\w+ +\S+ {2}/gm);
    expect(rows).toHaveLength(Object.keys(CAP_REG.fields).length + Object.keys(ECAP_REG.fields).length);
    expect(out).toMatch(/Contradictions.*\n {2}none\n/);
    expect(out).toContain('yes  assigned devices behind a virtual unit');
    expect(out).toMatch(/no {3}posted interrupts for assigned devices: .*\(CAP_REG\.PI\)/s);
  });

  test('contradictions are told, and hinder nothing', async () => {
    // ECAP_REG.IR is 1 and QI is 0.
    const { status, out } = await vtd('caps', 'd2008c222f0686', 'f00f58');
    expect(status).toBe(0);
    expect(out).toContain('  ECAP_REG.IR must be 0 while ECAP_REG.QI is 0\n');
    expect(out).toMatch(/no {3}interrupt remapping: /);
  });

  test('a preset, and in what two units differ', async () => {
    const { out } = await vtd('caps', 'qemu-7.2', '--than', 'd2008c222f0686', 'f00f4a');
    // Bit 7 alone: CM.
    expect(out).toBe(`Fields that differ
  field       this  that
  CAP_REG.CM     0     1

What differs for software
  that alone  QEMU: assigned devices behind a virtual unit
`);
  });

  test('for programs', async () => {
    const { out } = await vtd('caps', 'qemu-7.2', '--json');
    const facts = JSON.parse(out);
    expect(facts.fields).toContainEqual(expect.objectContaining({ register: 'ECAP_REG', name: 'IR', value: '0x1' }));
    expect(facts.software).toHaveLength(PROFILES.length);
  });

  test('each line of a profile names capabilities that there are, and a source', () => {
    const known = new Set([
      ...Object.keys(CAP_REG.fields).map((name) => `CAP_REG.${name}`),
      ...Object.keys(ECAP_REG.fields).map((name) => `ECAP_REG.${name}`),
    ]);
    for (const { requires, source, without } of PROFILES) {
      expect(requires.split(/ and | or /).filter((name) => !known.has(name))).toEqual([]);
      expect(source).toMatch(/\.[ch], \w+$|issue \d+$/);
      expect(without).not.toBe('');
    }
  });

  test.each([
    [[], /expected CAP_REG and ECAP_REG, or the name of a preset/],
    [['qemu-7.3'], /got "qemu-7\.3" alone; did you mean qemu-7\.2\?/],
    [['zz', '1'], /CAP_REG is a hexadecimal number/],
    [['1', '1', '--haw', '99'], /--haw is a number from 32 to 52, got "99"/],
    [['1', '1', '--than', '1', '2', '3'], /expected CAP_REG and ECAP_REG, got 3 values/],
  ])('bad input gets one sentence: %j', async (args, sentence) => {
    const { status, out, err } = await vtd('caps', ...args);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toMatch(sentence);
    expect(err.trim().split('\n')).toHaveLength(1);
  });
});
