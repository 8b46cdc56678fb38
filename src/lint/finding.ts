import { hex } from '../bits/hex.ts';
import { addressOf, type PageNumber } from '../bits/page-number.ts';
import type { Severity } from './rule.ts';
import type { RuleId } from './rules.ts';

/** Something that is wrong with the tables or registers of a unit, or that software has to know. */
export interface Finding {
  readonly rule: RuleId;
  readonly severity: Severity;
  /** Of the specification, `§9.3`. */
  readonly section: string;
  /** What is wrong, here. */
  readonly says: string;
  /** What hardware does about it. */
  readonly hardware: string;
  readonly mend: string;
  /** The title of a structure, or the name of a register. */
  readonly structure: string;
  /** Of the entry; of several the lowest. Missing for registers. */
  readonly address?: bigint;
  readonly field?: string;
  /** What the entry or the register holds, in hexadecimal. */
  readonly value?: string;
  /** Whose requests, or which part of a table. */
  readonly of?: string;
  /** How many entries are like this; those after the first are not listed. */
  readonly count: number;
}

/** What a check knows of a finding; the rest is of its rule. */
export interface Found extends Omit<Partial<Finding>, 'rule' | 'severity' | 'section' | 'mend'> {
  readonly structure: string;
}

/** The address of a page. */
export const pageText = (page: PageNumber): string => hex(addressOf(page));

/** First and last address of some pages. */
export const pagesText = (page: PageNumber, pages: number): string =>
  `${pageText(page)}-${hex(addressOf(page + pages - 1, 0xfff))}`;
