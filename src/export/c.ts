import { hex } from '../bits/hex.ts';
import { LAYOUTS, type Layout } from './layouts.ts';
import { ABOUT, fieldText, layoutText } from './words.ts';

/** A header for C11 and C++: three constants a field, and accessors that take them by name. */
export function cHeader(): string {
  return `/* ${ABOUT} */
#ifndef VTD_LAYOUTS_H
#define VTD_LAYOUTS_H

#include <stdint.h>

/*
 * Words are 64 bits wide, of registers of 32 bits 32; the lowest comes first.
 * VTD_GET(entry, VTD_CONTEXT_ENTRY_AW) reads a field, VTD_SET(entry, VTD_CONTEXT_ENTRY_AW, 2) replaces it.
 */
#define VTD_GET(words, field) (((words)[field##_WORD] & field##_MASK) >> field##_SHIFT)
#define VTD_SET(words, field, value) \\
  ((words)[field##_WORD] = ((words)[field##_WORD] & ~field##_MASK) | (((uint64_t)(value) << field##_SHIFT) & field##_MASK))

${LAYOUTS.map(layoutLines).join('\n\n')}

#endif
`;
}

function layoutLines(layout: Layout): string {
  const { identifier, width, offset, fields, reserved } = layout;
  const prefix = `VTD_${identifier}`;
  const constant = width === 32 ? 'UINT32_C' : 'UINT64_C';
  return [
    `/* ${layoutText(layout)} */`,
    `#define ${prefix}_BYTES ${width / 8}`,
    ...(typeof offset === 'number' ? [`#define ${prefix}_OFFSET ${hex(offset)}`] : []),
    ...reserved.map((mask, n) => `#define ${prefix}_RESERVED_${n} ${constant}(${hex(mask)})`),
    ...fields.flatMap((field) => [
      `/* ${fieldText(field)} */`,
      `#define ${prefix}_${field.identifier}_WORD ${field.word}`,
      `#define ${prefix}_${field.identifier}_SHIFT ${field.shift}`,
      `#define ${prefix}_${field.identifier}_MASK ${constant}(${hex(field.mask)})`,
    ]),
  ].join('\n');
}
