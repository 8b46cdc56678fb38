import fc from 'fast-check';
import type { History, Operation } from './history.ts';
import {
  ADDRESSES,
  contextEntry,
  directory,
  FRAMES,
  firstStage,
  firstStageEntry,
  GUEST_FRAMES,
  PASIDS,
  pasidEntry,
  pasidTable,
  SIDES,
  type Side,
  SOURCES,
  scalableContext,
  secondStage,
  secondStageEntry,
  slots,
} from './history-layout.ts';
import { contextAt, pasidAt, scalableContextAt } from './history-setup.ts';
import { type Command, type PageRange, shiftOf } from './invalidation-command.ts';

/** What a history of one kind is drawn for. */
export interface Scene {
  readonly scalable: boolean;
  readonly via: 'queue' | 'register';
  /** RWBF: some writes are not seen at once. */
  readonly buffered: boolean;
  readonly unit: History['unit'];
}

/** What most of one history is about, so that it comes back to the same entries. */
export interface Focus {
  readonly source: number;
  readonly address: bigint;
  readonly pasid: number | undefined;
}

const mostly = <T>(usual: T, others: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: others });

type Asked = Extract<Operation, { kind: 'request' }>;

/** A request near the focus. */
export function request(scene: Scene, focus?: Focus): fc.Arbitrary<Asked & Focus> {
  const source = fc.constantFrom<number[]>(SOURCES[0], ...SOURCES);
  const address = fc.constantFrom(...ADDRESSES.slice(0, 3), ...ADDRESSES);
  const pasid = scene.scalable ? fc.constantFrom(undefined, 1, 2) : fc.constant(undefined);
  return fc.record({
    kind: fc.constant('request' as const),
    source: focus === undefined ? source : mostly(focus.source, source),
    address: focus === undefined ? address : mostly(focus.address, address),
    access: fc.constantFrom('read', 'read', 'write'),
    pasid: focus === undefined ? pasid : mostly(focus.pasid, pasid),
  });
}

const written = (scene: Scene, entry: fc.Arbitrary<{ address: bigint; qwords: bigint[] }>): fc.Arbitrary<Operation> =>
  fc
    .tuple(entry, scene.buffered ? fc.boolean() : fc.constant(true))
    .map(([{ address, qwords }, visible]) => ({ kind: 'write', address, qwords, visible }));

/** An entry of the paging tables: another leaf, other rights, absent, another table, a large page, a reserved bit. */
export function tableWrite(scene: Scene, focus: Focus): fc.Arbitrary<Operation> {
  const place = fc.constantFrom(1, 1, 1, 2, 2, 3, 4).chain((level) => {
    const index = Number((focus.address >> shiftOf(level)) & 0x1ffn);
    const slot = mostly(Math.max(slots(level).indexOf(index), 0), fc.nat(1));
    return fc.record({ side: mostly<Side>(0, fc.constantFrom(...SIDES)), level: fc.constant(level), i: slot });
  });
  const first = scene.scalable ? fc.boolean() : fc.constant(false);
  return written(
    scene,
    fc
      .record({
        place,
        first,
        target: fc.constantFrom(...SIDES),
        frame: fc.nat(3),
        rights: fc.constantFrom(3n, 3n, 3n, 3n, 1n, 2n),
        form: fc.constantFrom('usual', 'usual', 'usual', 'usual', 'usual', 'large', 'large', 'absent', 'reserved'),
      })
      .map(({ place: { side, level, i }, first: isFirst, target, frame, rights, form }) => {
        const table = isFirst ? firstStage(side, level) : secondStage(side, level);
        const address = table + BigInt(slots(level)[i] ?? 0) * 8n;
        const leaf = level === 1 || (form === 'large' && level < 4) ? level : 0;
        const frames = (isFirst ? GUEST_FRAMES : FRAMES)[leaf] ?? [];
        const below = isFirst ? firstStage(target, level - 1) : secondStage(target, level - 1);
        const to = leaf === 0 ? below : (frames[frame % frames.length] ?? 0n);
        const entry = isFirst ? firstStageEntry(to, rights, leaf) : secondStageEntry(to, rights, leaf, scene.scalable);
        return { address, qwords: [form === 'absent' ? 0n : form === 'reserved' ? entry | (1n << 50n) : entry] };
      }),
  );
}

/** A root, context, PASID-directory or PASID-table entry. */
export function structureWrite(scene: Scene, focus: Focus): fc.Arbitrary<Operation> {
  const side = fc.constantFrom(...SIDES);
  const at = mostly<Side>(0, side);
  const source = mostly(focus.source, fc.constantFrom<number[]>(...SOURCES));
  const did = fc.constantFrom(7n, 8n);
  const levels = fc.constantFrom<(3 | 4)[]>(4, 4, 3);
  const form = fc.constantFrom(...Array<string>(8).fill('usual'), 'absent', 'reserved');
  const shaped = (qwords: bigint[], how: string): bigint[] => {
    if (how === 'absent') return qwords.map(() => 0n);
    return how === 'reserved' ? qwords.map((word, i) => (i === 0 ? word | (1n << 50n) : word)) : qwords;
  };
  if (!scene.scalable)
    return written(
      scene,
      fc
        .record({ at, source, did, levels, to: side, type: fc.constantFrom(0n, 0n, 0n, 1n, 2n), form })
        .map((drawn) => ({
          address: contextAt(drawn.at, drawn.source),
          qwords: shaped(contextEntry(drawn.type, drawn.to, drawn.levels, drawn.did), drawn.form),
        })),
    );
  const context = fc.record({ at, source, to: side, ridPasid: fc.constantFrom(0n, 0n, 3n), form }).map((drawn) => ({
    address: scalableContextAt(drawn.at, drawn.source),
    qwords: shaped(scalableContext(drawn.to, drawn.ridPasid), drawn.form),
  }));
  const inDirectory = fc
    .record({ at, to: side, form })
    .map((drawn) => ({ address: directory(drawn.at), qwords: shaped([pasidTable(drawn.to) | 1n], drawn.form) }));
  const inTable = fc
    .record({
      at,
      pasid: mostly(BigInt(focus.pasid ?? 0), fc.constantFrom<bigint[]>(...PASIDS)),
      pgtt: fc.constantFrom(1n, 2n, 3n, 3n, 4n),
      did,
      second: side,
      levels,
      first: side,
      sre: fc.boolean(),
      ssade: fc.boolean(),
      form,
    })
    .map((drawn) => ({ address: pasidAt(drawn.at, drawn.pasid), qwords: shaped(pasidEntry(drawn), drawn.form) }));
  return written(
    scene,
    fc.oneof(
      { weight: 2, arbitrary: context },
      { weight: 1, arbitrary: inDirectory },
      { weight: 4, arbitrary: inTable },
    ),
  );
}

/** A command of any kind, right or slightly wrong: another domain, AM too small, IH=1. */
export function command(scene: Scene, focus: Focus): fc.Arbitrary<Operation> {
  const did = fc.constantFrom(7, 7, 7, 8, 8, 0, 0x17);
  const pasid = mostly(focus.pasid ?? 0, fc.constantFrom(0, 1, 2));
  const range: fc.Arbitrary<PageRange> = fc.record({
    address: mostly(focus.address, fc.constantFrom<bigint[]>(...ADDRESSES, 0x3_1000n)),
    am: fc.constantFrom(0, 0, 0, 1, 9, 18),
    ih: fc.boolean(),
  });
  const source = mostly(focus.source, fc.constantFrom<number[]>(...SOURCES));
  const functionMask = fc.constantFrom(0, 0, 0, 1, 2, 3);
  const { via } = scene;
  const all: fc.Arbitrary<Command>[] = [
    fc.constantFrom('context', 'iotlb').map((kind) => ({ kind, granularity: 'global', via })),
    did.map((d) => ({ kind: 'context', granularity: 'domain', did: d, via })),
    fc
      .record({ did, source, functionMask })
      .map((operands) => ({ kind: 'context', granularity: 'device', ...operands, via })),
    did.map((d) => ({ kind: 'iotlb', granularity: 'domain', did: d, via })),
    fc.tuple(did, range).map(([d, r]) => ({ kind: 'iotlb', granularity: 'page', did: d, ...r, via })),
    fc.tuple(did, range).map(([d, r]) => ({ kind: 'iotlb', granularity: 'page', did: d, ...r, via })),
  ];
  if (scene.scalable) {
    all.push(
      fc.constant({ kind: 'pasid', granularity: 'global', via }),
      did.map((d) => ({ kind: 'pasid', granularity: 'domain', did: d, via })),
      fc.tuple(did, pasid).map(([d, p]) => ({ kind: 'pasid', granularity: 'pasid', did: d, pasid: p, via })),
      fc.tuple(did, pasid).map(([d, p]) => ({ kind: 'pasidIotlb', granularity: 'pasid', did: d, pasid: p, via })),
      fc
        .tuple(did, pasid, range)
        .map(([d, p, r]) => ({ kind: 'pasidIotlb', granularity: 'page', did: d, pasid: p, ...r, via })),
      fc
        .tuple(did, pasid, range)
        .map(([d, p, r]) => ({ kind: 'pasidIotlb', granularity: 'page', did: d, pasid: p, ...r, via })),
    );
  }
  return fc.oneof(...all).map((drawn) => ({ kind: 'command', command: drawn }));
}
