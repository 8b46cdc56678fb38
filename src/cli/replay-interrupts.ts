import { wordsText } from '../bits/words-text.ts';
import { hexadecimal } from '../images/hexadecimal.ts';
import { type Image, registerOf } from '../images/image.ts';
import { unitOf } from '../images/unit.ts';
import { interruptRequest } from '../messages/interrupt-request.ts';
import type { DeliveredInterrupt, InterruptOutcome } from '../messages/outcome.ts';
import { formatSourceId } from '../messages/source-id.ts';
import { GSTS_REG } from '../registers/global.ts';
import { sourceOf } from '../tables/interrupts.ts';
import type { Explanation } from '../unit/explanation.ts';
import type { RemappingUnit } from '../unit/remapping-unit.ts';
import type { Output } from './output.ts';
import { countText } from './text.ts';
import type { RecordedInterrupt } from './trace-file.ts';

/** Why a recording differs from a unit that blocks or posts: it needs no more words. */
const WENT_ON = 'it went on as a message';

/** What the model says to a recorded interrupt request. */
interface Verdict {
  readonly recorded: RecordedInterrupt;
  /** A source that the entry lets through: the recording has none. */
  readonly sourceId: number;
  /** Why the two differ; empty if they agree. */
  readonly differences: readonly string[];
  /** What the unit as it was dumped says, in a few words. */
  readonly model: string;
}

/** Recorded interrupt requests, as the model finds them. */
interface JudgedInterrupts {
  readonly trace: string;
  readonly matches: number;
  readonly mismatches: readonly Verdict[];
  /** Without an entry, and before all that have one: a unit with remapping off does the same. */
  readonly withRemappingOff: readonly Verdict[];
  /** By an entry that the table no longer had. */
  readonly changed: readonly Verdict[];
}

/** Holds recorded interrupt requests against the interrupt remapping table of a unit, §5.1.4. */
export function judgeInterrupts(
  image: Image,
  unit: RemappingUnit,
  trace: string,
  records: readonly RecordedInterrupt[],
): JudgedInterrupts {
  const off = unitWithRemappingOff(image, unit);
  const firstRemapped = records.reduce((first, it) => Math.min(first, sequenceWithEntry(it)), Number.POSITIVE_INFINITY);
  const mismatches: Verdict[] = [];
  const withRemappingOff: Verdict[] = [];
  const changed: Verdict[] = [];
  let matches = 0;
  for (const recorded of records) {
    const verdict = judge(unit, recorded);
    if (!recorded.inTable) changed.push(verdict);
    else if (verdict.differences.length === 0) matches += 1;
    else if (recorded.index !== undefined || judge(off, recorded).differences.length > 0) mismatches.push(verdict);
    else if (recorded.sequence < firstRemapped) withRemappingOff.push(verdict);
    else mismatches.push({ ...verdict, differences: [...verdict.differences, 'others had been remapped before'] });
  }
  return { trace, matches, mismatches, withRemappingOff, changed };
}

/** The unit of the image with GSTS_REG.IRES=0. */
function unitWithRemappingOff(image: Image, { choices, registers: { offsetOf } }: RemappingUnit): RemappingUnit {
  const offset = offsetOf('GSTS_REG');
  const status = Uint32Array.of(Number(registerOf(image, offset, 32)));
  GSTS_REG.IRES.put(status, 0);
  return unitOf({ ...image, registers: new Map([...image.registers, [offset, BigInt(status[0]!)]]) }, choices);
}

const sequenceWithEntry = ({ index, sequence }: RecordedInterrupt): number =>
  index === undefined ? Number.POSITIVE_INFINITY : sequence;

function judge(unit: RemappingUnit, recorded: RecordedInterrupt): Verdict {
  const { address, data, outAddress, outData, index, entry } = recorded;
  const ask = (sourceId: number) => unit.explainInterrupt(interruptRequest({ sourceId, address, data }));
  const found = entryIn(ask(0));
  const sourceId = found === undefined ? 0 : sourceOf(found);
  const { outcome } = ask(sourceId);
  const model = outcomeText(outcome);
  if (outcome.kind !== 'delivered') return { recorded, sourceId, differences: [WENT_ON], model };
  const differences: string[] = [];
  if (messageAddress(outcome) !== outAddress) differences.push(`the address was ${hexadecimal(outAddress)}`);
  if (outcome.data !== outData) differences.push(`the data were ${hexadecimal(outData)}`);
  if (outcome.index !== index) differences.push(index === undefined ? 'no entry was used' : `the index was ${index}`);
  if (entry !== undefined && found !== undefined && wordsText(entry) !== wordsText(found)) {
    differences.push(`the entry was ${wordsText(entry)}`);
  }
  return { recorded, sourceId, differences, model };
}

/** The words of the entry that a request came to. */
const entryIn = ({ steps }: Explanation<InterruptOutcome>): Uint32Array | undefined => steps[0]?.words;

/** §5.1.6.2: the address as an APIC takes it, with bits 31:8 of the destination in bits 63:40. */
const messageAddress = ({ address, destination }: DeliveredInterrupt): bigint =>
  address | (BigInt(destination - (destination & 0xff)) << 32n);

function outcomeText(outcome: InterruptOutcome): string {
  switch (outcome.kind) {
    case 'delivered': {
      const by = outcome.index === undefined ? 'as it came' : `by entry ${outcome.index}`;
      return `${hexadecimal(messageAddress(outcome))} ${hexadecimal(outcome.data)}, ${by}`;
    }
    case 'posted':
      return `posted by entry ${outcome.index}`;
    case 'blocked':
      return outcome.fault === undefined
        ? 'blocked'
        : `${outcome.fault.condition.code}, ${outcome.fault.condition.meaning}`;
  }
}

/** The same for programs. */
export const interruptFacts = (judged: JudgedInterrupts) => ({
  trace: judged.trace,
  requests: countOf(judged),
  matches: judged.matches,
  mismatches: judged.mismatches.map(factsOf),
  withRemappingOff: judged.withRemappingOff.map(factsOf),
  changed: judged.changed.map(factsOf),
});

const countOf = ({ matches, mismatches, withRemappingOff, changed }: JudgedInterrupts): number =>
  matches + mismatches.length + withRemappingOff.length + changed.length;

function factsOf({ recorded, sourceId, differences, model }: Verdict) {
  const { address, data, outAddress, outData, index, entry } = recorded;
  const was = { address, data, outAddress, outData, index, entry: entry && wordsText(entry) };
  return { recorded: was, source: formatSourceId(sourceId), model, differences };
}

export function printInterrupts(output: Output, path: string, judged: JudgedInterrupts): void {
  const { trace, matches, mismatches, withRemappingOff, changed } = judged;
  output.line(`${output.heading(countText(countOf(judged), 'interrupt request'))} in ${trace}`);
  output.line(output.good(`  ${matches} as the model remaps`));
  const wrong = `  ${mismatches.length} otherwise`;
  output.line(mismatches.length === 0 ? wrong : output.bad(wrong));
  output.line(
    `  ${withRemappingOff.length} without an entry, before all that have one: with remapping off (IRES=0) the model does the same`,
  );
  if (changed.length > 0) output.line(`  ${changed.length} by an entry that the table no longer has`);
  printVerdicts(output, 'Otherwise', mismatches);
  const [first] = mismatches;
  if (first !== undefined) {
    const { sourceId, recorded } = first;
    const request = `${hexadecimal(recorded.address)} ${hexadecimal(recorded.data)}`;
    output.line(`  vtd walk ${path} --source ${formatSourceId(sourceId)} --interrupt ${request} shows why`);
  }
  printVerdicts(output, 'Without an entry', withRemappingOff);
  printVerdicts(output, 'By an entry that the table no longer has', changed);
}

function printVerdicts(output: Output, title: string, verdicts: readonly Verdict[]): void {
  if (verdicts.length === 0) return;
  output.line();
  output.line(output.heading(title));
  for (const { recorded, differences, model } of verdicts) {
    const { address, data, outAddress, outData } = recorded;
    const was = `${hexadecimal(address)} ${hexadecimal(data)} -> ${hexadecimal(outAddress)} ${hexadecimal(outData)}`;
    const others = differences.filter((difference) => difference !== WENT_ON);
    output.line(`  ${was}  the unit as dumped says ${model}${others.length === 0 ? '' : ` (${others.join(', ')})`}`);
  }
}
