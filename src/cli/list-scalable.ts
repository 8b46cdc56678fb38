import type { Encodings } from '../bits/field.ts';
import { formatSourceId } from '../messages/source-id.ts';
import { AGAW_BY_AW } from '../platform/configuration.ts';
import { PasidTableEntry } from '../structures/pasid-table-entry.ts';
import type { Pasid, PasidDomain, PasidUser, ScalableDevice, Stages } from '../tables/items.ts';
import type { RemappingUnit } from '../unit/remapping-unit.ts';
import type { Widths } from './list-text.ts';
import { countText, pageAddress, wrapped } from './text.ts';

/** Flags of the two entries, as they are shown where they are 1; of those that the type of an entry uses. */
const DEVICE_FLAGS = ['FPD', 'DTE', 'PASIDE', 'PRE', 'HPTE', 'EPTR', 'RID_PRIV'] as const;
const FIRST_STAGE_FLAGS = ['SRE', 'WPE', 'EAFE'] as const;
const SECOND_STAGE_FLAGS = ['SSADE', 'EMTE'] as const;

/** More users of one domain than this are counted and not named. */
const NAMED_USERS = 16;

const TYPES: Encodings = PasidTableEntry.PGTT.encodings ?? {};

/** A device: where its PASIDs are, and what it may send. */
export function deviceText({ sourceId, fields }: ScalableDevice): string {
  const { PASIDDIRPTR, PDTS, RID_PASID } = fields;
  const flags = DEVICE_FLAGS.filter((name) => fields[name] === 1).join(' ') || 'no flags';
  const own = fields.RID_PASID === 0 ? '' : `; requests without PASID have ${RID_PASID}`;
  const size = `room for ${2 ** (PDTS + 13)} PASIDs`;
  return `  ${formatSourceId(sourceId)}  PASID directory at ${pageAddress(PASIDDIRPTR)}, ${size}; ${flags}${own}`;
}

/** A PASID of the device above it. */
export function pasidText({ pasid, withoutPasid, domainId, stages, words }: Pasid): string {
  const names = [
    'FPD' as const,
    ...(stages.firstStage === undefined ? [] : FIRST_STAGE_FLAGS),
    ...(stages.secondStage === undefined ? [] : SECOND_STAGE_FLAGS),
    'PWSNP' as const,
    'PGSNP' as const,
    'CD' as const,
  ];
  const flags = names.filter((name) => PasidTableEntry[name](words) === 1);
  const what = withoutPasid ? 'without PASID' : `PASID ${pasid}`;
  const domain = `domain ${domainId}`;
  return `    ${what.padEnd(13)}  ${domain.padEnd(12)}  ${stagesText(stages)}${flags.length === 0 ? '' : `; ${flags.join(' ')}`}`;
}

/** A domain and who uses it. */
export function pasidDomainText({ domainId, stages, users, supervisor, ambiguous }: PasidDomain): string[] {
  const named: string[] = [];
  for (const user of users) {
    if (named.length === NAMED_USERS) break;
    named.push(userText(user));
  }
  const more = users.size > NAMED_USERS ? `, and ${users.size - NAMED_USERS} more` : '';
  const lines = [`Domain ${domainId}: ${stagesText(stages)}`, ...wrapped('  used by ', `${named.join(', ')}${more}`)];
  if (supervisor && stages.firstStage !== undefined) {
    lines.push('  rights are those of user-level requests, and after s: of supervisor-level ones');
  }
  if (ambiguous) {
    lines.push('  this domain-id is also used with other tables: cached translations of the two would be mixed (§6.2)');
  }
  return lines;
}

/** How many digits the addresses of a domain take. */
export function widthsOfStages({ configuration }: RemappingUnit, { stages, supervisor }: PasidDomain): Widths {
  const { firstStage, secondStage } = stages;
  const output = configuration.hostAddressWidth;
  const guest = secondStage === undefined ? output : AGAW_BY_AW[secondStage.addressWidth]!;
  if (firstStage === undefined) return { input: guest, output };
  const widths = { input: firstStage.levels === 5 ? 57 : 48, output, supervisor };
  return secondStage === undefined ? widths : { ...widths, guest };
}

/** Translation type and tables, `first stage, 4 levels from 0x1bdc000`. */
function stagesText({ type, firstStage, secondStage }: Stages): string {
  const first = firstStage && tablesText(firstStage);
  const second = secondStage && tablesText(secondStage);
  if (first !== undefined && second !== undefined) return `nested, first stage ${first}, second stage ${second}`;
  const width = secondStage && `${AGAW_BY_AW[secondStage.addressWidth]} bits`;
  return [TYPES[type], width, first ?? second].filter((text) => text !== undefined).join(', ');
}

const tablesText = ({ levels, table }: { levels: number; table: number }): string =>
  `${countText(levels, 'level')} from ${pageAddress(table)}`;

const userText = ({ sourceId, pasid, withoutPasid }: PasidUser): string =>
  `${formatSourceId(sourceId)}${withoutPasid ? '' : ` PASID ${pasid}`}`;
