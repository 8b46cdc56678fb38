import fc from 'fast-check';
import { contradictionsOf } from '../../src/index.ts';
import { DEFAULT_CHOICES, type PageOperation, type PageRequest, type PageScene } from '../oracle/index.ts';
import { drawTables } from './scalable-scene.ts';
import { Draw, drawUnit, type Scene } from './scene.ts';

/** Scenes of page requests: tables of scalable mode, some of them spoilt, and now and then another mode. */
export const pageScene = (): fc.Arbitrary<PageScene> => fc.gen().map((gen) => drawScene(new Draw(gen)));

const REQUESTS = 24;

function drawScene(draw: Draw): PageScene {
  const unit = drawPageUnit(draw);
  const sources = [draw.below(0x10000), draw.below(0x10000)];
  const kinds = Array.from({ length: 4 }, () => drawKind(draw, draw.of(sources)));
  const requesters = kinds.map(({ source, address, pasid }) => ({
    sourceId: source,
    address,
    ...(pasid === undefined ? {} : { pasid }),
  }));
  const { root, pages, words } = drawTables(draw, unit, requesters);
  const mode = draw.oneIn(12) ? draw.of([0b00n, 0b10n, 0b11n]) : 0b01n;
  const base = pages.any();
  const operations = [
    ...setUp(draw, base),
    ...Array.from({ length: REQUESTS }, () => drawOperation(draw, kinds, base)),
  ];
  const ring = [0n, 8n, 16n, 24n].map((offset) => base + 32n * BigInt(draw.below(128)) + offset);
  return {
    unit: {
      ...unit,
      choices: {
        ...DEFAULT_CHOICES,
        scalableRootHalf: draw.of(['used', 'both']),
        reservedTranslationType: draw.of(['CA', 'UR']),
        compressFaults: draw.oneIn(2),
        faultAddressWidth: draw.of(['largest-agaw', 'untruncated']),
        pageRequestWithoutTranslation: draw.of(['answered', 'dropped']),
        pageRequestOrder: draw.of(['tables', 'overflow']),
        stopMarkerOverflow: draw.oneIn(2),
        stopMarkerFault: draw.of(['silent', 'recorded']),
        pageRequestServiced: draw.of(['both', 'PPR']),
      },
    },
    rtaddr: root | (mode << 10n) | (draw.oneIn(2) ? 0x80n : 0n),
    memory: words.all,
    poison: new Set([...words.all.keys(), ...ring].filter(() => draw.oneIn(120))),
    readOnly: new Set(ring.filter(() => draw.oneIn(20))),
    operations,
  };
}

/** A unit that mostly takes page requests; ECAP_REG.SMS comes and goes, and VER_REG may be of any age. */
function drawPageUnit(draw: Draw): Scene['unit'] {
  for (;;) {
    const drawn = drawUnit(draw, true);
    const pageRequests = draw.oneIn(30) ? 0n : 1n << 29n;
    const stopMarkers = pageRequests !== 0n && draw.oneIn(2) ? 1n << 58n : 0n;
    const extendedCapabilities = (drawn.extendedCapabilities & ~(1n << 29n)) | pageRequests | stopMarkers;
    const unit = { ...drawn, version: draw.of([drawn.version, 0x80]), extendedCapabilities };
    if (contradictionsOf(unit).length === 0) return unit;
  }
}

type Kind = Pick<PageRequest, 'source' | 'address' | 'pasid'>;

function drawKind(draw: Draw, source: number): Kind {
  const address = draw.of([0n, 0xfee0_0000n, draw.bits(64) & ~0xfffn, draw.bits(48) & ~0xfffn, 0xffff_8000_0000_0000n]);
  const pasid = draw.of([0, 1, 5, 0x41, 0x1fff, 0x2000]);
  return draw.oneIn(3) ? { source, address } : { source, address, pasid };
}

/** One request of these, with what does not lead to tables drawn anew. */
function drawPageRequest(draw: Draw, kinds: readonly Kind[]): PageRequest {
  const marker = draw.oneIn(5);
  return {
    ...draw.of(kinds),
    read: !marker && draw.oneIn(2),
    write: !marker && draw.oneIn(2),
    execute: draw.oneIn(3),
    privileged: draw.oneIn(3),
    group: draw.below(512),
    last: marker ? !draw.oneIn(4) : draw.oneIn(2),
  };
}

/** Pointers near both ends of a ring of 128, and anywhere. */
const drawPointer = (draw: Draw): bigint =>
  BigInt(draw.of([draw.below(6), 122 + draw.below(6), draw.below(0x4000)])) << 5n;

/** Mostly one page; ones in reserved bits, which do nothing. */
const drawBase = (draw: Draw, base: bigint): bigint => base | draw.of([0n, 0n, 0n, 1n, 7n, 0xff8n]);

const MASKED = 1n << 31n;

/** Now and then the ring is full from the beginning. */
function setUp(draw: Draw, base: bigint): PageOperation[] {
  const tail = drawPointer(draw);
  return [
    { write: 'TE', value: draw.oneIn(30) ? 0n : 1n },
    { write: 'PQA', value: drawBase(draw, base) },
    { write: 'PQH', value: draw.oneIn(3) ? tail + 32n : drawPointer(draw) },
    { write: 'PQT', value: tail },
    { write: 'PECTL', value: draw.oneIn(2) ? MASKED : 0n },
    { write: 'FECTL', value: draw.oneIn(3) ? MASKED : 0n },
  ];
}

function drawOperation(draw: Draw, kinds: readonly Kind[], base: bigint): PageOperation {
  if (!draw.oneIn(3)) return { request: drawPageRequest(draw, kinds) };
  switch (draw.below(12)) {
    case 0:
    case 1:
      return { write: 'PQH', value: drawPointer(draw) };
    case 2:
      return { write: 'PQT', value: drawPointer(draw) };
    case 3:
    case 4:
    case 5:
      return { write: 'PRS', value: BigInt(draw.of([0, 1, 2, 3, 0xff])) };
    case 6:
    case 7:
      return { write: 'PECTL', value: draw.of([0n, MASKED]) };
    case 8:
      return { write: 'FSTS', value: draw.of([0n, 1n, 3n]) };
    case 9:
      return { write: 'FECTL', value: draw.of([0n, MASKED]) };
    case 10:
      return { write: 'F', value: BigInt(draw.below(4)) };
    default:
      return draw.oneIn(3)
        ? { write: 'TE', value: draw.oneIn(3) ? 0n : 1n }
        : { write: 'PQA', value: drawBase(draw, base) };
  }
}
