import fc from 'fast-check';
import type { DmaRequestParameters } from '../../src/index.ts';
import { Draw, drawRequest, drawUnit, Pages, type Scene, Words } from './scene.ts';

/** Scenes in scalable mode: every structure on the way of each request, some of them spoilt. */
export const scalableScene = (): fc.Arbitrary<Scene> => fc.gen().map((gen) => drawScene(new Draw(gen)));

const FIRST_STAGE = 1;
const SECOND_STAGE = 2;
const NESTED = 3;

/** What the tables of a scene are made with. */
interface Place {
  readonly draw: Draw;
  readonly pages: Pages;
  readonly words: Words;
  readonly unit: Scene['unit'];
  /** SSIRWE. */
  readonly io: boolean;
  /** A bit of ECAP_REG. */
  readonly has: (bit: number) => boolean;
  /** Context entries mostly allow page requests. */
  readonly pageRequests: boolean;
}

/** Whose tables they are: some of what any request has. */
type Requester = Pick<DmaRequestParameters, 'sourceId' | 'address' | 'pasid'>;

/** The tables of a unit on the way of each page request, some of them spoilt. */
export function drawTables(
  draw: Draw,
  unit: Scene['unit'],
  requesters: readonly Requester[],
): { readonly root: bigint; readonly pages: Pages; readonly words: Words } {
  const place: Place = { ...emptyPlace(draw, unit), io: false, pageRequests: true };
  const root = place.pages.any();
  for (const requester of requesters) putTables(place, root, requester);
  return { root, pages: place.pages, words: place.words };
}

const emptyPlace = (draw: Draw, unit: Scene['unit']) => ({
  draw,
  pages: new Pages(draw, unit.hostAddressWidth),
  words: new Words(draw),
  unit,
  has: (bit: number) => ((unit.extendedCapabilities >> BigInt(bit)) & 1n) === 1n,
});

function drawScene(draw: Draw): Scene {
  const unit = drawUnit(draw, true);
  const empty = emptyPlace(draw, unit);
  const { pages, words } = empty;
  const io = empty.has(57) && draw.oneIn(2);
  const place: Place = { ...empty, io, pageRequests: false };
  const root = pages.any();
  const sources = [draw.below(0x10000), draw.below(0x10000)];
  const requests = Array.from({ length: 4 }, () => drawRequest(draw, draw.of(sources), true));
  for (const request of requests) putTables(place, root, request);
  return {
    unit,
    choices: {
      scalableRootHalf: draw.of(['used', 'both']),
      rightsBeforeWalkEnd: draw.oneIn(4),
      nestedTableRead: draw.of(['SFS.6', 'SFS.8']),
      reservedTranslationType: draw.of(['CA', 'UR']),
      compressFaults: draw.oneIn(2),
      faultAddressWidth: draw.of(['largest-agaw', 'untruncated']),
    },
    rootTableAddress: root | 0x400n | (io ? 0x80n : 0n),
    enabled: true,
    memory: words.all,
    poison: new Set([...words.all.keys()].filter(() => draw.oneIn(150))),
    readOnly: new Set([...words.all.keys()].filter(() => draw.oneIn(60))),
    requests,
  };
}

function putTables(place: Place, root: bigint, { sourceId, address, pasid }: Requester): void {
  const { draw, pages, words, has, pageRequests } = place;
  const present = () => (draw.oneIn(40) ? 0n : 1n);
  const faultProcessingDisabled = () => (draw.oneIn(12) ? 2n : 0n);
  const rootEntry = root + BigInt(sourceId >>> 8) * 16n;
  const upper = (sourceId & 0x80) !== 0;
  const lowerTable = words.point(rootEntry, pages.any() | present());
  const upperTable = words.point(rootEntry + 8n, pages.any() | present());

  const context = (upper ? upperTable : lowerTable) + BigInt(sourceId & 0x7f) * 32n;
  const flag = (bit: number, capability: number, usual: boolean) => (has(capability) && usual ? 1n << BigInt(bit) : 0n);
  const deviceTlb = !draw.oneIn(12);
  const pasids = !draw.oneIn(12);
  const ownPasid = has(49) ? BigInt(draw.of([0, 0, 0x3f, 0x41, draw.oneIn(4) ? 0x2000 : 7])) : 0n;
  const flags =
    flag(2, 2, deviceTlb) |
    flag(3, 40, pasids) |
    flag(4, 29, (deviceTlb || draw.oneIn(4)) && (pageRequests ? !draw.oneIn(16) : draw.oneIn(2))) |
    flag(6, 56, (pasids || draw.oneIn(4)) && draw.oneIn(2)) |
    (BigInt(draw.of([0, 1, 1, 7])) << 9n);
  const directory = words.point(context, pages.any() | present() | faultProcessingDisabled() | flags);
  words.point(context + 8n, ownPasid | (has(53) && draw.oneIn(3) ? 1n << 20n : 0n));
  words.point(context + 16n, 0n);
  words.point(context + 24n, 0n);

  const index = pasid === undefined ? (words.all.get(context + 8n) ?? 0n) & 0xfffffn : BigInt(pasid);
  const table = words.point(directory + (index >> 6n) * 8n, pages.any() | present() | faultProcessingDisabled());
  putPasidEntry(place, table + (index & 0x3fn) * 64n, address);
}

function putPasidEntry(place: Place, at: bigint, address: bigint): void {
  const { draw, pages, words, unit, has } = place;
  const type = draw.of([
    FIRST_STAGE,
    FIRST_STAGE,
    SECOND_STAGE,
    SECOND_STAGE,
    NESTED,
    NESTED,
    NESTED,
    4,
    draw.below(8),
  ]);
  const widths = [3, 4, 5].filter((levels) => ((unit.capabilities >> BigInt(levels + 6)) & 1n) === 1n);
  const levels = draw.oneIn(20) ? draw.of([3, 4, 5]) : draw.of(widths);
  const fiveLevels = ((unit.capabilities >> 60n) & 1n) === 1n && draw.oneIn(2);
  const maybe = (bit: number, capability: number) => (has(capability) && draw.oneIn(2) ? 1n << BigInt(bit) : 0n);
  const usually = (bit: number, capability: number) => (has(capability) && !draw.oneIn(6) ? 1n << BigInt(bit) : 0n);
  const secondStage = words.point(
    at,
    (draw.oneIn(40) ? 0n : 1n) |
      (draw.oneIn(12) ? 2n : 0n) |
      (BigInt(type) << 6n) |
      (has(46) ? pages.any() | (BigInt(levels - 2) << 2n) | maybe(9, 45) : 0n),
  );
  const types = has(25) ? (0x0007_0406_0107_0506n << 32n) & 0xffff_ffff_0000_0000n : 0n;
  const cacheDisable = has(25) && draw.oneIn(6) ? 1n << 25n : 0n;
  words.point(at + 8n, BigInt(draw.below(16)) | usually(23, 48) | maybe(24, 7) | cacheDisable | maybe(26, 25) | types);
  const firstStage = words.point(
    at + 16n,
    (has(47) ? pages.any() | (fiveLevels ? 4n : 0n) | (draw.oneIn(2) ? 1n << 4n : 0n) : 0n) |
      usually(0, 31) |
      maybe(7, 34),
  );
  for (let offset = 24n; offset < 64n; offset += 8n) words.point(at + offset, 0n);

  if (type === SECOND_STAGE) putSecondStage(place, secondStage, levels, address);
  if (type === FIRST_STAGE) putFirstStage(place, firstStage, fiveLevels ? 5 : 4, address, () => undefined);
  if (type === NESTED) {
    putFirstStage(place, firstStage, fiveLevels ? 5 : 4, address, (guest) =>
      putSecondStage(place, secondStage, levels, guest),
    );
  }
}

/** A page is mostly mapped to itself, so that the guest's tables can be where they say. */
function putSecondStage({ draw, pages, words, io }: Place, top: bigint, levels: number, address: bigint): void {
  let table = top;
  for (let level = levels; level >= 1; level--) {
    const shift = BigInt(12 + 9 * (level - 1));
    const leaf = level === 1 || (level <= 3 && draw.oneIn(8)) || draw.oneIn(80);
    const permission = BigInt(draw.of([3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 1, 2, 0]));
    const flags = BigInt(draw.of([0, 0x100, 0x300])) & (leaf ? 0x300n : 0x100n);
    const attributes = leaf ? BigInt(draw.below(16)) << 3n : 0n;
    const target = leaf ? (draw.oneIn(8) ? pages.any() : address & 0x3fff_ffff_f000n) : pages.any();
    const aligned = leaf ? (target >> shift) << shift : target;
    table = words.point(
      table + ((address >> shift) & 0x1ffn) * 8n,
      aligned |
        (io ? permission << 61n : permission) |
        flags |
        (attributes & 0x78n) |
        (leaf && level > 1 ? 0x80n : 0n) |
        (leaf && draw.oneIn(12) ? 0x800n : 0n),
    );
    if (leaf) return;
  }
}

function putFirstStage(
  { draw, pages, words }: Place,
  top: bigint,
  levels: number,
  address: bigint,
  reach: (guest: bigint) => void,
): void {
  let table = top;
  for (let level = levels; level >= 1; level--) {
    const shift = BigInt(12 + 9 * (level - 1));
    reach(table);
    const leaf = level === 1 || (level <= 3 && draw.oneIn(6)) || draw.oneIn(80);
    const present = draw.oneIn(40) ? 0n : 1n;
    const rights = BigInt(draw.of([3, 3, 3, 3, 3, 3, 2, 1, 0])) << 1n;
    const flags = BigInt(draw.of([0, 0x20, 0x60, 0x420, 0x460]));
    const cacheBits = BigInt(draw.below(4)) << 3n;
    const target = draw.oneIn(30) ? 0xfee0_0000n : pages.any();
    const aligned = leaf ? (target >> shift) << shift : target;
    const pat = leaf && draw.oneIn(3) ? (level === 1 ? 0x80n : 0x1000n) : 0n;
    const large = leaf && level > 1 ? 0x80n : 0n;
    const next = words.point(
      table + ((address >> shift) & 0x1ffn) * 8n,
      aligned | present | rights | flags | cacheBits | pat | large,
    );
    if (leaf) {
      reach(((next >> shift) << shift) + (address % (1n << shift)));
      return;
    }
    table = next;
  }
}
