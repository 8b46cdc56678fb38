import type { Field } from '../bits/field.ts';
import { type RegisterField, ro } from '../bits/register.ts';

/** Access RO and default X in the document's columns: a value that the implementation brings along. */
export const roX = <F extends Field>(field: F): RegisterField<F> => ro(field, { reset: 'x' });
