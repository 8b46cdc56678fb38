import type { NumberField, Words } from '../bits/field.ts';

/** SC of ECRSP_REG and VCRSP_REG: the command is not defined, or the unit does not have it, §11.4.14.3, §11.4.16.3. */
const UNDEFINED_COMMAND = 1;

/**
 * Answers a command of the enhanced (§11.4.14) or virtual (§11.4.16) command interface. ECCAP_REG and VCCAP_REG
 * announce none, so that each is undefined, and it is done when the write returns: IP is 0.
 */
export function answerUndefinedCommand(response: { readonly SC: NumberField }, words: Words): void {
  words.fill(0);
  response.SC.put(words, UNDEFINED_COMMAND);
}
