import { writeFileSync } from 'node:fs';

/** 64-bit words by address. */
export type Qwords = Readonly<Record<string, bigint>>;

/** Root at 1000h, context at 2000h, tables from 3000h on: 00:04.0 has domain 1 and four levels, page 1 is 12345000h. */
export const SOUND: Qwords = {
  '0x1000': 0x2001n,
  '0x2200': 0x3001n,
  '0x2208': 0x102n,
  '0x3000': 0x4003n,
  '0x4000': 0x5003n,
  '0x5000': 0x6003n,
  '0x6008': 0x1234_5003n,
};

/** What the command is told of such an image. */
export const HOW = [
  '--base',
  '0',
  '--cap',
  '0xd2008c222f0606',
  '--ecap',
  '0xf00f4b',
  '--root',
  '0x1000',
  '--haw',
  '46',
];

/** Writes a raw image of 64 KiB that begins at address 0. */
export function writeRawImage(path: string, words: Qwords): void {
  const bytes = Buffer.alloc(0x1_0000);
  for (const [address, word] of Object.entries(words)) bytes.writeBigUInt64LE(word, Number(address));
  writeFileSync(path, bytes);
}
