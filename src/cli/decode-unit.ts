import type { NumberField, Words } from '../bits/field.ts';
import { qwordsOf } from '../bits/qwords.ts';
import { parseHexadecimal } from '../images/hexadecimal.ts';
import { InputError, messageOf } from '../images/input-error.ts';
import { type Configuration, configure } from '../platform/configuration.ts';
import { wordsOf } from '../platform/unit-parameters.ts';
import { CAP_REG, ECAP_REG } from '../registers/capability.ts';
import { parseCount } from './arguments.ts';

/** What somebody knows of the unit whose entry is decoded. */
export interface UnitArguments {
  readonly haw?: string;
  readonly cap?: string;
  readonly ecap?: string;
}

/** Offsets, in 16 bytes, where no other registers are. */
const FAULT_RECORDS = 0x22;
const IOTLB_REGISTERS = 0x50;

/** Capabilities that take bits out of the reserved ones, §9. */
const OF_LEGACY_MODE = ['QI', 'DT', 'PT', 'SC'];
// biome-ignore format: a list of names
const OF_SCALABLE_MODE = [
  'SMTS', 'SSTS', 'FSTS', 'NEST', 'PASID', 'PRS', 'SRS', 'MTS', 'RPS', 'SMPWCS', 'SSADS', 'EAFS', 'HPTS', 'HPT1GPS',
  'PTRS', 'RPRIVS',
];
const ECAP_FIELDS: Readonly<Record<string, NumberField>> = ECAP_REG.fields;

/** A unit with what was given of it and with everything else that it could have; undefined if nothing was given. */
export function configurationGiven({ haw, cap, ecap }: UnitArguments): Configuration | undefined {
  if (haw === undefined && cap === undefined && ecap === undefined) return undefined;
  const given = ecap === undefined ? undefined : wordsOf(parseHexadecimal(ecap, 64, '--ecap'));
  const CAP = cap === undefined ? mostCapable(given) : wordsOf(parseHexadecimal(cap, 64, '--cap'));
  try {
    return configure({
      version: 0x10,
      hostAddressWidth: haw === undefined ? Math.min(CAP_REG.MGAW(CAP) + 1, 52) : parseCount(haw, 32, 52, '--haw'),
      capabilities: qwordsOf(CAP)[0]!,
      extendedCapabilities: qwordsOf(given ?? everythingWith(CAP))[0]!,
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new InputError(`--haw, --cap and --ecap are those of one unit: ${messageOf(error)}`);
  }
}

/** A CAP_REG with everything that decides what is reserved in an entry, as far as an ECAP_REG allows it. */
function mostCapable(ECAP: Words | undefined): Words {
  const words = new Uint32Array(2);
  CAP_REG.ND.put(words, 6);
  CAP_REG.SAGAW.put(words, 0b01110);
  CAP_REG.MGAW.put(words, 56);
  CAP_REG.SSLPS.put(words, 3);
  CAP_REG.FS1GP.put(words, ECAP === undefined ? 1 : ECAP_REG.FSTS(ECAP));
  const iotlb = ECAP === undefined ? IOTLB_REGISTERS : ECAP_REG.IRO(ECAP);
  CAP_REG.FRO.put(words, iotlb === FAULT_RECORDS ? IOTLB_REGISTERS : FAULT_RECORDS);
  return words;
}

/** An ECAP_REG likewise. */
function everythingWith(CAP: Words): Words {
  const words = new Uint32Array(2);
  const scalable = CAP_REG.RWBF(CAP) === 0;
  for (const name of scalable ? [...OF_LEGACY_MODE, ...OF_SCALABLE_MODE] : OF_LEGACY_MODE) {
    ECAP_FIELDS[name]?.put(words, 1);
  }
  const faults = CAP_REG.FRO(CAP);
  ECAP_REG.IRO.put(words, faults === IOTLB_REGISTERS ? FAULT_RECORDS : IOTLB_REGISTERS);
  return words;
}
