import { checkAffinities, checkIntegrated, checkNames, checkPorts } from './check-others.ts';
import { checkFunctions, checkInterruptSources, checkMemory } from './check-platform.ts';
import { checkRegions } from './check-regions.ts';
import { checkRegisters } from './check-registers.ts';
import { checkScopes } from './check-scopes.ts';
import { checkTable } from './check-table.ts';
import { checkUnits } from './check-units.ts';
import type { PlatformFacts } from './facts.ts';
import { type DmarReading, parseDmar } from './parse.ts';
import { type Check, viewOf } from './view.ts';

/** In the order of the document, then what needs facts beside the table. */
const CHECKS: readonly Check[] = [
  checkTable,
  checkUnits,
  checkScopes,
  checkRegions,
  checkPorts,
  checkAffinities,
  checkNames,
  checkIntegrated,
  checkRegisters,
  checkInterruptSources,
  checkFunctions,
  checkMemory,
];

/**
 * Reads a DMAR table as `parseDmar` does and adds all that is wrong with what it says, §8.1 to §8.9, in the order of the
 * table's bytes. With `facts` it is held against the platform too. Never throws for what the bytes say.
 */
export function validateDmar(bytes: Uint8Array, facts: PlatformFacts = {}): DmarReading {
  const reading = parseDmar(bytes);
  if (reading.table === undefined) return reading;
  const view = viewOf(reading.table, reading.places, facts);
  const findings = [...reading.findings, ...CHECKS.flatMap((check) => check(view))];
  return { ...reading, findings: findings.sort((a, b) => a.offset - b.offset) };
}
