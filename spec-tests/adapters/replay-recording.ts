import {
  dmaRequest,
  interruptRequest,
  type Memory,
  type Outcome,
  PRESETS,
  RemappingUnit,
  SparseMemory,
} from '../../src/index.ts';
import type { RecordedStep, Recording } from './recording.ts';

/** Where the model does otherwise than what was recorded. */
export interface Departure {
  /** The step, from 1. */
  readonly step: number;
  readonly says: string;
}

/** FRCD_REG[0] of QEMU's unit: CAP_REG.FRO. */
const FRCD_REG = 0x220;
const FSTS_REG = 0x34;

const hex = (value: bigint | number): string => `0x${value.toString(16)}`;

export interface ReplayOptions {
  readonly caches?: 'none' | 'full';
  /** As though first-stage walks were snooped: ECAP_REG.SMPWCS, and PWSNP of the PASID-table entry at this address. */
  readonly snoopedBy?: string;
}

/** Does on the model what a recording did on QEMU; where the two differ. */
export function replay(recording: Recording, options: ReplayOptions = {}): readonly Departure[] {
  const { caches = 'none', snoopedBy } = options;
  const memory = new SparseMemory();
  const { choices } = PRESETS['qemu-7.2'];
  const parameters = unitOf(recording, snoopedBy !== undefined);
  const unit = new RemappingUnit({ unit: parameters, memory: ramOf(memory), choices, caches });
  const tokens = new Map<string, number>();
  const found: Departure[] = [];
  for (const [i, step] of recording.steps.entries()) {
    const differ = (what: string, recorded: string, model: string) => {
      if (recorded !== model) found.push({ step: i + 1, says: `${what}: QEMU ${recorded}, model ${model}` });
    };
    take(step);
    function take(step: RecordedStep): void {
      switch (step.op) {
        case 'mem_write':
          memory.write(BigInt(step.addr), Buffer.from(step.data, 'hex'));
          if (step.addr === snoopedBy) memory.write(BigInt(step.addr) + 10n, PWSNP);
          break;
        case 'sentinel':
          memory.write(BigInt(step.addr), sentinel(BigInt(step.addr), Number(step.size)));
          break;
        case 'mem_read': {
          const { data } = step.observed;
          differ(
            `memory at ${step.addr}`,
            data,
            Buffer.from(memory.read(BigInt(step.addr), data.length / 2)).toString('hex'),
          );
          break;
        }
        case 'reg_write':
          unit.writeRegister(Number(step.offset), step.size === 4 ? 32 : 64, BigInt(step.value));
          break;
        case 'reg_read':
          differ(
            step.name || step.offset,
            step.observed.value,
            hex(unit.readRegister(Number(step.offset), step.size === 4 ? 32 : 64)),
          );
          break;
        case 'dma': {
          const outcome = send(step.sid, step.iova, step.dir, step.size);
          const { moved, pa = [], tail_moved } = step.observed;
          if (tail_moved === undefined) {
            if (moved !== null) differ('the request', moved ? `to ${pa[0]}` : 'blocked', goes(outcome));
          } else {
            // QEMU takes such a request apart and lets each part go on by itself.
            differ('the request', moved && tail_moved ? `to ${pa[0]}` : 'blocked', goes(outcome));
          }
          if (step.dir === 'write') leaveToken(step);
          faults(step.observed);
          break;
        }
        case 'itd': {
          const outcome = send(step.sid, step.iova, 'write', step.size);
          differ('the request', step.observed.result === '0x0' ? `to ${step.expect_pa}` : 'blocked', goes(outcome));
          faults(step.observed);
          break;
        }
        case 'msi': {
          const outcome = unit.interrupt(
            interruptRequest({ sourceId: sourceOf(step.sid), address: BigInt(step.address), data: Number(step.data) }),
          );
          const { out } = step.observed;
          differ(
            'the interrupt',
            out === null ? 'blocked' : `${out.address} ${out.data}`,
            outcome.kind === 'delivered' ? `${hex(outcome.address)} ${hex(outcome.data)}` : outcome.kind,
          );
          faults(step.observed);
          break;
        }
        case 'note':
      }
    }
    function faults({ fsts, frcd }: { readonly fsts: string; readonly frcd: readonly { lo: string; hi: string }[] }) {
      differ('FSTS_REG', fsts, hex(unit.readRegister(FSTS_REG, 32)));
      differ('FRCD_REG[0] low', frcd[0]!.lo, hex(unit.readRegister(FRCD_REG, 64)));
      differ('FRCD_REG[0] high', frcd[0]!.hi, hex(unit.readRegister(FRCD_REG + 8, 64)));
    }
    function leaveToken({ device, size, observed }: Extract<RecordedStep, { op: 'dma' }>): void {
      const number = tokens.get(device) ?? 0;
      tokens.set(device, number + Math.ceil(size / 8));
      const index = Object.keys(recording.devices).indexOf(device);
      const token = Uint8Array.of(0xed, index, number & 0xff, number >>> 8, 0xc4, 0xb5, 0xa6, 0x57);
      for (const at of observed.pa ?? []) memory.write(BigInt(at), token.subarray(0, Math.min(size, 8)));
    }
  }
  return found;

  function send(sid: string, iova: string, access: 'read' | 'write', length: number): Outcome {
    return unit.dma(dmaRequest({ sourceId: sourceOf(sid), address: BigInt(iova), access, length }));
  }
}

/** Bit 87 of a PASID-table entry, where bits 95:80 are zero otherwise. */
const PWSNP = Uint8Array.of(0x80);
const SMPWCS = 1n << 48n;

function unitOf({ iommu, cap, ecap }: Recording, snooped: boolean) {
  return {
    version: 0x10,
    hostAddressWidth: Number(/aw-bits=(\d+)/.exec(iommu)![1]),
    capabilities: BigInt(cap),
    extendedCapabilities: BigInt(ecap) | (snooped ? SMPWCS : 0n),
  };
}

/** The device of 02:03.0 is behind a bridge to PCI, in whose name its requests travel (§3.4.1). */
const sourceOf = (sid: string): number => (sid === '0x218' ? 0x200 : Number(sid));

const goes = (outcome: Outcome): string => (outcome.kind === 'completed' ? `to ${hex(outcome.address)}` : outcome.kind);

/** The memory that the unit finds: the recorded machines had 6 GiB, below 2 GiB and from 4 GiB on. */
const ramOf = (memory: SparseMemory): Memory => ({
  load: (page, offset, words) => isRam(page) && memory.load(page, offset, words),
  store: (page, offset, words) => isRam(page) && memory.store(page, offset, words),
  compareAndSwap: (page, offset, expected, replacement) =>
    isRam(page) ? memory.compareAndSwap(page, offset, expected, replacement) : 'refused',
});

const isRam = (page: number): boolean => page < 0x8_0000 || (page >= 0x10_0000 && page < 0x20_0000);

/** Each dword says where it stands. */
function sentinel(address: bigint, length: number): Uint8Array {
  const dwords = Uint32Array.from(
    { length: length / 4 },
    (_, i) => 0x8000_0000 + Number((address + BigInt(4 * i)) >> 2n),
  );
  return new Uint8Array(dwords.buffer);
}
