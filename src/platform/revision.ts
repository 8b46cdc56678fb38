import type { Configuration } from './configuration.ts';

/** The revisions of the document from 3.0 on, in their order. */
export const REVISIONS = ['3.0', '3.1', '3.2', '3.3', '3.4', '4.0', '4.1', '5.0', '5.10'] as const;
export type SpecRevision = (typeof REVISIONS)[number];

/** Not in the specification: whether a revision is older than another one. */
export const isBefore = (revision: SpecRevision, other: SpecRevision): boolean =>
  REVISIONS.indexOf(revision) < REVISIONS.indexOf(other);

/** Capabilities by the revision that brought them: before it their bits are reserved, and 0. */
const NEW_IN: Readonly<Partial<Record<SpecRevision, readonly string[]>>> = Object.freeze({
  '3.2': ['CAP_REG.ESRTPS', 'CAP_REG.ESIRTPS'],
  '3.3': ['ECAP_REG.ADMS'],
  '4.0': ['CAP_REG.ECMDS', 'ECAP_REG.PMS'],
  '5.0': ['SSIRWS', 'HPTS', 'HPT1GPS', 'PTRS', 'RDTS', 'EIMER', 'IRREQ'].map((name) => `ECAP_REG.${name}`),
  '5.10': ['ECAP_REG.TDXCS'],
});

/** Not in the specification: throws a RangeError that names each capability of a unit that came later than its revision. */
export function checkRevision(revision: SpecRevision, { capability }: Configuration): void {
  const later = REVISIONS.filter((one) => isBefore(revision, one)).flatMap((one) =>
    (NEW_IN[one] ?? []).filter((name) => capability(name) !== 0).map((name) => `${name} came with revision ${one}`),
  );
  if (later.length > 0) throw new RangeError(`no unit of revision ${revision} can be like this: ${later.join('; ')}`);
}
