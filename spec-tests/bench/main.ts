import { bench, do_not_optimize, group, run } from 'mitata';
import { newTranslation } from '../../src/index.ts';
import { legacyBench, PAGES } from './legacy-tables.ts';

const { unit, translated, passed, faulting } = legacyBench();
const translation = newTranslation();
const FSTS_REG = 0x34;
const FRCD_REG_0_TOP = 0x220 + 12;

/** Each call goes on to the next of the requests: what is measured is one operation. */
function over<T>(requests: readonly T[], operation: (request: T) => unknown): () => void {
  let next = 0;
  return () => {
    do_not_optimize(operation(requests[next]!));
    next = (next + 1) % PAGES;
  };
}

group(`legacy mode, nothing cached, ${PAGES} random pages`, () => {
  bench(
    'walk: root, context, 4 levels',
    over(translated, (request) => unit.translate(request, translation)),
  );
  bench(
    'pass-through: root, context',
    over(passed, (request) => unit.translate(request, translation)),
  );
  bench(
    'walk, through the door',
    over(translated, (request) => unit.dma(request)),
  );
  bench(
    'pass-through, through the door',
    over(passed, (request) => unit.dma(request)),
  );
  bench(
    'fault, recorded, record cleared',
    over(faulting, (request) => {
      const outcome = unit.dma(request);
      unit.writeRegister(FRCD_REG_0_TOP, 32, 0x8000_0000n);
      return outcome;
    }),
  );
  bench(
    'fault, overflowing',
    over(faulting, (request) => unit.dma(request)),
  );
});

await run();
do_not_optimize(unit.readRegister(FSTS_REG, 32));
