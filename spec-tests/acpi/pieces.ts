/** The bytes of hexadecimal digits; whatever stands between them is passed by. */
export const bytesOfHex = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/[0-9a-f]{2}/gi) ?? [], (digits) => Number.parseInt(digits, 16));

export interface HeaderBytes {
  /** Byte 36. Default 26h: 39 bits. */
  readonly haw?: number;
  /** Byte 37. Default 01h: INTR_REMAP. */
  readonly flags?: number;
}

/**
 * A table of pieces in hexadecimal, with Length and Checksum made right. It shares nothing with the model's builder:
 * what it puts where is §8.1 read once more.
 */
export function tableOf(pieces: readonly string[], { haw = 0x26, flags = 0x01 }: HeaderBytes = {}): Uint8Array {
  const header = bytesOfHex(`
    44 4d 41 52  00 00 00 00  01 00  4f 45 4d 49 44 20  54 41 42 4c 45 49 44 20
    01 00 00 00  43 52 54 52  01 00 00 00  00 00  00 00 00 00 00 00 00 00 00 00`);
  const bytes = Uint8Array.from([...header, ...bytesOfHex(pieces.join(' '))]);
  bytes[4] = bytes.length & 0xff;
  bytes[5] = bytes.length >>> 8;
  bytes[36] = haw;
  bytes[37] = flags;
  return withChecksum(bytes);
}

/** The same bytes with byte 9 as it has to be. */
export function withChecksum(bytes: Uint8Array): Uint8Array {
  const result = bytes.slice();
  result[9] = 0;
  result[9] = (256 - (result.reduce((sum, byte) => sum + byte, 0) % 256)) % 256;
  return result;
}

/** The same bytes with some replaced, from `offset` on, and the checksum made right. */
export function patched(bytes: Uint8Array, offset: number, hex: string): Uint8Array {
  const result = bytes.slice();
  result.set(bytesOfHex(hex), offset);
  return withChecksum(result);
}

/** The unit of the display alone, at FED90000h. 24 bytes. */
export const GPU_UNIT = '00 00 18 00 00 00 00 00 00 00 d9 fe 00 00 00 00  01 08 00 00 00 00 02 00';
/** The unit of all the rest, at FED91000h, with I/O APIC 2 at F0:1F.0 and HPET 0 at 00:1F.0. 32 bytes. */
export const REST_UNIT = `00 00 20 00 01 00 00 00 00 10 d9 fe 00 00 00 00
  03 08 00 00 02 f0 1f 00  04 08 00 00 00 00 1f 00`;
/** 8B800000h to 8FFFFFFFh for the display. 32 bytes. */
export const GPU_REGION = `01 00 20 00 00 00 00 00 00 00 80 8b 00 00 00 00 ff ff ff 8f 00 00 00 00
  01 08 00 00 00 00 02 00`;
export const ALL_PORTS = '02 00 08 00 01 00 00 00';
/** Root port 00:01.0. 16 bytes. */
export const ONE_PORT = '02 00 10 00 00 00 00 00  02 08 00 00 00 00 01 00';
/** Of the unit at FED90000h, domain 0. 20 bytes. */
export const GPU_AFFINITY = '03 00 14 00 00 00 00 00 00 00 d9 fe 00 00 00 00 00 00 00 00';
/** Of the unit at FED91000h, domain 1. */
export const REST_AFFINITY = '03 00 14 00 00 00 00 00 00 10 d9 fe 00 00 00 00 01 00 00 00';
/** Device 1, \_SB.PCI0.UA00. 23 bytes. */
export const UART_NAME = '04 00 17 00 00 00 00 01  5c 5f 53 42 2e 50 43 49 30 2e 55 41 30 30 00';
/** A unit at FED90000h with that device as F0:15.0. 24 bytes. */
export const UART_UNIT = '00 00 18 00 00 00 00 00 00 00 d9 fe 00 00 00 00  05 08 00 00 01 f0 15 00';
/** 00:05.0, ATC_REQUIRED. 16 bytes. */
export const CACHE = '05 00 10 00 01 00 00 00  01 08 00 00 00 00 05 00';
/** 00:05.0, ATC_HARDENED and ATC_REQUIRED. 16 bytes. */
export const PROPERTIES = '06 00 10 00 00 00 00 00  01 08 18 00 00 00 05 00';

/** A client: 39 bits, INTR_REMAP and opt-in, 136 bytes, with a checksum that was worked out apart. */
export const CLIENT = bytesOfHex(`
  44 4d 41 52 88 00 00 00 01 3c 4f 45 4d 49 44 20
  54 41 42 4c 45 49 44 20 01 00 00 00 43 52 54 52
  01 00 00 00 26 05 00 00 00 00 00 00 00 00 00 00
  00 00 18 00 00 00 00 00 00 00 d9 fe 00 00 00 00
  01 08 00 00 00 00 02 00 00 00 20 00 01 00 00 00
  00 10 d9 fe 00 00 00 00 03 08 00 00 02 f0 1f 00
  04 08 00 00 00 00 1f 00 01 00 20 00 00 00 00 00
  00 00 80 8b 00 00 00 00 ff ff ff 8f 00 00 00 00
  01 08 00 00 00 00 02 00`);

/** Table 33, §8.3.1.4, with I/O APIC 8 and HPET 0: 152 bytes, INTR_REMAP. The registers are at FED90000h and behind. */
export const TABLE_33 = tableOf([
  '00 00 20 00 00 00 00 00 00 00 d9 fe 00 00 00 00  01 08 00 00 00 00 04 00  01 08 00 00 00 00 05 00',
  '00 00 18 00 00 00 00 00 00 10 d9 fe 00 00 00 00  02 08 00 00 00 00 07 00',
  '00 00 20 00 01 00 00 00 00 20 d9 fe 00 00 00 00  03 08 00 00 08 00 1f 07  04 08 00 00 00 00 1f 06',
  CACHE,
]);
