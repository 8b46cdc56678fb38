import type { Words } from '../bits/field.ts';
import type { PageNumber } from '../bits/page-number.ts';
import type { Choices } from '../platform/choices.ts';
import type { Configuration } from '../platform/configuration.ts';
import { PHMBASE_REG, PHMLIMIT_REG, PLMBASE_REG, PLMLIMIT_REG, PMEN_REG } from '../registers/protected-memory.ts';
import type { UnitRegisters } from './unit-registers.ts';

/** The two protected memory regions, §11.4.8. */
export class ProtectedMemory {
  readonly #words: Readonly<Record<'command' | 'plmBase' | 'plmLimit' | 'phmBase' | 'phmLimit', Words>>;
  readonly #blocksAll: boolean;
  readonly #granule: number;
  /** Which regions the unit has: low, high. */
  readonly #has: readonly [boolean, boolean];
  enabled = false;

  constructor(registers: UnitRegisters, { CAP, major }: Configuration, choices: Choices) {
    this.#words = {
      command: registers.words('PMEN_REG'),
      plmBase: registers.words('PLMBASE_REG'),
      plmLimit: registers.words('PLMLIMIT_REG'),
      phmBase: registers.words('PHMBASE_REG'),
      phmLimit: registers.words('PHMLIMIT_REG'),
    };
    this.#has = [CAP.PLMR === 1, CAP.PHMR === 1];
    this.#blocksAll =
      choices.protectedMemoryBlocksAll === 'by-version' ? major >= 2 : choices.protectedMemoryBlocksAll === 'always';
    this.#granule = 2 ** (choices.protectedMemoryAlignment + 1 - 12);
  }

  /** PMEN_REG was written: its status follows at once. */
  commandWritten(): void {
    const { command } = this.#words;
    PMEN_REG.PRS.put(command, PMEN_REG.EPM(command));
    this.statusChanged();
  }

  /** PMEN_REG has another status. */
  statusChanged(): void {
    this.enabled = PMEN_REG.PRS(this.#words.command) === 1;
  }

  /**
   * Whether an access to host memory is blocked, §11.4.8.1. `throughTables`: paging entries gave the address, which
   * older units let pass.
   */
  blocks(page: PageNumber, throughTables: boolean): boolean {
    if (!this.enabled || (throughTables && !this.#blocksAll)) return false;
    const [low, high] = this.#has;
    const { plmBase, plmLimit, phmBase, phmLimit } = this.#words;
    return (
      (low && this.#holds(PLMBASE_REG.PLMB(plmBase), PLMLIMIT_REG.PLML(plmLimit), page)) ||
      (high && this.#holds(PHMBASE_REG.PHMB(phmBase), PHMLIMIT_REG.PHML(phmLimit), page))
    );
  }

  /** Bits N:0 of a base count as zeros, of a limit as ones; a limit below the base names nothing. */
  #holds(base: PageNumber, limit: PageNumber, page: PageNumber): boolean {
    return page >= base && page < limit + Math.max(this.#granule, 1);
  }
}
