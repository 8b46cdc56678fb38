import { isInterruptReason, type LoggedFault, type Printer } from './logged-fault.ts';

/*
 * The lines in which operating systems print a fault. Nothing is asked of what stands before: time stamps, levels and
 * names of machines.
 */

/** A fault whose line does not hold the reason: the next line does. */
export type Unfinished = Omit<LoggedFault, 'reason' | 'printer'> & { readonly printer?: Printer };

const DEVICE =
  '\\[+(?:(?<segment>[0-9a-f]{4}):)?(?:0x)?(?<bus>[0-9a-f]{2}):(?:0x)?(?<device>[0-9a-f]{2})\\.(?<func>[0-7])\\]';

/**
 * Linux and Xen. A PASID stands in the brackets or behind the device, and all ones mean that there is none; Linux has
 * written addresses with and without 0x.
 */
const REQUEST = new RegExp(
  '(?:\\[DMA (?<access>Read|Write)(?: NO_PASID| PASID (?:0x)?(?<inside>[0-9a-f]+))?\\]|' +
    '(?<interrupt>INTR-REMAP)[\\]:]+(?:\\[[^\\]]*\\])?|UNKNOWN:) *' +
    `Request device ${DEVICE} (?:PASID (?:0x)?(?<behind>[0-9a-f]+) )?` +
    'fault (?<what>addr|index) (?:0x)?(?<number>[0-9a-f]{1,16})',
  'i',
);
/** Linux writes the reason in hexadecimal with 0x, and before that it wrote it in decimal. */
const LINUX_REASON = /\[fault reason (?<prefix>0x)?(?<digits>[0-9a-f]{1,3})\]/i;
/** Xen: on a line of its own, in hexadecimal. */
const XEN_REASON = /\[VT-D\](?:DMAR|INTR-REMAP|UNKNOWN): reason (?<digits>[0-9a-f]{1,2}) - /i;
/** FreeBSD: the type of the access as FRCD_REG.T1, everything but the bus, the slot and the function in hexadecimal. */
const FREEBSD =
  /DMAR\d+: .*\bsid (?<source>[0-9a-f]{1,4}) fault acc (?<acc>[0-9a-f]) adt 0x(?<at>[0-9a-f]) reason 0x(?<reason>[0-9a-f]{1,2}) addr (?<address>[0-9a-f]{1,16})/i;
/** QEMU's trace event. */
const QEMU =
  /\bvtd_dmar_fault sid 0x(?<source>[0-9a-f]{1,4}) fault (?<reason>\d{1,3}) addr 0x(?<address>[0-9a-f]{1,16}) write (?<write>[01])/i;

const TYPES = ['untranslated', 'translation', 'translated'] as const;

/** What a line says of a fault, all of it or all but the reason; undefined if it is no such line. */
export function faultInLine(line: string): LoggedFault | Unfinished | undefined {
  return ofRequest(line) ?? ofFreeBsd(line) ?? ofQemu(line);
}

/** The reason for the fault of the line before; undefined if it is no such line. */
export function reasonInLine(line: string): Pick<LoggedFault, 'reason' | 'printer'> | undefined {
  const xen = XEN_REASON.exec(line)?.groups;
  if (xen !== undefined) return { reason: hexadecimal(xen.digits), printer: 'Xen' };
  const linux = LINUX_REASON.exec(line)?.groups;
  if (linux === undefined) return undefined;
  const { prefix, digits = '' } = linux;
  const reason = prefix === undefined && /^\d+$/.test(digits) ? Number(digits) : hexadecimal(digits);
  return reason < 0x100 ? { reason, printer: 'Linux' } : undefined;
}

function ofRequest(line: string): LoggedFault | Unfinished | undefined {
  const groups = REQUEST.exec(line)?.groups;
  if (groups === undefined) return undefined;
  const { access, interrupt, inside, behind, segment, what, number = '' } = groups;
  const sourceId = (hexadecimal(groups.bus) << 8) | ((hexadecimal(groups.device) & 31) << 3) | Number(groups.func);
  const pasid = hexadecimal(inside ?? behind);
  const isInterrupt = interrupt !== undefined || what?.toLowerCase() === 'index';
  const fault: Unfinished = {
    kind: isInterrupt ? 'interrupt' : 'dma',
    sourceId,
    ...(segment === undefined ? {} : { segment: hexadecimal(segment) }),
    ...(access === undefined ? {} : { access: access.toLowerCase() === 'read' ? 'read' : 'write' }),
    ...((inside ?? behind) === undefined || pasid > 0xf_ffff ? {} : { pasid }),
    ...(isInterrupt ? { index: hexadecimal(number) & 0xffff } : { address: BigInt(`0x${number}`) }),
  };
  const reason = reasonInLine(line);
  return reason === undefined ? fault : { ...fault, ...reason };
}

function ofFreeBsd(line: string): LoggedFault | undefined {
  const groups = FREEBSD.exec(line)?.groups;
  if (groups === undefined) return undefined;
  const type = TYPES[hexadecimal(groups.at)];
  const access = groups.acc === '0' ? 'write' : 'read';
  const said = {
    printer: 'FreeBSD',
    sourceId: hexadecimal(groups.source),
    reason: hexadecimal(groups.reason),
  } as const;
  return ofRecord(said, access, BigInt(`0x${groups.address}`), type);
}

function ofQemu(line: string): LoggedFault | undefined {
  const groups = QEMU.exec(line)?.groups;
  if (groups === undefined || Number(groups.reason) > 0xff) return undefined;
  const said = { printer: 'QEMU', sourceId: hexadecimal(groups.source), reason: Number(groups.reason) } as const;
  return ofRecord(said, groups.write === '1' ? 'write' : 'read', BigInt(`0x${groups.address}`), undefined);
}

/** Of a line that prints bits 63:0 of the record whatever they are, §11.4.7.6. */
function ofRecord(
  said: Pick<LoggedFault, 'printer' | 'sourceId' | 'reason'>,
  access: 'read' | 'write',
  information: bigint,
  type: (typeof TYPES)[number] | undefined,
): LoggedFault {
  if (isInterruptReason(said.reason)) return { kind: 'interrupt', ...said, index: Number(information >> 48n) };
  return { kind: 'dma', ...said, access, address: information, ...(type === undefined ? {} : { type }) };
}

const hexadecimal = (digits: string | undefined): number => Number.parseInt(digits ?? '0', 16);
