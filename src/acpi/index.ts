export { buildDmar, type DmarParts, type Parts } from './build.ts';
export type { BridgeFacts, FunctionFacts, HpetFacts, IoApicFacts, PlatformFacts, UnitFacts } from './facts.ts';
export type { DmarFinding } from './finding.ts';
export { type DmarPlace, type DmarReading, parseDmar } from './parse.ts';
export { DMAR_RULES, type Rule, type RuleId, type Severity } from './rules.ts';
export { scopeSourceId } from './scope-path.ts';
export {
  ANDD,
  ATSR,
  DEVICE_SCOPE,
  DMAR,
  DRHD,
  PROPERTY_SCOPE,
  RHSA,
  RMRR,
  SATC,
  SCOPE_TYPE,
  SIDP,
  STRUCTURE_KINDS,
  type StructureKind,
} from './structures.ts';
export type {
  Andd,
  Atsr,
  DeviceScopeEntry,
  DmarTable,
  Drhd,
  OtherStructure,
  PathStep,
  PropertyScopeEntry,
  RemappingStructure,
  Rhsa,
  Rmrr,
  Satc,
  Sidp,
} from './table.ts';
export { validateDmar } from './validate.ts';
