import type { Image } from '../../src/images/image.ts';
import { registerOf } from '../../src/images/image.ts';

/** What Linux prints in debugfs of the tables of an image, read from its memory as the kernel goes through it. */
export function debugfsOf(image: Image): string {
  const { memory } = image;
  const word = (address: bigint): bigint => {
    const words = new Uint32Array(2);
    memory.load(Number(address >> 12n), Number(address & 0xfffn), words);
    return (BigInt(words[1]!) << 32n) | BigInt(words[0]!);
  };
  const q = (value: bigint, prefix = '0x') => `${prefix}${value.toString(16).padStart(16, '0')}`;
  const page = (value: bigint) => value & 0x000f_ffff_ffff_f000n;
  const lines: string[] = [];

  lines.push('IOMMU: dmar0 Register Base Address: fed90000', 'Name\t\t\tOffset\t\tContents');
  for (const [offset] of image.registers) {
    const width = [0x00, 0x1c].includes(offset) ? 32 : 64;
    lines.push(
      `${'REG'.padEnd(16)}\t0x${offset.toString(16).padStart(2, '0')}\t\t${q(registerOf(image, offset, width))}`,
    );
  }
  lines.push('');

  const rtaddr = registerOf(image, 0x20, 64);
  const scalable = (rtaddr & 0x400n) !== 0n;
  lines.push(`IOMMU dmar0: Root Table Address: 0x${page(rtaddr).toString(16)}`);
  lines.push('B.D.F\tRoot_entry\t\t\t\tContext_entry\t\t\t\tPASID\tPASID_table_entry');
  const tops = new Map<bigint, number>();
  for (let source = 0; source < 0x1_0000; source++) {
    const root = page(rtaddr) + BigInt(source >> 8) * 16n;
    const devfn = BigInt(source & 0xff);
    const half = scalable && devfn >= 0x80n ? word(root + 8n) : word(root);
    if ((half & 1n) === 0n) continue;
    const context = page(half) + (scalable ? (devfn & 0x7fn) * 32n : devfn * 16n);
    if ((word(context) & 1n) === 0n) continue;
    const [bus, device] = [source >> 8, (source >> 3) & 31].map((n) => n.toString(16).padStart(2, '0'));
    const start = `${bus}:${device}.${source & 7}\t${q(word(root + 8n))}:${q(word(root))}\t${q(word(context + 8n))}:${q(word(context))}\t`;
    if (!scalable) {
      lines.push(`${start}${'-1'.padEnd(6)}\t${q(0n)}:${q(0n)}:${q(0n)}`);
      tops.set(page(word(context)), Number(word(context + 8n) & 7n) + 2);
      continue;
    }
    const entries = 2 ** (Number((word(context) >> 9n) & 7n) + 7);
    for (let n = 0; n < entries; n++) {
      const table = word(page(word(context)) + BigInt(8 * n));
      if ((table & 1n) === 0n) continue;
      for (let i = 0; i < 64; i++) {
        const at = page(table) + BigInt(64 * i);
        if ((word(at) & 1n) === 0n) continue;
        const pasid = String(64 * n + i).padEnd(6);
        lines.push(`${start}${pasid}\t${q(word(at + 16n))}:${q(word(at + 8n))}:${q(word(at))}`);
        const firstStage = ((word(at) >> 6n) & 7n) === 1n;
        if (firstStage) tops.set(page(word(at + 16n)), 4);
        else if (((word(at) >> 6n) & 7n) === 2n) tops.set(page(word(at)), Number((word(at) >> 2n) & 7n) + 2);
      }
    }
  }
  lines.push('');

  const irta = registerOf(image, 0xb8, 64);
  lines.push('Remapped Interrupt supported on IOMMU: dmar0', ` IR table address:${page(irta).toString(16)}`);
  lines.push(' Entry SrcID   DstID    Vct IRTE_high\t\tIRTE_low');
  for (let index = 0; index < 2 ** (Number(irta & 0xfn) + 1); index++) {
    const at = page(irta) + BigInt(16 * index);
    if ((word(at) & 1n) === 0n) continue;
    lines.push(` ${String(index).padEnd(5)} 00:00.0 00000000 00  ${q(word(at + 8n), '')}\t${q(word(at), '')}`);
  }
  lines.push('', '****', '');

  for (const [top, levels] of tops) {
    lines.push(`Device 0000:00:00.0 @0x${top.toString(16)}`);
    lines.push('IOVA_PFN\t\tPML5E\t\t\tPML4E\t\t\tPDPE\t\t\tPDE\t\t\tPTE');
    const path = [0n, 0n, 0n, 0n, 0n, 0n];
    const walk = (table: bigint, level: number, start: number) => {
      for (let i = 0; i < 512; i++) {
        const entry = word(table + BigInt(8 * i));
        if ((entry & 3n) === 0n) continue;
        path[level] = entry;
        const at = start + i * 2 ** (9 * (level - 1));
        const row = [5, 4, 3, 2, 1].map((n) => q(path[n]!)).join('\t');
        if (level === 1 || (entry & 0x80n) !== 0n) lines.push(`0x${at.toString(16).padStart(13, '0')} |\t${row}`);
        else walk(page(entry), level - 1, at);
        path[level] = 0n;
      }
    };
    walk(top, levels, 0);
    lines.push('');
  }
  return `${lines.join('\n')}\n`;
}
