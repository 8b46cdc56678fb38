/**
 * The columns of Table 30 (§7.1.3): untranslated, translation and translated requests, each without (n) and with (p)
 * PASID, then page requests that do (r) and do not (d) want a response.
 */
export const REQUEST_CLASSES = ['Un', 'Up', 'TRn', 'TRp', 'TDn', 'TDp', 'PQr', 'PQd'] as const;
export type RequestClass = (typeof REQUEST_CLASSES)[number];

/**
 * What a condition turns a request into: Unsupported Request, Completer Abort; a translation completion with Success
 * and no permission (S0) or the effective one (SE); Invalid Request; dropped; `-` where it does not apply.
 */
export type Response = 'UR' | 'CA' | 'S0' | 'SE' | 'IR' | 'drop' | '-';

/** One row of a fault table. A walk returns it; only the unit joins it with the request into a record. */
export interface Condition<Code extends string = string> {
  /** As printed: `LGN.2`, or `22h` for interrupt requests, which have only numbers. */
  readonly code: Code;
  /** The fault reason, FRCD_REG.FR. */
  readonly reason: number;
  /** Not recorded if FPD was 1 in an entry on the way, §7.1.1. */
  readonly qualified: boolean;
  /** By column of {@link REQUEST_CLASSES}. */
  readonly responses: readonly Response[];
  /** What happened, in our words. */
  readonly meaning: string;
}

const RESPONSES: ReadonlySet<string> = new Set<Response>(['UR', 'CA', 'S0', 'SE', 'IR', 'drop', '-']);

/** A row as it is printed: code, reason, `Q` if qualified, then the eight columns separated by spaces. */
export function row<Code extends string>(
  code: Code,
  reason: number,
  qualified: 'Q' | '-',
  columns: string,
  meaning: string,
): Condition<Code> {
  const responses = columns.trim().split(/ +/);
  if (responses.length !== REQUEST_CLASSES.length || !responses.every(isResponse)) {
    throw new RangeError(`${code} needs ${REQUEST_CLASSES.length} responses, got "${columns}"`);
  }
  return Object.freeze({ code, reason, qualified: qualified === 'Q', responses: Object.freeze(responses), meaning });
}

/** The same row with another response in one column: for a choice where two tables of the document differ. */
export function withResponse(condition: Condition, requestClass: RequestClass, response: Response): Condition {
  return Object.freeze({
    ...condition,
    responses: Object.freeze(condition.responses.with(columnOf(requestClass), response)),
  });
}

/** The column of a request class in {@link REQUEST_CLASSES}. */
export const columnOf = (requestClass: RequestClass): number => REQUEST_CLASSES.indexOf(requestClass);

function isResponse(text: string): text is Response {
  return RESPONSES.has(text);
}
