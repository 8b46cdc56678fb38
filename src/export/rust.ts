import { hex } from '../bits/hex.ts';
import { LAYOUTS, type Layout } from './layouts.ts';
import { ABOUT, fieldText, layoutText } from './words.ts';

/** A module for Rust without dependencies: a module a layout, a constant a field. */
export function rustModule(): string {
  return `//! ${ABOUT}
#![allow(dead_code)]

/// A field: which word, its lowest bit there, and ones where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    pub word: usize,
    pub shift: u32,
    pub mask: u64,
}

impl Field {
    /// The field's value. Words have 64 bits, the lowest comes first.
    pub const fn get(self, words: &[u64]) -> u64 {
        (words[self.word] & self.mask) >> self.shift
    }

    /// Replaces the field's value; bits that do not fit are dropped.
    pub fn set(self, words: &mut [u64], value: u64) {
        words[self.word] = (words[self.word] & !self.mask) | ((value << self.shift) & self.mask);
    }
}

${LAYOUTS.map(moduleLines).join('\n\n')}
`;
}

function moduleLines(layout: Layout): string {
  const { identifier, width, offset, fields, reserved } = layout;
  return [
    `/// ${layoutText(layout)}`,
    `pub mod ${identifier.toLowerCase()} {`,
    // Of a register that is reserved whole there is nothing to import it for.
    ...(fields.length === 0 ? [] : ['    use super::Field;']),
    `    pub const BYTES: usize = ${width / 8};`,
    ...(typeof offset === 'number' ? [`    pub const OFFSET: usize = ${hex(offset)};`] : []),
    '    /// Bits that are reserved in every unit, by word.',
    `    pub const RESERVED: [u64; ${reserved.length}] = [${reserved.map(hex).join(', ')}];`,
    ...fields.flatMap((field) => {
      const { word, shift, mask } = field;
      const value = `Field { word: ${word}, shift: ${shift}, mask: ${hex(mask)} }`;
      return [`    /// ${fieldText(field)}`, `    pub const ${field.identifier}: Field = ${value};`];
    }),
    '}',
  ].join('\n');
}
