import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bits, wide } from '../../src/bits/field.ts';
import {
  type Attribute,
  type RegisterDeclaration,
  type RegisterField,
  register,
  ro,
  ros,
  rsvdp,
  rsvdz,
  rw,
  rw1c,
  rw1cs,
  rwl,
  rwlv,
  wo,
} from '../../src/bits/register.ts';
import { type PlacedRegister, RegisterFile } from '../../src/bits/register-file.ts';
import { NaiveBlock, type Plan, present, type Segment, SIZE } from './naive-block.ts';

const FIELDS = { RO: ro, ROS: ros, RW: rw, RWL: rwl, RWLV: rwlv, RW1C: rw1c, RW1CS: rw1cs, WO: wo };
const ATTRIBUTES: readonly Attribute[] = ['RO', 'ROS', 'RW', 'RWL', 'RWLV', 'RW1C', 'RW1CS', 'WO'];

const anyRequires = fc.constantFrom(undefined, undefined, 'here', 'missing');
const anyDword = fc.oneof(fc.constantFrom(0, 1, 0x8000_0000, 0xffff_ffff), fc.integer({ min: 0, max: 0xffff_ffff }));

const anySegment: fc.Arbitrary<Segment> = fc.record({
  attribute: fc.constantFrom<Segment['attribute']>(...ATTRIBUTES, 'RsvdZ', 'RsvdP'),
  width: fc.integer({ min: 1, max: 40 }),
  reset: fc.oneof(fc.constant<'x'>('x'), fc.nat(0xffff_ffff)),
  requires: anyRequires,
});

const anyPlan: fc.Arbitrary<Plan> = fc
  .record({
    width: fc.constantFrom<Plan['width']>(32, 64, 128),
    requires: anyRequires,
    gap: fc.nat(1),
    segments: fc.array(anySegment, { minLength: 128, maxLength: 128 }),
  })
  .map((plan) => ({ ...plan, segments: fill(plan.width, plan.segments) }));

/** The first segments, cut so that they fill the width; a reset value is cut to its segment. */
function fill(width: number, segments: readonly Segment[]): Segment[] {
  const filled: Segment[] = [];
  let rest = width;
  for (const segment of segments) {
    if (rest === 0) break;
    const cut = Math.min(segment.width, rest);
    const reset = segment.reset === 'x' ? 'x' : segment.reset % 2 ** cut;
    filled.push({ ...segment, width: cut, reset });
    rest -= cut;
  }
  return filled;
}

/** The declaration of a plan. */
function declare(title: string, plan: Plan): RegisterDeclaration {
  const fields: Record<string, RegisterField> = {};
  const reserved = [];
  let low = 0;
  for (const { attribute, width, reset, requires } of plan.segments) {
    const high = low + width - 1;
    if (attribute === 'RsvdZ') reserved.push(rsvdz(high, low));
    else if (attribute === 'RsvdP') reserved.push({ ...rsvdp(high, low), reset });
    else {
      const options = requires === undefined ? { reset } : { reset, requires };
      const name = `F${low}`;
      fields[name] =
        width > 32
          ? FIELDS[attribute](wide(high, low, name), options)
          : FIELDS[attribute](bits(high, low, name), options);
    }
    low += width;
  }
  const facts = { width: plan.width, offset: 0, ...(plan.requires === undefined ? {} : { requires: plan.requires }) };
  return register(title, '§0', facts, fields, reserved);
}

type Operation =
  | {
      readonly kind: 'write' | 'hardware' | 'restrict' | 'conceal' | 'initialize' | 'lock';
      readonly offset: number;
      readonly value: number;
    }
  | { readonly kind: 'reset' | 'powerGoodReset' };

const anyOffset = fc.integer({ min: 0, max: SIZE / 4 - 1 }).map((index) => index * 4);
const anyOperation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('write' as const), offset: anyOffset, value: anyDword }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('hardware' as const), offset: anyOffset, value: anyDword }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restrict' as const), offset: anyOffset, value: anyDword }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('conceal' as const), offset: anyOffset, value: anyDword }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('lock' as const), offset: anyOffset, value: anyDword }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('initialize' as const), offset: anyOffset, value: anyDword }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('reset' as const, 'powerGoodReset' as const) }) },
);

/** The plans one after the other, as many as there is room for. */
function place(plans: readonly Plan[]): { readonly plan: Plan; readonly offset: number }[] {
  const places = [];
  let offset = 0;
  for (const plan of plans) {
    offset += 4 * plan.gap;
    if (offset + plan.width / 8 > SIZE) break;
    places.push({ plan, offset });
    offset += plan.width / 8;
  }
  return places;
}

function apply(operation: Operation, file: RegisterFile, naive: NaiveBlock): void {
  if (!('offset' in operation)) {
    file[operation.kind]();
    naive.reset(operation.kind === 'powerGoodReset');
    return;
  }
  const { kind, offset, value } = operation;
  const shift = BigInt(offset * 8);
  const replaced = (old: bigint) => (old & ~(0xffff_ffffn << shift)) | (BigInt(value) << shift);
  if (kind === 'write') {
    file.write(offset, value);
    naive.write(offset, value);
  } else if (kind === 'hardware') {
    file.words(offset, 32)[0] = value;
    naive.image = replaced(naive.image);
  } else if (kind === 'restrict') {
    file.restrict(offset, value);
    for (let n = 0; n < 32; n++) if (Math.floor(value / 2 ** n) % 2 === 0) naive.frozen.add(offset * 8 + n);
  } else if (kind === 'conceal') {
    file.conceal(offset, value);
    for (let n = 0; n < 32; n++) if (Math.floor(value / 2 ** n) % 2 === 1) naive.concealed.add(offset * 8 + n);
  } else if (kind === 'lock') {
    file.lock(offset, 32, value % 2 === 1);
    if (value % 2 === 1) naive.locked.add(offset);
    else naive.locked.delete(offset);
  } else {
    file.initialize(offset, Uint32Array.of(value));
    naive.image = replaced(naive.image);
    naive.initial = replaced(naive.initial);
  }
}

const placed = (name: string, declaration: RegisterDeclaration, offset: number): PlacedRegister => ({
  name,
  register: declaration,
  offset,
  present,
});

describe('register file (§11.3)', () => {
  test('software and hardware see what a bit-by-bit model says, whatever they do', () => {
    fc.assert(
      fc.property(
        fc.array(anyPlan, { maxLength: 8 }),
        fc.array(anyOperation, { maxLength: 30 }),
        (plans, operations) => {
          const places = place(plans);
          const file = new RegisterFile(
            SIZE,
            places.map(({ plan, offset }, n) => placed(`R${n}`, declare(`R${n}`, plan), offset)),
          );
          const naive = new NaiveBlock(places);
          for (const operation of [undefined, ...operations]) {
            if (operation !== undefined) apply(operation, file, naive);
            for (let offset = 0; offset < SIZE; offset += 4) {
              expect(file.read(offset)).toBe(naive.read(offset));
              expect(file.words(offset, 32)[0]).toBe(Number((naive.image >> BigInt(offset * 8)) & 0xffff_ffffn));
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  const control = register('CONTROL', '§1', { width: 32, offset: 0 }, { A: rw(bits(15, 0, 'A')) }, [rsvdz(31, 16)]);
  const command = register('COMMAND', '§2', { width: 64, offset: 4 }, { GO: wo(wide(63, 0, 'Go')) });
  const optional = register(
    'OPTIONAL',
    '§3',
    { width: 32, offset: 4, requires: 'missing' },
    { B: rw(bits(31, 0, 'B')) },
  );

  test('a write-only register reads 0 and hardware sees what was written', () => {
    const file = new RegisterFile(16, [placed('COMMAND', command, 8)]);
    file.write(8, 0x1234_5678);
    file.write(12, 0x9abc_def0);
    expect([file.read(8), file.read(12)]).toEqual([0, 0]);
    expect(command.GO(file.words(8, 64))).toBe(0x9abc_def0_1234_5678n);
  });

  test('the words of a register are live', () => {
    const file = new RegisterFile(16, [placed('CONTROL', control, 4)]);
    const words = file.words(4, 32);
    control.A.put(words, 0xbeef);
    expect(file.read(4)).toBe(0xbeef);
    file.write(4, 0x1234);
    expect(control.A(words)).toBe(0x1234);
    file.powerGoodReset();
    expect(control.A(words)).toBe(0);
  });

  test('what is outside or unused reads 0 and ignores writes', () => {
    const file = new RegisterFile(16, [placed('CONTROL', control, 0)]);
    for (const offset of [4, 12, 16, 0x1000]) {
      file.write(offset, 0xffff_ffff);
      expect(file.read(offset)).toBe(0);
    }
  });

  test('a read-only mask takes bits from software', () => {
    const file = new RegisterFile(16, [{ ...placed('CONTROL', control, 0), readOnlyMask: Uint32Array.of(0xff) }]);
    file.write(0, 0xffff_ffff);
    expect(file.read(0)).toBe(0xff00);
  });

  test('two registers at one place are an error that names both', () => {
    const both = [placed('CONTROL', control, 8), placed('COMMAND', command, 4)];
    expect(() => new RegisterFile(16, both)).toThrow(new RangeError('COMMAND and CONTROL are both at 0x8'));
  });

  test('a register that is not there takes no place', () => {
    const file = new RegisterFile(16, [placed('OPTIONAL', optional, 4), placed('COMMAND', command, 4)]);
    file.write(4, 1);
    expect(command.GO(file.words(4, 64))).toBe(1n);
  });

  test.each([-4, 2, 12, 16])('a 64-bit register at %s of 16 bytes is an error', (offset) => {
    expect(() => new RegisterFile(16, [placed('COMMAND', command, offset)])).toThrow(RangeError);
  });
});
