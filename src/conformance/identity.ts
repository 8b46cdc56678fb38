import { isObject, type JsonObject } from '../oracle/json-rpc.ts';
import type { VectorUnit } from '../vectors/types.ts';
import { shortly } from './comparison.ts';

/** What a target says of itself in its reply to `initialize`. */
export interface Identity {
  readonly name: string;
  readonly version: string;
  readonly unit: VectorUnit;
  /** The freedoms that it says it takes. */
  readonly choices: JsonObject;
  /** Undefined if it does not list them. */
  readonly methods: ReadonlySet<string> | undefined;
  readonly features: ReadonlySet<string>;
}

const HEX = /^0x[0-9a-f]{1,16}$/i;

/** Reads a reply to `initialize`; a string says what is wrong with it. */
export function identityOf(result: JsonObject): Identity | string {
  const { name = 'unnamed', version = '', unit, methods, features = [] } = result;
  if (!isObject(unit)) return `its reply to initialize has no unit: ${shortly(result)}`;
  const { hostAddressWidth, choices = {} } = unit;
  for (const register of ['version', 'capabilities', 'extendedCapabilities']) {
    const value = unit[register];
    if (typeof value === 'string' && HEX.test(value)) continue;
    return `unit.${register} of its reply to initialize is no hexadecimal string: ${shortly(value)}`;
  }
  if (typeof hostAddressWidth !== 'number' || !Number.isInteger(hostAddressWidth)) {
    return `unit.hostAddressWidth of its reply to initialize is no integer: ${shortly(hostAddressWidth)}`;
  }
  if (!areRegisters(unit.registers)) {
    return `unit.registers of its reply to initialize is no object of hexadecimal strings: ${shortly(unit.registers)}`;
  }
  if (!isObject(choices)) return `unit.choices of its reply to initialize is no object: ${shortly(choices)}`;
  if (!areStrings(features) || (methods !== undefined && !areStrings(methods))) {
    return 'methods and features of its reply to initialize are lists of names';
  }
  return {
    name: String(name),
    version: String(version),
    unit: unitOf(unit, hostAddressWidth),
    choices,
    methods: methods === undefined ? undefined : new Set(methods),
    features: new Set(features),
  };
}

/** The same number has one text and registers one order, so that units can be compared by it. One that reads 0 says nothing. */
function unitOf(unit: JsonObject, hostAddressWidth: number): VectorUnit {
  const plain = (value: unknown) => `0x${BigInt(value as string).toString(16)}`;
  const hex = (name: string) => plain(unit[name]);
  const registers = Object.entries((unit.registers ?? {}) as JsonObject)
    .map(([name, value]) => [name, plain(value)] as const)
    .filter(([, value]) => value !== '0x0')
    .sort();
  return {
    version: hex('version'),
    hostAddressWidth,
    capabilities: hex('capabilities'),
    extendedCapabilities: hex('extendedCapabilities'),
    ...(registers.length === 0 ? {} : { registers: Object.fromEntries(registers) }),
  };
}

/** A unit as {@link identityOf} writes it. */
export const plainUnit = (unit: VectorUnit): VectorUnit => unitOf({ ...unit }, unit.hostAddressWidth);

/** Whether two units are one. */
export const isSameUnit = (one: VectorUnit, other: VectorUnit): boolean =>
  JSON.stringify(plainUnit(one)) === JSON.stringify(plainUnit(other));

const areRegisters = (value: unknown): boolean =>
  value === undefined ||
  (isObject(value) && Object.values(value).every((one) => typeof one === 'string' && HEX.test(one)));

const areStrings = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');
