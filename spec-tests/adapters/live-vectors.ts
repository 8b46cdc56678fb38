import type { QemuAdapter } from '../../src/adapters/qemu/adapter.ts';
import { ErrorCode, isObject, type JsonObject, Refusal } from '../../src/oracle/json-rpc.ts';
import { hex } from '../../src/oracle/replies.ts';
import { DEFAULT_CHOICES } from '../../src/platform/choices.ts';
import { QEMU_UNIT_CHOICES } from '../../src/platform/presets.ts';
import { run } from '../../src/vectors/run.ts';
import type { Target } from '../../src/vectors/target.ts';
import type { ReadStep, VectorRun, VectorStep, VectorUnit } from '../../src/vectors/types.ts';
import { modelTarget } from '../harness/model-target.ts';

/** What became of a run on the live unit: `skipped` if it says nothing of such a unit, or no device can do it. */
export type Verdict =
  | { readonly kind: 'passed' }
  | { readonly kind: 'differs'; readonly says: string }
  | { readonly kind: 'skipped'; readonly because: string };

const CHOICES: JsonObject = { ...DEFAULT_CHOICES, ...QEMU_UNIT_CHOICES };

/** Runs vectors on a live unit, each as far as it fits: the model has to pass it when it is such a unit. */
export class LiveVectors {
  readonly #adapter: QemuAdapter;
  #asked = '';
  #actual: VectorUnit | undefined;

  constructor(adapter: QemuAdapter) {
    this.#adapter = adapter;
  }

  async verdict(one: VectorRun): Promise<Verdict> {
    const other = Object.entries(one.case.choices ?? {}).find(([name, value]) => CHOICES[name] !== value);
    if (other !== undefined) return { kind: 'skipped', because: `QEMU does not choose ${other.join(' ')}` };
    const group = { ...one.group, unit: await this.#become(one.group.unit) };
    const fitting: VectorRun = { ...one, group, case: { ...one.case, choices: QEMU_UNIT_CHOICES } };
    const unfit = await differenceOnModel(fitting);
    if (unfit !== undefined) return { kind: 'skipped', because: unfit };
    try {
      const says = await run(targetOf(this.#adapter), withoutDetails(fitting));
      return says === undefined ? { kind: 'passed' } : { kind: 'differs', says };
    } catch (error) {
      if (error instanceof Refusal && error.code === ErrorCode.SERVER) {
        return { kind: 'skipped', because: error.message };
      }
      this.#asked = '';
      return { kind: 'differs', says: (error as Error).message };
    }
  }

  /** The unit that the adapter makes when it is asked for this one. */
  async #become(unit: VectorUnit): Promise<VectorUnit> {
    const asked = JSON.stringify(unit);
    if (this.#actual !== undefined && asked === this.#asked) return this.#actual;
    const { unit: actual } = await this.#adapter.call('initialize', { unit });
    this.#asked = asked;
    this.#actual = actual as VectorUnit;
    return this.#actual;
  }
}

async function differenceOnModel(one: VectorRun): Promise<string | undefined> {
  try {
    return await run(modelTarget(), one);
  } catch (error) {
    return (error as Error).message;
  }
}

/** An adapter that has been initialized, as a target. */
function targetOf(adapter: QemuAdapter): Target {
  const cannot = (what: string) => () => {
    throw new Refusal(ErrorCode.SERVER, `QEMU has no ${what}`);
  };
  const bytesOf = ({ data }: JsonObject) => new Uint8Array(Buffer.from(String(data), 'hex'));
  return {
    start: async () => void (await adapter.call('reset', {})),
    writeMemory: async (address, bytes, visible) => {
      const data = Buffer.from(bytes).toString('hex');
      await adapter.call('memory.write', { address: hex(address), data, visible });
    },
    readMemory: async (address, length) =>
      bytesOf(await adapter.call('memory.read', { address: hex(address), length })),
    poison: cannot('memory that refuses'),
    writeRegister: async (offset, width, value) => {
      await adapter.call('register.write', { offset: hex(offset), width, value: hex(value) });
    },
    readRegister: async (offset, width) => {
      const { value } = await adapter.call('register.read', { offset: hex(offset), width });
      return BigInt(String(value));
    },
    dma: (request) => adapter.call('dma', request),
    interrupt: (request) => adapter.call('interrupt', request),
    reset: async (kind) => {
      if (kind === 'warm') cannot('other reset than power-on')();
      await adapter.call('reset', {});
    },
    completeDeviceTlb: cannot('endpoints that answer when they are told to'),
    timeOutDeviceTlb: cannot('endpoints that answer when they are told to'),
    takeEvents: async () => (await adapter.call('events.take', {})).events as readonly JsonObject[],
  };
}

/** What a unit tells that does not report details. */
const TOLD: ReadonlySet<string> = new Set(['outcome', 'address', 'data', 'interrupt', 'oneOf']);

function withoutDetails(one: VectorRun): VectorRun {
  const step = (of: VectorStep): VectorStep => {
    if ('expect' in of) return { ...of, expect: told(of.expect) as JsonObject };
    return 'read' in of ? relevant(of) : of;
  };
  const { group, case: it } = one;
  return {
    ...one,
    group: { ...group, steps: (group.steps ?? []).map(step) },
    case: { ...it, steps: it.steps.map(step) },
  };
}

/** The PASID in a record of a request that had none says nothing (7.2.1-G7); PP says whether it had. */
function relevant(step: ReadStep): ReadStep {
  const isUpperHalf = step.read.startsWith('FRCD_REG') && step.width === 64 && (Number(step.offset) & 8) === 8;
  if (!isUpperHalf || step.value === undefined || (BigInt(step.value) & PP) !== 0n) return step;
  return { ...step, mask: hex(BigInt(step.mask ?? '0xffffffffffffffff') & ~PASID) };
}

const PP = 1n << 31n;
const PASID = 0xf_ffffn << 40n;

function told(expected: unknown): unknown {
  if (Array.isArray(expected)) return expected.map(told);
  if (!isObject(expected)) return expected === 'CA' ? 'UR' : expected;
  return Object.fromEntries(
    Object.entries(expected).flatMap(([name, value]) => (TOLD.has(name) ? [[name, told(value)]] : [])),
  );
}
