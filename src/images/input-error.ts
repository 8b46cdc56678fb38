/** What somebody handed in cannot be used. The message is one sentence: what was expected, and where. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

/** Text from outside as it may stand in such a sentence: short, on one line, nothing that moves a terminal's cursor. */
export function quoted(text: string): string {
  const shown = text.length > 40 ? `${text.slice(0, 40)}...` : text;
  return JSON.stringify(shown).replace(/[\u007f-\u{10ffff}]/gu, '?');
}

/** The message of whatever was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
