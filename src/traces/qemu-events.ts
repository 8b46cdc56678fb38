import { fromHex } from '../bits/hex.ts';
import { hexadecimal } from '../images/hexadecimal.ts';
import { InputError } from '../images/input-error.ts';
import { formatSourceId } from '../messages/source-id.ts';
import { USUAL_BASE } from '../oracle/text-dialect.ts';
import { wordsOf } from '../platform/unit-parameters.ts';
import { sourceOf } from '../tables/interrupts.ts';

/*
 * QEMU's trace events of an intel-iommu, as versions 7.2 to 11 print them. Nothing is asked of what stands before.
 */
const NUMBER = '0x([0-9a-f]{1,16})';
const REGISTER_WRITE = new RegExp(`\\bvtd_reg_write addr ${NUMBER} size 0x([48]) value ${NUMBER}`);
const INTERRUPT_ROOT = new RegExp(`\\bvtd_reg_ir_root addr ${NUMBER} size ${NUMBER}`);
const QUEUE = new RegExp(`\\bvtd_inv_qi_setup addr ${NUMBER} size (\\d+)`);
const HEAD = /\bvtd_inv_qi_head read head (\d{1,6})\b/;
const DESCRIPTOR = new RegExp(`\\bvtd_inv_desc invalidate desc type \\S+ high ${NUMBER} low ${NUMBER}`);
const ASKED = new RegExp(`\\bvtd_ir_remap_msi_req addr ${NUMBER},? data ${NUMBER}`);
/** What it calls low are bits 127:64. */
const ENTRY = new RegExp(`\\bvtd_ir_irte_get index (\\d{1,5}) low ${NUMBER} high ${NUMBER}`);
const DELIVERED = new RegExp(
  `\\bvtd_ir_remap_msi \\(addr ${NUMBER}, data ${NUMBER}\\) -> \\(addr ${NUMBER}, data ${NUMBER}\\)`,
);
const SOURCE = /\bvtd_warn_ir_vector sid 0x([0-9a-f]{1,4}) |\binvalid IRTE SID \(index=\d+, sid=(\d{1,5})/;
/** Bits 127:64 of the fault record: the reason in 39:32, the source-id in 15:0. */
const RECORD = new RegExp(`\\bvtd_frr_new index \\S+ high ${NUMBER}`);
const TRANSLATED = new RegExp(
  `\\bvtd_dmar_translate dev ([0-9a-f]{2}):([0-9a-f]{2})\\.0?([0-7]) iova ${NUMBER} -> gpa ${NUMBER} mask ${NUMBER}`,
);
const BLOCKED = new RegExp(`\\bvtd_dmar_fault sid 0x([0-9a-f]{1,4}) fault (\\d{1,3}) addr ${NUMBER} write ([01])`);

const IQA_REG = 0x90n;
const DESCRIPTOR_WIDTH = 1n << 11n;

/** A line of the trace that is being made, and what has to come behind it. */
interface Written {
  readonly text: string;
  readonly behind: string[];
}

/** A request for an interrupt that waits for its answer. */
interface Asked {
  readonly address: bigint;
  readonly data: bigint;
  source?: number;
  /** The entry that was read for it. */
  entry?: Entry;
  /** It was read from a table of which no event said where it is. */
  unplaced?: true;
}

/** An entry as it was read, and the line up to which it was so. */
interface Entry {
  readonly low: bigint;
  readonly high: bigint;
  since: number;
}

/** A trace, as lines, and what of the events it could not take. */
export interface ConvertedTrace {
  readonly lines: readonly string[];
  /** Requests for memory, whose tables no event shows: they stand in comments. */
  readonly dma: number;
  /** Requests for interrupts of which no event says what became of them, or where their table is: likewise. */
  readonly unanswered: number;
}

/**
 * The events of a log of QEMU as a trace: register writes, the descriptors of the queue, entries of the interrupt
 * remapping table, and requests for interrupts with their answers. Throws an InputError if the log has none of them.
 */
export function traceOfQemuEvents(log: string, path: string): ConvertedTrace {
  const reader = new EventReader();
  for (const line of log.split('\n')) reader.take(line);
  if (reader.registerWrites > 0) return reader.end();
  throw new InputError(
    `expected trace events with vtd_reg_write in ${path}, there are none: start QEMU with -trace 'vtd_*'`,
  );
}

class EventReader {
  registerWrites = 0;
  readonly #lines: Written[] = [];
  /** The last register write: what it made the unit read stood in memory before. */
  #write = -1;
  #root: { readonly address: bigint; readonly since: number } | undefined;
  /** By address. */
  readonly #entries = new Map<bigint, Entry>();
  #queue: bigint | undefined;
  #wide = false;
  #head = 0n;
  #descriptors = new Map<bigint, string>();
  #asked: Asked | undefined;
  #dma = 0;
  #unanswered = 0;

  take(line: string): void {
    const write = REGISTER_WRITE.exec(line);
    if (write !== null) this.#registerWrite(fromHex(write[1]), write[2] === '8' ? 'q' : 'l', fromHex(write[3]));
    const root = INTERRUPT_ROOT.exec(line);
    if (root !== null) this.#root = { address: fromHex(root[1]), since: this.#lines.length - 1 };
    const queue = QUEUE.exec(line);
    if (queue !== null) this.#queue = fromHex(queue[1]);
    const head = HEAD.exec(line);
    if (head !== null) this.#head = BigInt(head[1]!);
    const descriptor = DESCRIPTOR.exec(line);
    if (descriptor !== null) this.#descriptor(fromHex(descriptor[2]), fromHex(descriptor[1]));
    const asked = ASKED.exec(line);
    if (asked !== null) this.#interrupt({ address: fromHex(asked[1]), data: fromHex(asked[2]) });
    const entry = ENTRY.exec(line);
    if (entry !== null) this.#entry(BigInt(entry[1]!), fromHex(entry[3]), fromHex(entry[2]));
    const source = SOURCE.exec(line);
    if (source !== null && this.#asked !== undefined) {
      this.#asked.source = (source[1] === undefined ? Number(source[2]) : Number(fromHex(source[1]))) & 0xffff;
    }
    const delivered = DELIVERED.exec(line);
    if (delivered !== null) this.#answer(deliveredText(fromHex(delivered[3]), fromHex(delivered[4])));
    const record = RECORD.exec(line);
    if (record !== null) this.#record(fromHex(record[1]));
    this.#dmaRequest(line);
  }

  end(): ConvertedTrace {
    this.#leaveUnanswered();
    const lines = this.#lines.flatMap(({ text, behind }) => [text, ...behind]).filter((text) => text !== '');
    return { lines, dma: this.#dma, unanswered: this.#unanswered };
  }

  #add(text: string): void {
    this.#lines.push({ text, behind: [] });
  }

  #registerWrite(offset: bigint, letter: string, number: bigint): void {
    this.#leaveUnanswered();
    this.registerWrites += 1;
    if (offset === IQA_REG) this.#wide = (number & DESCRIPTOR_WIDTH) !== 0n;
    // What the write is to make the unit read comes in front of it.
    this.#add('');
    this.#write = this.#lines.length - 1;
    this.#add(`write${letter} ${hexadecimal(USUAL_BASE + offset)} ${hexadecimal(number)}`);
  }

  /** A descriptor that the last register write made the unit fetch. Of one of 256 bits no event has the upper half. */
  #descriptor(low: bigint, high: bigint): void {
    if (this.#queue === undefined || this.#write < 0) return;
    const at = this.#queue + this.#head * (this.#wide ? 32n : 16n);
    const text = `write ${hexadecimal(at)} 16 0x${bytesText(low)}${bytesText(high)}`;
    if (this.#descriptors.get(at) === text) return;
    this.#descriptors.set(at, text);
    this.#lines[this.#write]!.behind.push(text);
  }

  #interrupt(asked: Asked): void {
    this.#leaveUnanswered();
    this.#asked = asked;
  }

  /**
   * An entry as it was read. If it is another one now, it has changed at some time since it was last read: the earliest
   * is taken, so that every invalidation in between counts for it.
   */
  #entry(index: bigint, low: bigint, high: bigint): void {
    if (this.#root === undefined) {
      if (this.#asked !== undefined) this.#asked.unplaced = true;
      return;
    }
    const at = this.#root.address + 16n * index;
    const known = this.#entries.get(at);
    if (known?.low !== low || known.high !== high) {
      const since = Math.max(this.#root.since, known?.since ?? 0);
      this.#lines[since]?.behind.push(`write ${hexadecimal(at)} 16 0x${bytesText(low)}${bytesText(high)}`);
    }
    const entry = { low, high, since: this.#lines.length - 1 };
    this.#entries.set(at, entry);
    if (this.#asked === undefined) return;
    this.#asked.entry = entry;
    this.#asked.source ??= sourceOf(Uint32Array.of(...wordsOf(low), ...wordsOf(high)));
  }

  /** §11.4.7.6: an interrupt fault, if its reason is that of one. */
  #record(high: bigint): void {
    const reason = (high >> 32n) & 0xffn;
    if (this.#asked === undefined || reason < 0x20n || reason > 0x2fn) return;
    this.#asked.source = Number(high & 0xffffn);
    this.#answer(`UR ${reason.toString(16).toUpperCase()}h`);
  }

  #answer(outcome: string): void {
    if (this.#asked?.unplaced === true) this.#leaveUnanswered();
    else if (this.#asked !== undefined) this.#close(this.#asked, `${interruptText(this.#asked)} = ${outcome}`);
  }

  #leaveUnanswered(): void {
    if (this.#asked === undefined) return;
    this.#unanswered += 1;
    this.#close(this.#asked, `# ${interruptText(this.#asked)}`);
  }

  #close({ entry }: Asked, text: string): void {
    this.#add(text);
    if (entry !== undefined) entry.since = this.#lines.length - 1;
    this.#asked = undefined;
  }

  #dmaRequest(line: string): void {
    const translated = TRANSLATED.exec(line);
    const blocked = BLOCKED.exec(line);
    if (translated !== null) {
      const [, bus, device, func, from, to] = translated;
      this.#dma += 1;
      this.#add(
        `# dma ${bus}:${device}.${func} read-or-write ${hexadecimal(fromHex(from))} = completed ${hexadecimal(fromHex(to))}`,
      );
    } else if (blocked !== null && Number(blocked[2]) < 0x100) {
      const [, source, reason, address, write] = blocked;
      this.#dma += 1;
      const request = `${formatSourceId(Number(fromHex(source)))} ${write === '1' ? 'write' : 'read'}`;
      this.#add(`# dma ${request} ${hexadecimal(fromHex(address))} = UR, fault reason ${hexadecimal(Number(reason))}`);
    }
  }
}

/** A word of 64 bits as it stands in memory. */
const bytesText = (word: bigint): string => (word.toString(16).padStart(16, '0').match(/../g) ?? []).reverse().join('');

const interruptText = ({ address, data, source = 0 }: Asked): string =>
  `interrupt ${formatSourceId(source)} ${hexadecimal(address)} ${hexadecimal(data)}`;

/** §5.1.6.2: bits 31:8 of a destination of 32 bits are bits 63:40 of the address. */
function deliveredText(address: bigint, data: bigint): string {
  const upper = address >> 32n;
  const low = address & 0xffff_ffffn;
  const destination = upper === 0n ? '' : ` destination=${upper | ((low >> 12n) & 0xffn)}`;
  return `delivered ${hexadecimal(low)} ${hexadecimal(data & 0xffff_ffffn)}${destination}`;
}
