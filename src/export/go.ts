import { hex } from '../bits/hex.ts';
import { LAYOUTS, type Layout } from './layouts.ts';
import { ABOUT, fieldText, layoutText } from './words.ts';

/** A package for Go: names are those of the document, with underscores. */
export function goPackage(): string {
  return `// ${ABOUT}

// Package vtd has the layouts of Intel VT-d.
package vtd

// Field says where a field is: which word, its lowest bit there, and ones where it is.
type Field struct {
	Word  int
	Shift uint
	Mask  uint64
}

// Get reads the field. Words have 64 bits, the lowest comes first.
func (f Field) Get(words []uint64) uint64 {
	return (words[f.Word] & f.Mask) >> f.Shift
}

// Set replaces the field's value; bits that do not fit are dropped.
func (f Field) Set(words []uint64, value uint64) {
	words[f.Word] = words[f.Word]&^f.Mask | value<<f.Shift&f.Mask
}

${LAYOUTS.map(layoutLines).join('\n\n')}
`;
}

function layoutLines(layout: Layout): string {
  const { identifier, width, offset, fields, reserved } = layout;
  return [
    `// ${layoutText(layout)}`,
    `const ${identifier}_BYTES = ${width / 8}`,
    ...(typeof offset === 'number' ? [`const ${identifier}_OFFSET = ${hex(offset)}`] : []),
    '',
    'var (',
    '\t// Bits that are reserved in every unit, by word.',
    `\t${identifier}_RESERVED = []uint64{${reserved.map(hex).join(', ')}}`,
    ...fields.flatMap((field) => {
      const { word, shift, mask } = field;
      return [
        `\t// ${fieldText(field)}`,
        `\t${identifier}_${field.identifier} = Field{${word}, ${shift}, ${hex(mask)}}`,
      ];
    }),
    ')',
  ].join('\n');
}
