import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const IASL = 'iasl';
const asked = spawnSync(IASL, ['-v'], { encoding: 'utf8' });

/** Whether this machine has the ACPI disassembler, which version, and what is said of tests that need it where not. */
export const HAS_IASL = asked.status === 0;
export const IASL_VERSION = /version (\d+)/.exec(asked.stdout ?? '')?.[1] ?? 'none';
export const WITH_IASL = HAS_IASL ? 'with the iasl of this machine' : `skipped, there is no ${IASL} here`;

/** A field as the disassembler prints it. */
export interface DisassembledField {
  readonly offset: number;
  readonly length: number;
  readonly name: string;
  /** Text without its quotes, or a number in hexadecimal without blanks; of a path `device,function`. */
  readonly value: string;
}

export interface Disassembly {
  readonly fields: readonly DisassembledField[];
  /** What it says beside the fields: on its own output, and in comments of the table. */
  readonly complaints: readonly string[];
  /** The bytes that its compiler makes of the text. */
  compile(): Uint8Array;
}

/** A folder for its files. */
export class IaslFolder {
  readonly #path = mkdtempSync(join(tmpdir(), 'vtd-iasl-'));

  disassemble(table: Uint8Array): Disassembly {
    const prefix = join(this.#path, 'table');
    writeFileSync(`${prefix}.bin`, table);
    const { status, stdout, stderr } = spawnSync(IASL, ['-p', prefix, '-d', `${prefix}.bin`], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`iasl -d ended with ${status}: ${stdout}${stderr}`);
    const text = readFileSync(`${prefix}.dsl`, 'utf8');
    const said = [...`${stdout}${stderr}`.split('\n'), ...text.split('\n')];
    return {
      fields: text.split('\n').flatMap(fieldIn),
      complaints: said.filter((line) => /\b(?:warning|error|incorrect|invalid)\b|\*{4}/i.test(line)),
      compile: () => this.#compile(prefix),
    };
  }

  #compile(prefix: string): Uint8Array {
    const { status, stdout, stderr } = spawnSync(IASL, ['-p', prefix, `${prefix}.dsl`], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`iasl ended with ${status}: ${stdout}${stderr}`);
    return new Uint8Array(readFileSync(`${prefix}.aml`));
  }

  remove(): void {
    rmSync(this.#path, { recursive: true });
  }
}

// [030h 0048   2]                Subtable Type : 0000 [Hardware Unit Definition]
const FIELD =
  /^\[[0-9A-F]+h (\d+) +(\d+)[^\]]*\] +(.*?) : (?:"(.*?)"|([0-9A-F]+(?: [0-9A-F]{2})*|[0-9A-F]{2},[0-9A-F]{2})(?= |$))/;

function fieldIn(line: string): readonly DisassembledField[] {
  const found = FIELD.exec(line);
  if (found === null) return [];
  const [, offset, length, name = '', text, number = ''] = found;
  return [{ offset: Number(offset), length: Number(length), name, value: text ?? number.replaceAll(' ', '') }];
}
