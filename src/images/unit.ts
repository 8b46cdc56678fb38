import type { Caches } from '../caches/caches.ts';
import type { CachePolicy } from '../caches/policy.ts';
import type { Choices } from '../platform/choices.ts';
import { GCMD_REG, GSTS_REG, RTADDR_REG } from '../registers/global.ts';
import { IRTA_REG } from '../registers/interrupt-remapping.ts';
import { IQA_REG } from '../registers/invalidation.ts';
import { PQA_REG } from '../registers/page-request.ts';
import { PHMBASE_REG, PHMLIMIT_REG, PLMBASE_REG, PLMLIMIT_REG, PMEN_REG } from '../registers/protected-memory.ts';
import { RemappingUnit } from '../unit/remapping-unit.ts';
import { type Image, registerOf } from './image.ts';
import { InputError, messageOf } from './input-error.ts';

/** What requests depend on, in the order in which software writes it: PMEN_REG.EPM after the bounds. */
const STATE = [RTADDR_REG, IRTA_REG, IQA_REG, PQA_REG, PLMBASE_REG, PLMLIMIT_REG, PHMBASE_REG, PHMLIMIT_REG, PMEN_REG];

/**
 * A unit in the state of the image's registers: tables latched as GSTS_REG says, translation and interrupt remapping on
 * or off, and where the queues are. Fault records, event registers and what the queues hold are not taken over: nothing
 * runs. `choices` go before those of the image; `caches` are what the unit remembers. Throws an InputError if the
 * capabilities contradict themselves.
 */
export function unitOf(
  image: Image,
  choices: Partial<Choices> = {},
  caches: CachePolicy | Caches = 'none',
): RemappingUnit {
  const unit = newUnit(image, choices, caches);
  for (const { offset, width } of STATE) {
    if (typeof offset !== 'number' || width === 128) continue;
    unit.writeRegister(offset, width, registerOf(image, offset, width));
  }
  const status = Uint32Array.of(Number(registerOf(image, unit.registers.offsetOf('GSTS_REG'), 32)));
  const command = new Uint32Array(1);
  GCMD_REG.SRTP.put(command, GSTS_REG.RTPS(status));
  GCMD_REG.SIRTP.put(command, GSTS_REG.IRTPS(status));
  GCMD_REG.CFI.put(command, GSTS_REG.CFIS(status));
  GCMD_REG.QIE.put(command, GSTS_REG.QIES(status));
  GCMD_REG.IRE.put(command, GSTS_REG.IRES(status));
  GCMD_REG.TE.put(command, GSTS_REG.TES(status));
  unit.writeRegister(unit.registers.offsetOf('GCMD_REG'), 32, BigInt(command[0]!));
  return unit;
}

function newUnit(
  { unit, memory, path, choices: known }: Image,
  choices: Partial<Choices>,
  caches: CachePolicy | Caches,
): RemappingUnit {
  try {
    return new RemappingUnit({ unit, memory, caches, choices: { ...known, ...choices } });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new InputError(`expected the registers of a remapping unit in ${path}: ${messageOf(error)}`);
  }
}
