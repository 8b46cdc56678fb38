import { hexadecimal } from '../images/hexadecimal.ts';
import { type AccessName, dmaRequest, READ, WRITE } from '../messages/dma-request.ts';
import type { Outcome } from '../messages/outcome.ts';
import { formatSourceId } from '../messages/source-id.ts';
import { newTranslation } from '../messages/translation.ts';
import { SecondStageEntry } from '../structures/second-stage-entry.ts';
import type { RemappingUnit } from '../unit/remapping-unit.ts';
import type { Output } from './output.ts';
import { countText, sizeText, valueOfWords } from './text.ts';
import type { RecordedTranslation } from './trace-file.ts';

/** What the model says to a recorded translation. */
interface Verdict {
  readonly recorded: RecordedTranslation;
  /** Why the two differ; empty if they agree. */
  readonly differences: readonly string[];
  /** What the tables say, in a few words. */
  readonly tables: string;
}

/** Recorded translations, as the model finds them. */
interface JudgedTranslations {
  readonly trace: string;
  readonly verdicts: readonly Verdict[];
  /** Of those whose tables are still there. */
  readonly mismatches: readonly Verdict[];
  readonly matches: number;
  readonly cached: readonly Verdict[];
}

/** Holds recorded translations against the tables of a unit, §3.4. */
export function judgeTranslations(
  unit: RemappingUnit,
  trace: string,
  records: readonly RecordedTranslation[],
): JudgedTranslations {
  const verdicts = records.map((one) => judge(unit, one));
  const cached = verdicts.filter(({ recorded }) => !recorded.inTables);
  const compared = verdicts.filter(({ recorded }) => recorded.inTables);
  const mismatches = compared.filter(({ differences }) => differences.length > 0);
  return { trace, verdicts, mismatches, matches: compared.length - mismatches.length, cached };
}

export const translationFacts = ({ trace, verdicts, mismatches, matches, cached }: JudgedTranslations) => ({
  trace,
  translations: verdicts.length,
  matches,
  mismatches: mismatches.map(factsOf),
  onlyInCache: cached.map(factsOf),
});

export function printTranslations(output: Output, path: string, judged: JudgedTranslations): void {
  const { trace, verdicts, mismatches, matches, cached } = judged;
  output.line(`${output.heading(countText(verdicts.length, 'translation'))} in ${trace}`);
  output.line(output.good(`  ${matches} as the model translates`));
  const wrong = `  ${mismatches.length} otherwise`;
  output.line(mismatches.length === 0 ? wrong : output.bad(wrong));
  output.line(`  ${cached.length} only in a cache: the tables had changed already, and no invalidation had come yet`);
  printVerdicts(output, 'Otherwise', mismatches);
  const [first] = mismatches;
  if (first !== undefined) {
    const { sourceId, address } = first.recorded;
    output.line(`  vtd walk ${path} --source ${formatSourceId(sourceId)} --address ${hexadecimal(address)} shows why`);
  }
  printVerdicts(output, 'Only in a cache', cached);
}

function judge(unit: RemappingUnit, recorded: RecordedTranslation): Verdict {
  const { sourceId, address, output, pageSize, leaf, domainId } = recorded;
  const request = dmaRequest({ sourceId, address, access: accessBy(leaf), length: 1 });
  const { steps, outcome } = unit.explain(request);
  const tables = outcomeText(outcome);
  if (outcome.kind !== 'completed') return { recorded, differences: ['it was translated'], tables };
  const differences: string[] = [];
  if (outcome.address !== output) differences.push(`it went to ${hexadecimal(output)}`);
  if (outcome.mapping !== undefined && outcome.mapping.pageSize !== pageSize) {
    differences.push(`the page had ${sizeText(pageSize)}`);
  }
  const last = steps.at(-1)?.words;
  if (last !== undefined && valueOfWords(last) !== leaf) differences.push(`the leaf was ${hexadecimal(leaf)}`);
  const translation = newTranslation();
  unit.translate(request, translation);
  if (domainId !== undefined && translation.domainId !== domainId) differences.push(`the domain was ${domainId}`);
  return { recorded, differences, tables };
}

/** What a leaf permits: the recording does not say what was asked. */
function accessBy(leaf: bigint): AccessName {
  const words = Uint32Array.of(Number(leaf & 0xffff_ffffn), Number(leaf >> 32n));
  const permission = (SecondStageEntry.R(words) * READ) | (SecondStageEntry.W(words) * WRITE);
  return permission === (READ | WRITE) ? 'atomic' : permission === WRITE ? 'write' : 'read';
}

function outcomeText(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'completed': {
      const size = outcome.mapping === undefined ? '' : `, page of ${sizeText(outcome.mapping.pageSize)}`;
      return `${hexadecimal(outcome.address)}${size}`;
    }
    case 'blocked':
      return outcome.fault === undefined
        ? 'blocked'
        : `${outcome.fault.condition.code}, ${outcome.fault.condition.meaning}`;
    case 'interrupt':
      return 'an interrupt request';
    case 'translation':
      return 'a translation completion';
  }
}

function printVerdicts(output: Output, title: string, verdicts: readonly Verdict[]): void {
  if (verdicts.length === 0) return;
  output.line();
  output.line(output.heading(title));
  for (const { recorded, differences, tables } of verdicts) {
    const { sourceId, address, output: to } = recorded;
    const was = `${formatSourceId(sourceId)} ${hexadecimal(address).padEnd(18)} -> ${hexadecimal(to).padEnd(14)}`;
    const now = differences.length === 0 ? 'the tables say the same again' : `the tables say ${tables}`;
    const others = differences.filter((difference) => /^the /.test(difference));
    output.line(`  ${was} ${now}${others.length === 0 ? '' : ` (${others.join(', ')})`}`);
  }
}

function factsOf({ recorded, differences, tables }: Verdict) {
  const { sourceId, address, output, pageSize, leaf, domainId } = recorded;
  const was = { source: formatSourceId(sourceId), address, output, pageSize, leaf, domainId };
  return { recorded: was, tables, differences };
}
