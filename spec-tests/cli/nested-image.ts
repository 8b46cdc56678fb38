import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** CAP_REG and ECAP_REG of a unit with both stages, nesting, PASIDs and RID_PASID. */
const CAPABILITIES = 0x11d2_000c_2238_0e06n;
const EXTENDED_CAPABILITIES = 0x0023_e998_8600_0fc6n;

/**
 * Device 00:02.0 with PASID 7, nested: guest tables at guest pages 10h to 13h map 4000_0000h to guest page 20h (user,
 * read and write), 4000_1000h to guest page 21h (supervisor, read only), 4000_2000h to guest page 22h, which is in no
 * second stage. The second stage maps guest pages 10h to 21h to host pages 110h to 121h, the last one for reading.
 * Requests without PASID come to RID_PASID 5, pass-through.
 */
const WORDS: readonly (readonly [number, bigint])[] = [
  // Root, context (00:02.0 is entry 10h), PASID directory, PASID table.
  [0x1000, 0x2001n],
  [0x2200, 0x300dn],
  [0x2208, 5n],
  [0x3000, 0x4001n],
  [0x4000 + 5 * 64, (4n << 6n) | 1n],
  [0x4000 + 5 * 64 + 8, 9n],
  [0x4000 + 7 * 64, 0x5000n | (1n << 2n) | (3n << 6n) | 1n],
  [0x4000 + 7 * 64 + 8, 8n | (1n << 23n)],
  [0x4000 + 7 * 64 + 16, 0x1_0000n | 1n | (1n << 4n)],
  // Second stage: 39 bits, three levels.
  [0x5000, 0x6003n],
  [0x6000, 0x7003n],
  ...Array.from({ length: 18 }, (_, n): readonly [number, bigint] => [
    0x7000 + 8 * (0x10 + n),
    BigInt(0x11_0000 + 0x1000 * n) | (n === 17 ? 1n : 3n),
  ]),
  // First stage, at the host pages of the guest pages 10h to 13h.
  [0x11_0000, 0x1_1067n],
  [0x11_1008, 0x1_2067n],
  [0x11_2000, 0x1_3067n],
  [0x11_3000, 0x2_0067n],
  [0x11_3008, 0x2_1061n],
  [0x11_3010, 0x2_2067n],
];

/** Writes the image as a dump in JSON; it goes with `--haw 46`. */
export function writeNestedImage(folder: string): string {
  const pages = new Map<string, Buffer>();
  for (const [address, word] of WORDS) {
    const page = `0x${(address & ~0xfff).toString(16)}`;
    const bytes = pages.get(page) ?? Buffer.alloc(4096);
    bytes.writeBigUInt64LE(word, address & 0xfff);
    pages.set(page, bytes);
  }
  const registers = {
    '0x0': '0x60',
    '0x8': `0x${CAPABILITIES.toString(16)}`,
    '0x10': `0x${EXTENDED_CAPABILITIES.toString(16)}`,
    '0x1c': '0xc0000000',
    '0x20': '0x1400',
  };
  const path = join(folder, 'nested.json');
  const inBase64 = [...pages].map(([address, bytes]) => [address, bytes.toString('base64')]);
  writeFileSync(path, JSON.stringify({ registers, pages: Object.fromEntries(inBase64) }));
  return path;
}
