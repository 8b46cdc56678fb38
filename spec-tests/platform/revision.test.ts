import { describe, expect, test } from 'vitest';
import { type Choices, dmaRequest, RemappingUnit, SparseMemory, type UnitParameters } from '../../src/index.ts';

/** Nothing that came after revision 3.0. */
const OLD: UnitParameters = {
  version: 0x50,
  hostAddressWidth: 46,
  capabilities: 0x00d2_0080_222f_0606n,
  // C, QI, DT, IR, EIM, PT, IRO=Fh, PSS=19, PASID, SMTS, SSTS, FSTS, SMPWCS
  extendedCapabilities: 0x0001_c998_0000_0f5fn,
};

/** The capability, its bit, its revision and the one before. */
const CAPABILITIES: readonly (readonly [name: string, bit: number, since: string, before: string])[] = [
  ['CAP_REG.ESRTPS', 63, '3.2', '3.1'],
  ['CAP_REG.ESIRTPS', 62, '3.2', '3.1'],
  ['ECAP_REG.ADMS', 52, '3.3', '3.2'],
  ['CAP_REG.ECMDS', 61, '4.0', '3.4'],
  ['ECAP_REG.HPTS', 55, '5.0', '4.1'],
  ['ECAP_REG.PTRS', 56, '5.0', '4.1'],
  ['ECAP_REG.SSIRWS', 57, '5.0', '4.1'],
  ['ECAP_REG.RDTS', 60, '5.0', '4.1'],
  ['ECAP_REG.EIMER', 61, '5.0', '4.1'],
  ['ECAP_REG.IRREQ', 62, '5.0', '4.1'],
  ['ECAP_REG.TDXCS', 50, '5.10', '5.0'],
];

const unitOf = (specRevision: string, more = 0n, extended = 0n): RemappingUnit =>
  new RemappingUnit({
    unit: {
      ...OLD,
      capabilities: OLD.capabilities | more,
      extendedCapabilities: OLD.extendedCapabilities | extended,
    },
    memory: new SparseMemory(),
    choices: { specRevision } as Choices,
    caches: 'full',
  });

describe('specRevision', () => {
  test('a unit without later capabilities may be of any revision', () => {
    for (const revision of ['3.0', '3.1', '3.2', '3.3', '3.4', '4.0', '4.1', '5.0', '5.10']) unitOf(revision);
  });

  test.each(CAPABILITIES)('%s, bit %i, came with revision %s, and no unit of %s has it', (name, n, since, before) => {
    const unit = (revision: string) =>
      name.startsWith('CAP') ? unitOf(revision, 1n << BigInt(n)) : unitOf(revision, 0n, 1n << BigInt(n));
    unit(since);
    unit('5.10');
    expect(() => unit(before)).toThrow(
      `no unit of revision ${before} can be like this: ${name} came with revision ${since}`,
    );
    expect(() => unit('3.0')).toThrow(`${name} came with revision ${since}`);
  });

  test.each([
    ['3.0', 'completed'],
    ['3.1', 'completed'],
    ['3.2', 'blocked'],
    ['5.10', 'blocked'],
  ])('since 3.2 turning translation off empties the IOTLB of a unit with scalable mode: %s', (revision, then) => {
    const unit = unitOf(revision);
    const memory = unit.memory as SparseMemory;
    memory.writeQwords(0x1000n, [0x2001n]);
    // 00:01.0: TT=00b, AW=001b, domain 1.
    memory.writeQwords(0x2080n, [0x3001n, 0x101n]);
    memory.writeQwords(0x3000n, [0x4003n]);
    memory.writeQwords(0x4000n, [0x5003n]);
    memory.writeQwords(0x5008n, [0x9003n]);
    unit.writeRegister(0x20, 64, 0x1000n);
    unit.writeRegister(0x18, 32, 0x4000_0000n);
    unit.writeRegister(0x18, 32, 0x8000_0000n);
    const read = dmaRequest({ sourceId: 0x0008, address: 0x1000n, access: 'read' });
    expect(unit.dma(read).kind).toBe('completed');
    memory.writeQwords(0x5008n, [0n]);
    expect(unit.dma(read).kind).toBe('completed');
    unit.writeRegister(0x18, 32, 0n);
    unit.writeRegister(0x18, 32, 0x8000_0000n);
    expect(unit.dma(read).kind).toBe(then);
  });
});
