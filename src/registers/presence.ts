/** The value of a field that tells what the unit has: `ECAP_REG.QI`. 0 for a name it does not know. */
export type CapabilityValue = (name: string) => number;

/** Whether the capabilities of a `requires` string are there: names joined by ` and `, and these by ` or `. */
export function isPresent(requires: string | undefined, capability: CapabilityValue): boolean {
  if (requires === undefined) return true;
  return requires.split(' or ').some((names) => names.split(' and ').every((name) => capability(name) !== 0));
}
