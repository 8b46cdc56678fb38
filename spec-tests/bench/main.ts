import { bench, do_not_optimize, group, run } from 'mitata';
import { Granularity, type TranslationScope } from '../../src/caches/scopes.ts';
import {
  type DmaRequest,
  type InterruptRequest,
  newRemappedInterrupt,
  newTranslation,
  type RemappingUnit,
} from '../../src/index.ts';
import { interruptBench } from './interrupt-tables.ts';
import { DOMAIN, legacyBench } from './legacy-tables.ts';
import { PAGES } from './map.ts';
import { scalableBench } from './scalable-tables.ts';
import { benchServer } from './serve.ts';

const FRCD_REG_0_TOP = 0x220 + 12;
const translation = newTranslation();

/** Each call goes on to the next of the requests: what is measured is one operation. */
function over<Request>(requests: readonly Request[], operation: (request: Request) => unknown): () => void {
  let next = 0;
  return () => {
    do_not_optimize(operation(requests[next]!));
    next = (next + 1) % requests.length;
  };
}

/** A benchmark of requests that must all succeed: a fault would be quick for the wrong reason. */
function walks(name: string, unit: RemappingUnit, requests: readonly DmaRequest[]): void {
  for (const request of requests) {
    const condition = unit.translate(request, translation);
    if (condition !== undefined) throw new Error(`${name}: ${condition.code}`);
  }
  bench(
    name,
    over(requests, (request) => unit.translate(request, translation)),
  );
}

const legacy = legacyBench();
group(`legacy mode, nothing cached, ${PAGES} random pages of 1 GiB`, () => {
  walks('walk: root, context, 4 levels', legacy.unit, legacy.translated);
  walks('pass-through: root, context', legacy.unit, legacy.passed);
  bench(
    'walk, through the door',
    over(legacy.translated, (request) => legacy.unit.dma(request)),
  );
  bench(
    'fault, recorded, record cleared',
    over(legacy.faulting, (request) => {
      const outcome = legacy.unit.dma(request);
      legacy.unit.writeRegister(FRCD_REG_0_TOP, 32, 0x8000_0000n);
      return outcome;
    }),
  );
  bench(
    'fault, not recorded for overflow',
    over(legacy.faulting, (request) => legacy.unit.dma(request)),
  );
});

const scalable = scalableBench();
group('scalable mode, nothing cached, root, context, PASID directory and table read each time', () => {
  walks('first-stage walk, 4 levels', scalable.unit, scalable.firstStage);
  walks('second-stage walk, 4 levels', scalable.unit, scalable.secondStage);
  walks('nested walk, 24 paging entries', scalable.unit, scalable.nested);
});

const invalidatePage = (page: number): TranslationScope => ({
  granularity: Granularity.PAGE,
  domainId: DOMAIN,
  page,
  addressMask: 0,
  leavesOnly: true,
});
const DOMAIN_SCOPE: TranslationScope = {
  granularity: Granularity.DOMAIN,
  domainId: DOMAIN,
  page: 0,
  addressMask: 0,
  leavesOnly: false,
};

/** Requests of a unit that remembers all, each made once before. */
function remembered(count: number) {
  const { unit, translated } = legacyBench('full');
  const requests = translated.slice(0, count);
  for (const request of requests) unit.translate(request, translation);
  return { unit, requests };
}

group('legacy mode, cached', () => {
  const one = remembered(1);
  walks('IOTLB hit, one page', one.unit, one.requests);
  const thousand = remembered(1000);
  walks('IOTLB hit, 1,000 pages', thousand.unit, thousand.requests);
  const small = legacyBench({ iotlb: 1024 });
  walks('IOTLB miss, walk, insert, 1,024 entries', small.unit, small.translated);
  const refill = remembered(1024);
  bench(
    'page-selective invalidation of 1,024 entries, refill',
    over(refill.requests, (request) => {
      refill.unit.invalidations.invalidateTranslations(invalidatePage(request.page));
      return refill.unit.translate(request, translation);
    }),
  );
  const domain = remembered(1024);
  bench('domain-selective invalidation of 1,024 entries, all refilled', () => {
    domain.unit.invalidations.invalidateTranslations(DOMAIN_SCOPE);
    for (const request of domain.requests) domain.unit.translate(request, translation);
  });
});

const remapped = newRemappedInterrupt();

/** The same as {@link walks} for interrupt requests. */
function interrupts(name: string, unit: RemappingUnit, requests: readonly InterruptRequest[]): void {
  for (const request of requests) {
    const condition = unit.remap(request, remapped);
    if (condition !== undefined) throw new Error(`${name}: ${condition.code}`);
  }
  bench(
    name,
    over(requests, (request) => unit.remap(request, remapped)),
  );
}

group('interrupt remapping, 1,024 entries in random order', () => {
  const none = interruptBench();
  const full = interruptBench('full');
  interrupts('remapped MSI, entry read', none.unit, none.remapped);
  interrupts('remapped MSI, entry cached', full.unit, full.remapped);
  interrupts('posted MSI, entry and descriptor read', none.unit, none.posted);
  interrupts('posted MSI, entry cached', full.unit, full.posted);
  bench(
    'remapped MSI, entry cached, through the door',
    over(full.remapped, (request) => full.unit.interrupt(request)),
  );
});

// `npm run bench -- interrupt` runs the rows that have the word.
const [word] = process.argv.slice(2);
await run(word === undefined ? {} : { filter: new RegExp(word, 'i') });
await benchServer(word);
