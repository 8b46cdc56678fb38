import { expect, test } from 'vitest';
import { interruptRequest, RemappingUnit, SparseMemory } from '../../src/index.ts';
import { LiveUnit } from '../../src/permitted/explore.ts';

const [IRE, SIRTP, QIE] = [1n << 25n, 1n << 24n, 1n << 26n];
const QUEUE = 0x7f00_0000n;
const ENTRY_2 = 0x10_0020n;
/** iec_inv of entry 0, and of all; a wait that writes its status. */
const [ENTRY_0, GLOBAL, WAIT] = [0x14n, 0x4n, 0x1_0000_0025n];

/** A unit with RWBF=1 and a table of 256 entries at 100000h; entry 2 goes to destination 1. */
function watchedUnit() {
  const memory = new SparseMemory();
  const parameters = { version: 0x50, hostAddressWidth: 46, capabilities: 0xd2_078c_226f_0616n };
  const unit = new RemappingUnit({ memory, unit: { ...parameters, extendedCapabilities: 0xf0_0fdbn } });
  const live = new LiveUnit(unit);
  unit.watchInvalidations(live.caches);
  const write = (address: bigint, qword: bigint, visible: boolean) => {
    const bytes = new DataView(new ArrayBuffer(16));
    bytes.setBigUint64(0, qword, true);
    bytes.setBigUint64(8, qword === WAIT ? 0x7f00_1000n : 0n, true);
    memory.write(address, new Uint8Array(bytes.buffer), visible);
  };
  write(ENTRY_2, 0x100_0031_0001n, true);
  unit.writeRegister(0x90, 64, QUEUE);
  unit.writeRegister(0xb8, 64, 0x10_0007n);
  for (const bits of [QIE, QIE | SIRTP, QIE | IRE]) unit.writeRegister(0x18, 32, bits);
  let tail = 0n;
  return {
    submit(descriptor: bigint) {
      write(QUEUE + tail, descriptor, true);
      tail += 16n;
      unit.writeRegister(0x88, 64, tail);
    },
    redirect: (destination: bigint) => write(ENTRY_2, (destination << 40n) | 0x31_0001n, false),
    destinations() {
      const request = interruptRequest({ sourceId: 0x100, address: 0xfee0_0050n, data: 0 });
      const { answers } = live.exploreInterrupt(request);
      const outcomes = answers.map(({ outcome }) => outcome);
      return outcomes.map((outcome) => (outcome.kind === 'delivered' ? outcome.destination : outcome.kind)).sort();
    },
  };
}

test('§6.8-R1: each command flushes, so that what was read before the first flush goes with a later command too', () => {
  const { submit, redirect, destinations } = watchedUnit();
  redirect(2n);
  // The first flushes as well, but names another entry: the second comes after any request that found the old one.
  submit(ENTRY_0);
  submit(GLOBAL);
  expect(destinations()).toEqual([1, 2]);
  submit(WAIT);
  expect(destinations()).toEqual([2]);
});

test('§6.8-R1: what was read before the first flush stays if no command names it', () => {
  const { submit, redirect, destinations } = watchedUnit();
  redirect(2n);
  submit(ENTRY_0);
  submit(ENTRY_0);
  expect(destinations()).toEqual([1, 2]);
  submit(WAIT);
  expect(destinations()).toEqual([1, 2]);
});
