import { fromHex } from '../bits/hex.ts';

/** The entries of a walk that a log holds, qwords with the lowest first: none of them where the walk had ended before. */
export interface TableDump {
  /** The root entry, in scalable mode both halves. */
  readonly root: readonly bigint[];
  /** The context entry, in scalable mode the lower half of it. */
  readonly context?: readonly bigint[];
  readonly pasidDirectory?: bigint;
  /** The PASID-table entry, eight qwords. */
  readonly pasidTable?: readonly bigint[];
  /** Paging entries by level, from the top. */
  readonly paging: ReadonlyMap<number, bigint>;
  readonly scalable: boolean;
}

/** Linux with CONFIG_DMAR_DEBUG. */
const BEGIN = /\bDump \S+ table entries for IOVA 0x[0-9a-f]+/i;
const ROOT = /\broot entry: 0x(?<low>[0-9a-f]{1,16})/i;
const SCALABLE_ROOT = /\bscalable mode root entry: hi 0x(?<high>[0-9a-f]{1,16}), low 0x(?<low>[0-9a-f]{1,16})/i;
const CONTEXT = /\bcontext entry: hi 0x(?<high>[0-9a-f]{1,16}), low 0x(?<low>[0-9a-f]{1,16})/i;
const DIRECTORY = /\bpasid dir entry: 0x(?<low>[0-9a-f]{1,16})/i;
const PASID_TABLE = /\bpasid table entry\[(?<n>[0-7])\]: 0x(?<low>[0-9a-f]{1,16})/i;
const PAGING = /\bpte level: (?<level>[1-5]), pte value: 0x(?<low>[0-9a-f]{1,16})/i;
/** Xen, which knows legacy mode alone. Both halves of a context entry stand around an underscore. */
const XEN_BEGIN = /\bprint_vtd_entries: /;
const XEN_ROOT = /\broot_entry\[[0-9a-f]+\] = (?<low>[0-9a-f]{1,16})\b/i;
const XEN_CONTEXT = /\bcontext\[[0-9a-f]+\] = (?<high>[0-9a-f]{1,16})_(?<low>[0-9a-f]{1,16})\b/i;
const XEN_PAGING = /\bl(?<level>[1-5])\[[0-9a-f]+\] = (?<low>[0-9a-f]{1,16})\b/i;

/** Takes the lines of a log that hold entries. */
export class TableDumpReader {
  #root: readonly bigint[] | undefined;
  #scalable = false;
  #context: readonly bigint[] | undefined;
  #directory: bigint | undefined;
  #pasidTable: bigint[] = [];
  readonly #paging = new Map<number, bigint>();

  /** Whether a line begins what a system prints of the tables. */
  static begins(line: string): boolean {
    return BEGIN.test(line) || XEN_BEGIN.test(line);
  }

  take(line: string): void {
    const scalable = SCALABLE_ROOT.exec(line)?.groups;
    const root = scalable ?? ROOT.exec(line)?.groups ?? XEN_ROOT.exec(line)?.groups;
    const context = CONTEXT.exec(line)?.groups ?? XEN_CONTEXT.exec(line)?.groups;
    const paging = PAGING.exec(line)?.groups ?? XEN_PAGING.exec(line)?.groups;
    const pasid = PASID_TABLE.exec(line)?.groups;
    if (root !== undefined) {
      this.#root = [fromHex(root.low), fromHex(root.high)];
      this.#scalable = scalable !== undefined;
    }
    if (context !== undefined) this.#context = [fromHex(context.low), fromHex(context.high)];
    if (paging !== undefined) this.#paging.set(Number(paging.level), fromHex(paging.low));
    if (pasid !== undefined) this.#pasidTable[Number(pasid.n)] = fromHex(pasid.low);
    const directory = DIRECTORY.exec(line)?.groups;
    if (directory !== undefined) this.#directory = fromHex(directory.low);
  }

  /** What was taken; undefined if there was not even a root entry. */
  get dump(): TableDump | undefined {
    if (this.#root === undefined) return undefined;
    const table = Array.from({ length: 8 }, (_, n) => this.#pasidTable[n] ?? 0n);
    return {
      root: this.#root,
      scalable: this.#scalable,
      ...(this.#context === undefined ? {} : { context: this.#context }),
      ...(this.#directory === undefined ? {} : { pasidDirectory: this.#directory }),
      ...(this.#pasidTable.length === 0 ? {} : { pasidTable: table }),
      paging: this.#paging,
    };
  }
}
