import { addressOf, type PageNumber } from '../bits/page-number.ts';
import { wordsText } from '../bits/words-text.ts';
import { hexadecimal } from '../images/hexadecimal.ts';

/** Bytes of a page. */
export const PAGE_BYTES = 4096;

/** The address of a page. */
export const pageAddress = (page: PageNumber, width = 0): string => hexadecimal(addressOf(page), Math.ceil(width / 4));

/** First and last address of some pages. */
export function pageRange(page: PageNumber, pages: number, width = 0): string {
  const last = addressOf(page + pages - 1, PAGE_BYTES - 1);
  return `${pageAddress(page, width)}-${hexadecimal(last, Math.ceil(width / 4))}`;
}

/** Words of 32 bits as words of 64, the lowest first: as `vtd decode` takes them. */
export function qwordsText(words: Uint32Array): string {
  const qwords = Array.from({ length: words.length / 2 }, (_, n) => wordsText(words.subarray(2 * n, 2 * n + 2)));
  return qwords.join(' ');
}

/** Words of 32 bits as one number. */
export const valueOfWords = (words: Uint32Array): bigint => BigInt(wordsText(words));

/** READ and WRITE as letters. */
export const permissionText = (permission: number): string =>
  `${(permission & 1) !== 0 ? 'r' : '-'}${(permission & 2) !== 0 ? 'w' : '-'}`;

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** A size in the largest unit that divides it. */
export function sizeText(bytes: number): string {
  let unit = 0;
  let count = bytes;
  while (count !== 0 && count % 1024 === 0 && unit < UNITS.length - 1) {
    count /= 1024;
    unit += 1;
  }
  return `${count} ${UNITS[unit]}`;
}

/** A size in three digits or so. */
export function roughSizeText(bytes: number): string {
  let unit = 0;
  let count = bytes;
  while (count >= 1024 && unit < UNITS.length - 1) {
    count /= 1024;
    unit += 1;
  }
  return `${Number(count.toPrecision(count >= 100 ? 4 : 3))} ${UNITS[unit]}`;
}

/** `1 device`, `2 devices`; `no devices`. */
export function countText(count: number, singular: string, plural = `${singular}s`): string {
  return `${count === 0 ? 'no' : count} ${count === 1 ? singular : plural}`;
}

/** A fault reason as the document writes it. */
export const reasonText = (reason: number): string => `${reason.toString(16).toUpperCase().padStart(2, '0')}h`;

/** Rows with their columns aligned and two spaces between; a column whose name begins with `>` goes to the right. */
export function tableText(header: readonly string[], rows: readonly (readonly string[])[], indent = '  '): string[] {
  const right = header.map((name) => name.startsWith('>'));
  const names = header.map((name) => name.replace(/^>/, ''));
  const widths = names.map((name, column) =>
    rows.reduce((width, row) => Math.max(width, row[column]?.length ?? 0), name.length),
  );
  return [names, ...rows].map((row) => {
    const cells = row.map((cell, column) => {
      const width = widths[column] ?? 0;
      return right[column] === true ? cell.padStart(width) : cell.padEnd(width);
    });
    return `${indent}${cells.join('  ')}`.trimEnd();
  });
}

/** `prefix` and words after it, in lines of at most `width` characters that begin below the first word. */
export function wrapped(prefix: string, text: string, width = 100): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && prefix.length + line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines.map((part, n) => `${n === 0 ? prefix : ' '.repeat(prefix.length)}${part}`);
}

/** A word as a POSIX shell takes it. */
export const shellWord = (text: string): string =>
  /^[\w./=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
