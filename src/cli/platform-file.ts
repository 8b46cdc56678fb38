import type { FunctionFacts, PlatformFacts } from '../acpi/facts.ts';
import { readJson } from '../images/files.ts';
import { InputError, messageOf } from '../images/input-error.ts';
import { objectAt } from '../images/json-members.ts';
import { Refusal } from '../oracle/json-rpc.ts';
import { boolean, integer, listOf, members, oneOf, readAs, sourceId, unsigned } from '../oracle/values.ts';
import { phantomFunctionIds } from '../topology/requester-ids.ts';

const address = unsigned(64);
const octet = integer(0, 0xff);

const FUNCTION = members(
  { sourceId },
  {
    segment: integer(0, 0xffff),
    bridge: members({ kind: oneOf(['pcie', 'pcie-to-pci', 'pci']), secondaryBus: octet, subordinateBus: octet }, {}),
    ari: boolean,
    physicalFunction: sourceId,
    phantomBits: integer(0, 3),
    baseClass: octet,
    firmwareDma: boolean,
    busMaster: boolean,
  },
);

/** The members of `fixtures/schema/dmar-platform-1.json`. */
const PLATFORM = members(
  { schema: oneOf(['dmar-platform-1']) },
  {
    physicalAddressWidth: integer(32, 52),
    units: listOf(members({ registerBaseAddress: address, capabilities: address, extendedCapabilities: address }, {})),
    ioApics: listOf(members({ id: octet }, { sourceId })),
    hpets: listOf(members({ number: octet }, { sourceId })),
    functions: listOf(FUNCTION),
    reservedMemory: listOf(members({ base: address, limit: address }, {})),
  },
);

/** What a file says of a platform beside its DMAR table. Throws an InputError for the first thing that cannot be used. */
export function readPlatform(path: string): PlatformFacts {
  const json = objectAt(readJson(path, 'a platform in JSON'), path);
  try {
    const { schema: _, ...facts } = readAs(PLATFORM, json, '');
    facts.functions?.forEach(checkFunction);
    return facts;
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof RangeError)) throw error;
    throw new InputError(`expected a platform in ${path}: ${messageOf(error)}`);
  }
}

/** Throws a RangeError if one fact of a function contradicts another. */
function checkFunction(facts: FunctionFacts, n: number): void {
  const { bridge } = facts;
  if (bridge !== undefined && bridge.subordinateBus < bridge.secondaryBus) {
    throw new RangeError(`functions[${n}].bridge has its subordinate bus before its secondary bus`);
  }
  try {
    phantomFunctionIds(facts);
  } catch (error) {
    throw new RangeError(`functions[${n}]: ${messageOf(error)}`);
  }
}
