import { faultInLine, reasonInLine, type Unfinished } from './fault-lines.ts';
import type { LoggedFault } from './logged-fault.ts';
import { type TableDump, TableDumpReader } from './table-dump.ts';

/** Faults of a log that differ in nothing but the address. */
export interface LoggedFaults {
  /** The first of them. */
  readonly fault: LoggedFault;
  /** Lines of the first and of the last, from 1. */
  readonly firstLine: number;
  readonly lastLine: number;
  readonly count: number;
  /** The lowest and the highest address. */
  readonly lowest?: bigint;
  readonly highest?: bigint;
  /** The entries of its walk, if the log holds them for one: that one is `fault`. */
  readonly dump?: TableDump;
}

/** Lines between the two in which some systems print a fault: others may come in between. */
const MOST_BETWEEN = 4;

/** All faults of a log, in the order in which each first came. */
export function readFaultLog(text: string): readonly LoggedFaults[] {
  const found = new Map<string, Gathered>();
  let unfinished: { readonly fault: Unfinished; readonly line: number } | undefined;
  let last: Gathered | undefined;
  let reader: TableDumpReader | undefined;
  const keep = (fault: LoggedFault, line: number) => {
    const key = keyOf(fault);
    last = found.get(key) ?? { fault, firstLine: line, lastLine: line, count: 0 };
    found.set(key, last);
    last.count += 1;
    last.lastLine = line;
    last.latest = fault;
    const { address } = fault;
    if (address === undefined) return;
    if (last.lowest === undefined || address < last.lowest) last.lowest = address;
    if (last.highest === undefined || address > last.highest) last.highest = address;
  };
  for (const [i, line] of text.split('\n').entries()) {
    const fault = faultInLine(line);
    if (fault !== undefined) {
      reader = undefined;
      if ('reason' in fault) keep(fault, i + 1);
      unfinished = 'reason' in fault ? undefined : { fault, line: i + 1 };
      continue;
    }
    const reason = unfinished === undefined ? undefined : reasonInLine(line);
    if (unfinished !== undefined && reason !== undefined) {
      keep({ ...unfinished.fault, ...reason }, unfinished.line);
      unfinished = undefined;
    } else if (unfinished !== undefined && i + 1 - unfinished.line > MOST_BETWEEN) unfinished = undefined;
    if (TableDumpReader.begins(line) && last !== undefined) {
      reader = new TableDumpReader();
      if (last.dumped === undefined) last.dumped = { fault: last.latest!, reader };
    }
    reader?.take(line);
  }
  return [...found.values()].map(faultsOf);
}

interface Gathered {
  readonly fault: LoggedFault;
  readonly firstLine: number;
  lastLine: number;
  count: number;
  lowest?: bigint;
  highest?: bigint;
  latest?: LoggedFault;
  /** The first fault whose entries the log holds. */
  dumped?: { readonly fault: LoggedFault; readonly reader: TableDumpReader };
}

function faultsOf({ fault, dumped, firstLine, lastLine, count, lowest, highest }: Gathered): LoggedFaults {
  const dump = dumped?.reader.dump;
  return {
    fault: dump === undefined ? fault : dumped!.fault,
    firstLine,
    lastLine,
    count,
    ...(lowest === undefined ? {} : { lowest }),
    ...(highest === undefined ? {} : { highest }),
    ...(dump === undefined ? {} : { dump }),
  };
}

const keyOf = ({ kind, printer, segment, sourceId, access, type, pasid, index, reason }: LoggedFault): string =>
  [kind, printer, segment, sourceId, access, type, pasid, index, reason].join();
