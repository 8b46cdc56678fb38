import { bit, bits } from '../bits/field.ts';
import { structure } from '../bits/structure.ts';
import { checkInteger } from './dma-request.ts';

/** A DWORD write to the interrupt address range, as it travels. */
export interface InterruptWrite {
  /** Bits 31:0 of the address; those above are zero. */
  readonly address: number;
  /** The 32 bits that are written. */
  readonly data: number;
}

/** FEEh, bits 31:20 of every interrupt request's address, §5.1.2. */
export const INTERRUPT_ADDRESS = 0xfee;

/** Delivery Mode, §5.1.2.1, §9.9: in requests, in table entries and in messages. */
export const DELIVERY_MODE = Object.freeze({
  FIXED: 0b000,
  LOWEST_PRIORITY: 0b001,
  SMI: 0b010,
  NMI: 0b100,
  INIT: 0b101,
  EXTINT: 0b111,
});

/** Whether TM counts: SMI, NMI, INIT and ExtINT are edge whatever it says, §9.9. */
export const hasTriggerMode = (deliveryMode: number): boolean =>
  deliveryMode === DELIVERY_MODE.FIXED || deliveryMode === DELIVERY_MODE.LOWEST_PRIORITY;

/** Compatibility format, §5.1.2.1: the address in bits 31:0, the data in bits 63:32. Messages to the APIC have it too. */
export const CompatibilityFormat = structure(
  'Interrupt Request (compatibility format)',
  '§5.1.2.1',
  64,
  {
    DM: bit(2, 'Destination Mode', { 0: 'physical', 1: 'logical' }),
    RH: bit(3, 'Redirection Hint'),
    FORMAT: bit(4, 'Interrupt Format', { 0: 'compatibility' }),
    DST: bits(19, 12, 'Destination ID'),
    RANGE: bits(31, 20, 'FEEh'),
    V: bits(39, 32, 'Vector'),
    DLM: bits(42, 40, 'Delivery Mode'),
    TML: bit(46, 'Trigger Mode Level', { 0: 'deasserted', 1: 'asserted' }),
    TM: bit(47, 'Trigger Mode', { 0: 'edge', 1: 'level' }),
  },
  {
    reserved: [
      [11, 5],
      [45, 43],
      [63, 48],
    ],
    ignored: [[1, 0]],
  },
);

/** Remappable format, §5.1.2.2, Table 13 and Table 14: the address in bits 31:0, the data in bits 63:32. */
export const RemappableFormat = structure(
  'Interrupt Request (remappable format)',
  '§5.1.2.2',
  64,
  {
    HANDLE_15: bit(2, 'Handle bit 15'),
    SHV: bit(3, 'Subhandle Valid', { 0: 'the data are ignored', 1: 'the data hold a subhandle' }),
    FORMAT: bit(4, 'Interrupt Format', { 1: 'remappable' }),
    HANDLE_14_0: bits(19, 5, 'Handle bits 14:0'),
    RANGE: bits(31, 20, 'FEEh'),
    SUBHANDLE: bits(47, 32, 'Subhandle'),
    /** Ignored with SHV=0. */
    DATA_31_16: bits(63, 48, 'reserved with a subhandle'),
  },
  { ignored: [[1, 0]] },
);

/** What {@link remappableRequest} takes, §5.1.5. */
export interface RemappableParameters {
  /** 16 bits. */
  readonly handle: number;
  /** 16 bits, which are added to the handle. Missing: SHV=0. */
  readonly subhandle?: number;
}

/** The write that asks for an interrupt by its index, §5.1.2.2. Throws a RangeError if a number does not fit. */
export function remappableRequest({ handle, subhandle }: RemappableParameters): InterruptWrite {
  checkInteger('handle', handle, 0, 0xffff);
  if (subhandle !== undefined) checkInteger('subhandle', subhandle, 0, 0xffff);
  return writeOf(
    RemappableFormat.pack({
      RANGE: INTERRUPT_ADDRESS,
      FORMAT: 1,
      SHV: subhandle === undefined ? 0 : 1,
      HANDLE_15: handle >>> 15,
      HANDLE_14_0: handle & 0x7fff,
      SUBHANDLE: subhandle ?? 0,
    }),
  );
}

/** What {@link compatibilityRequest} takes, §5.1.2.1. */
export interface CompatibilityParameters {
  /** 8 bits each. */
  readonly destination: number;
  readonly vector: number;
  /** A value of {@link DELIVERY_MODE}. Default Fixed. */
  readonly deliveryMode?: number;
  /** 0 physical (the default), 1 logical. */
  readonly destinationMode?: number;
  readonly redirectionHint?: number;
  /** 0 edge (the default), 1 level. */
  readonly triggerMode?: number;
}

/**
 * The write that asks for an interrupt in compatibility format, asserted, §5.1.2.1; also the message to the APIC. Throws a
 * RangeError if a number does not fit.
 */
export function compatibilityRequest(parameters: CompatibilityParameters): InterruptWrite {
  const { destination: DST, vector: V, deliveryMode: DLM = 0 } = parameters;
  const { destinationMode: DM = 0, redirectionHint: RH = 0, triggerMode: TM = 0 } = parameters;
  message[0] = 0;
  message[1] = 0;
  CompatibilityFormat.RANGE.put(message, INTERRUPT_ADDRESS);
  CompatibilityFormat.DST.put(message, DST);
  CompatibilityFormat.RH.put(message, RH);
  CompatibilityFormat.DM.put(message, DM);
  CompatibilityFormat.TM.put(message, TM);
  CompatibilityFormat.TML.put(message, 1);
  CompatibilityFormat.DLM.put(message, DLM);
  CompatibilityFormat.V.put(message, V);
  return writeOf(message);
}

/** Field by field: `pack` goes by names, and costs a remapped interrupt more than all else (measured). */
const message = new Uint32Array(2);

const writeOf = (words: Uint32Array): InterruptWrite => ({ address: words[0]!, data: words[1]! });
