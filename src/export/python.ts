import { hex } from '../bits/hex.ts';
import { LAYOUTS, type Layout } from './layouts.ts';
import { ABOUT, fieldText, layoutText } from './words.ts';

/** A module for Python 3: a class a layout, a constant a field. */
export function pythonModule(): string {
  return `"""${ABOUT}"""

from typing import List, NamedTuple, Sequence


class Field(NamedTuple):
    """Which word, its lowest bit there, and ones where it is."""

    word: int
    shift: int
    mask: int

    def get(self, words: Sequence[int]) -> int:
        """The field's value. Words have 64 bits, the lowest comes first."""
        return (words[self.word] & self.mask) >> self.shift

    def set(self, words: List[int], value: int) -> None:
        """Replaces the field's value; bits that do not fit are dropped."""
        words[self.word] = (words[self.word] & ~self.mask) | ((value << self.shift) & self.mask)


${LAYOUTS.map(classLines).join('\n\n\n')}
`;
}

function classLines(layout: Layout): string {
  const { identifier, width, offset, fields, reserved } = layout;
  return [
    `class ${identifier}:`,
    `    """${layoutText(layout)}"""`,
    '',
    `    BYTES = ${width / 8}`,
    ...(typeof offset === 'number' ? [`    OFFSET = ${hex(offset)}`] : []),
    '    # Bits that are reserved in every unit, by word.',
    `    RESERVED = (${reserved.map((mask) => `${hex(mask)},`).join(' ')})`,
    ...fields.flatMap((field) => {
      const { word, shift, mask } = field;
      return [`    # ${fieldText(field)}`, `    ${field.identifier} = Field(${word}, ${shift}, ${hex(mask)})`];
    }),
  ].join('\n');
}
