import { fromHex, hex } from '../../bits/hex.ts';
import type { JsonObject } from '../../oracle/json-rpc.ts';

/** A part of a request as the unit translated it: bits of `mask` are those of the offset. */
export interface Translated {
  readonly from: bigint;
  readonly to: bigint;
  readonly mask: bigint;
}

/** What the unit said while it worked on something. */
export interface Heard {
  readonly translated: readonly Translated[];
  /** R and W of the entries of its IOTLB that answered, in bits 0 and 1. */
  readonly rights: readonly number[];
  /** The data of the interrupt request that came in at last. */
  readonly asked: bigint | undefined;
  /** As what an interrupt request went on. */
  readonly delivered: { readonly address: bigint; readonly data: bigint } | undefined;
  /** Interrupt messages of the unit itself, as `events.take` replies them. */
  readonly events: readonly JsonObject[];
  /** Whether the requests of a source go to the unit at all, by source-id; the last word counts. */
  readonly remapped: ReadonlyMap<number, boolean>;
}

const NUMBER = '0x([0-9a-f]+)';
const TRANSLATED = new RegExp(`^vtd_dmar_translate dev \\S+ iova ${NUMBER} -> gpa ${NUMBER} mask ${NUMBER}`);
const HIT = new RegExp(`^vtd_iotlb_page_hit .* (?:sl)?pte ${NUMBER}`);
const ASKED = new RegExp(`^vtd_ir_remap_msi_req addr ${NUMBER},? data ${NUMBER}`);
const DELIVERED = new RegExp(
  `^vtd_ir_remap_msi \\(addr ${NUMBER}, data ${NUMBER}\\) -> \\(addr ${NUMBER}, data ${NUMBER}\\)`,
);
const EVENT = new RegExp(`^vtd_irq_generate addr ${NUMBER} data ${NUMBER}`);
const SWITCHED = /^vtd_switch_address_space Device (..):(..)\.(.) .*\(iommu enabled=(.)\)/;
/** What precedes an interrupt message of the unit. */
const OF_INVALIDATION = /^vtd_(?:inv_desc_wait_irq|reg_write_iectl|reg_ics_clear_ip)/;
const OF_FAULT = /^vtd_(?:dmar_fault|frr_new|reg_write_fectl|fsts)/;

/** Reads lines of QEMU's trace. */
export function hear(lines: readonly string[]): Heard {
  const translated: Translated[] = [];
  const rights: number[] = [];
  const events: JsonObject[] = [];
  const remapped = new Map<number, boolean>();
  let asked: Heard['asked'];
  let delivered: Heard['delivered'];
  let kind = 'fault-event';
  for (const whole of lines) {
    const line = whole.replace(/^\d+@[\d.]+:/, '');
    if (OF_INVALIDATION.test(line)) kind = 'invalidation-event';
    else if (OF_FAULT.test(line)) kind = 'fault-event';
    const part = TRANSLATED.exec(line);
    if (part !== null) translated.push({ from: fromHex(part[1]), to: fromHex(part[2]), mask: fromHex(part[3]) });
    const hit = HIT.exec(line);
    if (hit !== null) rights.push(Number(fromHex(hit[1]) & 0b11n));
    const request = ASKED.exec(line);
    if (request !== null) asked = fromHex(request[2]);
    const message = DELIVERED.exec(line);
    if (message !== null) delivered = { address: fromHex(message[3]), data: fromHex(message[4]) & 0xffff_ffffn };
    const event = EVENT.exec(line);
    if (event !== null) events.push({ kind, address: hex(fromHex(event[1])), data: hex(fromHex(event[2])) });
    const to = SWITCHED.exec(line);
    if (to !== null) remapped.set(sourceOf(to), to[4] === '1');
  }
  return { translated, rights, asked, delivered, events, remapped };
}

function sourceOf([, bus = '0', device = '0', func = '0']: RegExpExecArray): number {
  return (Number.parseInt(bus, 16) << 8) | (Number.parseInt(device, 16) << 3) | Number.parseInt(func, 16);
}
