import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../harness/repository.ts';

/** The fault recording register, and FSTS_REG, as they were after a step. */
interface Faults {
  readonly fsts: string;
  readonly frcd: readonly { readonly lo: string; readonly hi: string }[];
}

interface DmaSeen extends Faults {
  /** Null where it could not be seen whether bytes moved. */
  readonly moved: boolean | null;
  readonly pa?: readonly string[];
  readonly tail_moved?: boolean;
  readonly tail_pa?: readonly string[];
}

interface InterruptSeen extends Faults {
  readonly delivered: boolean;
  readonly out: { readonly address: string; readonly data: string } | null;
}

/** One step of a recording: fixtures/qemu/README.md says what each is. */
export type RecordedStep =
  | { readonly op: 'mem_write'; readonly addr: string; readonly data: string }
  | { readonly op: 'mem_read'; readonly addr: string; readonly observed: { readonly data: string } }
  | { readonly op: 'sentinel'; readonly addr: string; readonly size: string }
  | { readonly op: 'reg_write'; readonly offset: string; readonly size: 4 | 8; readonly value: string }
  | {
      readonly op: 'reg_read';
      readonly offset: string;
      readonly name: string;
      readonly size: 4 | 8;
      readonly observed: { readonly value: string };
    }
  | {
      readonly op: 'dma';
      readonly device: string;
      readonly sid: string;
      readonly dir: 'read' | 'write';
      readonly iova: string;
      readonly size: number;
      readonly observed: DmaSeen;
    }
  | {
      readonly op: 'itd';
      readonly sid: string;
      readonly iova: string;
      readonly expect_pa: string;
      readonly size: number;
      readonly observed: Faults & { readonly result: string };
    }
  | {
      readonly op: 'msi';
      readonly sid: string;
      readonly address: string;
      readonly data: string;
      readonly observed: InterruptSeen;
    }
  | { readonly op: 'note'; readonly text: string };

/** What a QEMU did in one scenario. */
export interface Recording {
  readonly name: string;
  readonly qemu: string;
  /** Options of `intel-iommu`. */
  readonly iommu: string;
  readonly cap: string;
  readonly ecap: string;
  readonly devices: Readonly<Record<string, { readonly sid: string }>>;
  readonly steps: readonly RecordedStep[];
}

const FOLDER = join(ROOT, 'fixtures/qemu');

/** All recordings, by name. */
export const RECORDINGS: readonly Recording[] = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.json'))
  .sort()
  .map((name) => JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as Recording);
