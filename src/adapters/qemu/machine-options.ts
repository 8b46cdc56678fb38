import { invalidParams } from '../../oracle/values.ts';
import { CAP_REG, ECAP_REG } from '../../registers/capability.ts';

/** Options of QEMU's `intel-iommu` device, by their names. */
export type UnitOptions = Readonly<Record<string, string>>;

/** What a client asked for; what it left open may be anything. */
export interface AskedUnit {
  readonly hostAddressWidth?: number | undefined;
  readonly capabilities?: bigint | undefined;
  readonly extendedCapabilities?: bigint | undefined;
}

/** What every unit has that nothing else is asked of. */
const DEFAULTS: UnitOptions = { intremap: 'on', 'aw-bits': '48' };

const WITH_48_BITS = 0b00100;

/**
 * The options that bring a unit nearest to what is asked. `known` are the names that this QEMU has: some came with
 * later versions, some changed their names.
 */
export function optionsFor(asked: AskedUnit, known: ReadonlySet<string>): UnitOptions {
  const { hostAddressWidth, capabilities, extendedCapabilities } = asked;
  const wanted: Record<string, string> = { ...DEFAULTS };
  const want = (names: readonly string[], on: boolean) => {
    const name = names.find((one) => known.has(one));
    if (name !== undefined) wanted[name] = on ? 'on' : 'off';
  };
  if (capabilities !== undefined) {
    const { SAGAW, CM, DRD, FS1GP } = CAP_REG.fields;
    const words = wordsOf(capabilities);
    if ((SAGAW(words) & WITH_48_BITS) === 0) wanted['aw-bits'] = '39';
    want(['caching-mode'], CM(words) === 1);
    want(['dma-drain'], DRD(words) === 1);
    want(['fs1gp'], FS1GP(words) === 1);
  } else if (hostAddressWidth !== undefined && hostAddressWidth < 48) wanted['aw-bits'] = '39';
  if (extendedCapabilities === undefined) return wanted;
  const { DT, IR, EIM, PT, SC, PASID, SMTS, FSTS } = ECAP_REG.fields;
  const words = wordsOf(extendedCapabilities);
  want(['device-iotlb'], DT(words) === 1);
  want(['intremap'], IR(words) === 1);
  want(['pt'], PT(words) === 1);
  want(['snoop-control'], SC(words) === 1);
  want(['scalable-mode', 'x-scalable-mode'], SMTS(words) === 1);
  if (SMTS(words) === 1) {
    want(['fsts', 'x-flts'], FSTS(words) === 1);
    want(['pasid-mode', 'x-pasid-mode'], PASID(words) === 1);
  }
  // QEMU refuses EIM without interrupt remapping, and on some versions without the kernel's interrupt controller.
  const eim = IR(words) === 1 && EIM(words) === 1;
  want(['eim'], eim);
  if (eim) want(['x-buggy-eim'], true);
  return wanted;
}

/** What is given up first, where QEMU refuses options together: PASIDs with Device-TLBs, for one (7.2). */
const GIVEN_UP: readonly string[] = ['x-pasid-mode', 'pasid-mode', 'device-iotlb', 'x-buggy-eim', 'eim'];

/** These options, then with less and less of what QEMU may refuse. */
export function* lessAndLess(options: UnitOptions): Generator<UnitOptions> {
  yield options;
  const left: Record<string, string> = { ...options };
  for (const name of GIVEN_UP) {
    if (left[name] !== 'on') continue;
    left[name] = 'off';
    yield { ...left };
  }
}

/** Options as they are given on the command line: `aw-bits=39,caching-mode=on`. */
export function readOptions(text: string): UnitOptions {
  const found: Record<string, string> = {};
  for (const one of text.split(',').filter((part) => part !== '')) {
    const [, name, value] = /^([\w-]+)=([\w.-]+)$/.exec(one) ?? [];
    if (name === undefined || value === undefined) throw invalidParams(`an option is written name=value, got "${one}"`);
    found[name] = value;
  }
  return found;
}

/** `name=value,…` in the order of names, so that equal options are equal texts. */
export const optionsText = (options: UnitOptions): string =>
  Object.keys(options)
    .sort()
    .map((name) => `${name}=${options[name]}`)
    .join(',');

const wordsOf = (value: bigint): Uint32Array => Uint32Array.of(Number(value & 0xffff_ffffn), Number(value >> 32n));
