import type { Fault } from '../conditions/translation.ts';
import { formatSourceId } from '../messages/source-id.ts';
import type { Problem } from '../tables/items.ts';
import { blockedBy } from './blocked.ts';
import { contextRules, rootRules } from './device-rules.ts';
import { pagesText } from './finding.ts';
import { directoryRules, pasidRules, pasidTypeRule } from './pasid-rules.ts';
import type { RuleId } from './rules.ts';
import type { RulesOf } from './rules-of.ts';
import { entryFacts, type Scene } from './scene.ts';
import { secondStageRights, stageRules } from './stage-rules.ts';

type Code = (typeof Fault)[keyof typeof Fault]['code'];

const one =
  (rule: RuleId): RulesOf =>
  () => [{ rule }];

/** Every condition that a listing reports. */
const RULES_OF: Readonly<Partial<Record<Code, RulesOf>>> = {
  'LRT.1': one('root-unreadable'),
  'SRT.1': one('root-unreadable'),
  'LRT.3': rootRules,
  'SRT.3': rootRules,
  'LCT.1': one('context-table-unreadable'),
  'SCT.1': one('context-table-unreadable'),
  'LCT.3': contextRules,
  'SCT.3': contextRules,
  'LCT.4.1': contextRules,
  'LCT.4.2': contextRules,
  'SCT.4.1': one('context-page-requests'),
  'SCT.4.2': one('context-own-pasid'),
  'SCT.4.3': one('context-translated-pasid'),
  'LCT.4.3': one('top-table-unreadable'),
  'SSS.4': one('top-table-unreadable'),
  'SFS.4': one('top-table-unreadable'),
  'LSS.1': one('table-unreadable'),
  'SSS.1': one('table-unreadable'),
  'SFS.1': one('table-unreadable'),
  'LSS.2': stageRules,
  'SSS.3': stageRules,
  'SFS.3': stageRules,
  'LGN.1.1': one('beyond-reach'),
  'SGN.5': one('beyond-reach'),
  'LGN.2': one('rights-contradict'),
  'LGN.3': one('rights-contradict'),
  'LGN.4': one('output-interrupt-range'),
  'SGN.8.1': one('output-interrupt-range'),
  'SPD.1': one('directory-unreadable'),
  'SPD.3': directoryRules,
  'SPT.1': one('pasid-table-unreadable'),
  'SPT.3': pasidRules,
  'SPT.4.1': one('pasid-width'),
  'SPT.4.2': pasidTypeRule,
  'SPT.4.3': one('pasid-five-levels'),
  'SPT.4.4': one('pasid-guest-pointer'),
  'SPT.6': one('context-supervisor'),
  'SFS.5': one('first-stage-guest-address'),
  'SFS.6': one('guest-table-forbidden'),
  'SFS.7': one('guest-table-forbidden'),
  'SFS.8': one('guest-table-forbidden'),
  'SFS.9': one('flags-not-settable'),
  'SSS.5': one('flags-not-settable'),
  'SFS.10': one('flags-refused'),
  'SSS.6': one('flags-refused'),
  'SSS.2': nestedOrContradiction,
  'SGN.2': one('no-rights'),
  'SGN.6': one('no-rights'),
  'SGN.7': one('no-rights'),
};

/** The codes of conditions that are mapped to rules. */
export const MAPPED_CODES: ReadonlySet<string> = new Set(Object.keys(RULES_OF));

/** Entries on which the model says that a request would fault. Returns the rules that they break. */
export function checkProblem(scene: Scene, problem: Problem): readonly RuleId[] {
  const { condition, format, page, offset, words, entries, of } = problem;
  const facts = { ...entryFacts(format, page, offset, words), count: entries, of: ownerText(of) };
  const broken = RULES_OF[condition.code as Code]?.(scene, problem) ?? [];
  for (const { rule, found } of broken) {
    scene.findings.add(rule, { ...facts, hardware: blockedBy(condition, problem.writesOnly === true), ...found });
  }
  return broken.map(({ rule }) => rule);
}

/** SSS.2: the entry itself allows nothing, which is a problem of nested translation alone, or one above it does. */
function nestedOrContradiction({ unit }: Scene, { words }: Problem): ReturnType<RulesOf> {
  const allowed = words === undefined ? 0 : secondStageRights(unit.rootTable.ioPermissions, words);
  return [{ rule: allowed === 0 ? 'guest-address-unmapped' : 'rights-contradict' }];
}

/** Whose requests meet a problem. */
function ownerText(of: Problem['of']): string {
  switch (of.kind) {
    case 'bus':
      return `bus ${of.bus.toString(16).padStart(2, '0')}`;
    case 'device':
      return formatSourceId(of.sourceId);
    case 'pasid': {
      const last = of.count === 1 ? '' : ` to ${of.pasid + of.count - 1}`;
      return `${formatSourceId(of.sourceId)} with PASID ${of.pasid}${last}`;
    }
    case 'domain':
      return `domain ${of.domainId} at ${pagesText(of.input, of.pages)}`;
  }
}
