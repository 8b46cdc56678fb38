import { expect, test } from 'vitest';
import type { History, Operation } from './history.ts';
import { descriptorOf, rawHistory } from './raw-history.ts';

const unit = { version: 0x70, hostAddressWidth: 46, capabilities: 0n, extendedCapabilities: 0xf000n };
const scalableRoot: Operation = { kind: 'rootTable', value: 0x1400n };
const registers = (operations: Operation[]) =>
  rawHistory({ unit, operations } satisfies History).flatMap((raw) =>
    raw.kind === 'register' ? [`${raw.offset.toString(16)} ${raw.width} ${raw.value.toString(16)}`] : [],
  );

// Cases 111 to 114 of chapter 6.
test('descriptors are as the tables of 6.5.2.1-R0 to 6.5.2.4-R0 have them', () => {
  const via = 'queue' as const;
  const hex = (words: readonly bigint[]) => words.map((word) => word.toString(16)).reverse();
  expect(
    hex(descriptorOf({ kind: 'context', granularity: 'device', did: 7, source: 0x108, functionMask: 3, via })),
  ).toEqual(['0', '3010800070031']);
  expect(hex(descriptorOf({ kind: 'pasid', granularity: 'pasid', did: 7, pasid: 3, via }))).toEqual(['0', '300070017']);
  const at = { address: 0x12345000n, am: 0, ih: true };
  expect(hex(descriptorOf({ kind: 'iotlb', granularity: 'page', did: 7, ...at, via }))).toEqual(['12345040', '700f2']);
  const large = { address: 0x200000n, am: 9, ih: false };
  expect(hex(descriptorOf({ kind: 'pasidIotlb', granularity: 'page', did: 7, pasid: 3, ...large, via }))).toEqual([
    '200009',
    '300070036',
  ]);
});

test('§6.5.2: software turns the queue on first, and later commands keep it on', () => {
  expect(registers([scalableRoot, { kind: 'translation', on: true }, { kind: 'wait' }, { kind: 'flush' }])).toEqual([
    '88 64 0',
    '90 64 7f000800',
    '18 32 4000000',
    '20 64 1400',
    '18 32 44000000',
    '18 32 84000000',
    '88 64 20',
    '18 32 8c000000',
  ]);
});

test('§6.5.2: the ring wraps, 128 descriptors of 32 bytes or 256 of 16', () => {
  for (const [root, entries] of [
    [scalableRoot, 128],
    [{ kind: 'rootTable', value: 0x1000n } as Operation, 256],
  ] as const) {
    const waits = Array.from({ length: entries + 1 }, (): Operation => ({ kind: 'wait' }));
    const tails = registers([root, ...waits]).filter((line) => line.startsWith('88'));
    expect(tails.slice(-3)).toEqual([
      `88 64 ${(4096 - 4096 / entries).toString(16)}`,
      '88 64 0',
      `88 64 ${(4096 / entries).toString(16)}`,
    ]);
  }
});

test('6.5.1-R2 to R4: the registers, and no queue', () => {
  const via = 'register' as const;
  expect(
    registers([
      {
        kind: 'command',
        command: { kind: 'context', granularity: 'device', did: 7, source: 0x108, functionMask: 1, via },
      },
      { kind: 'command', command: { kind: 'iotlb', granularity: 'global', via } },
      {
        kind: 'command',
        command: { kind: 'iotlb', granularity: 'page', did: 7, address: 0x5000n, am: 2, ih: true, via },
      },
    ]),
  ).toEqual(['28 64 e000000101080007', 'f08 64 9003000000000000', 'f00 64 5042', 'f08 64 b003000700000000']);
});
