type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

const WIDTH = 120;

/** A vector file as it is to be written: 2 spaces a level, and on one line what fits into 120 columns. */
export const formatted = (file: unknown): string => `${print(file as Json, '', 0)}\n`;

/** `used`: columns before the value on its line, and one for a comma behind it. */
function print(value: Json, indent: string, used: number): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const line = onOneLine(value);
  if (used > 0 && used + line.length + 1 <= WIDTH) return line;
  const deeper = `${indent}  `;
  if (Array.isArray(value)) {
    const items = (value as readonly Json[]).map((item) => `${deeper}${print(item, deeper, deeper.length)}`);
    return items.length === 0 ? '[]' : `[\n${items.join(',\n')}\n${indent}]`;
  }
  const members = Object.entries(value).map(([name, member]) => {
    const start = `${deeper}${JSON.stringify(name)}: `;
    return `${start}${print(member, deeper, start.length)}`;
  });
  return members.length === 0 ? '{}' : `{\n${members.join(',\n')}\n${indent}}`;
}

function onOneLine(value: Json): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(onOneLine).join(', ')}]`;
  const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}: ${onOneLine(member)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}
