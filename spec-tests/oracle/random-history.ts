import fc from 'fast-check';
import type { History, Operation } from './history.ts';
import { rootTable, SIDES } from './history-layout.ts';
import { setup } from './history-setup.ts';
import { command, type Focus, request, type Scene, structureWrite, tableWrite } from './random-operations.ts';

/** Histories in legacy mode, about 40 operations behind the setup. */
export const legacyHistory = (): fc.Arbitrary<History> =>
  fc
    .record({
      version: fc.constantFrom(0x10, 0x50, 0x70),
      registers: fc.boolean(),
      cm: chance(3),
      rwbf: chance(4),
      esrtps: fc.boolean(),
      smts: chance(4),
      narrow: chance(4),
    })
    .chain(({ version, registers, cm, rwbf, esrtps, smts, narrow }) =>
      history({
        scalable: false,
        via: registers && version < 0x60 ? 'register' : 'queue',
        buffered: rwbf && !smts,
        unit: unitOf(version, { cm, rwbf: rwbf && !smts, esrtps, smts, narrow }),
      }),
    );

/** Histories in scalable mode: all kinds of translation, with and without PASID. */
export const scalableHistory = (): fc.Arbitrary<History> =>
  fc
    .record({ version: fc.constantFrom(0x50, 0x70), cm: chance(3), esrtps: fc.boolean(), narrow: chance(4) })
    .chain(({ version, cm, esrtps, narrow }) =>
      history({
        scalable: true,
        via: 'queue',
        buffered: false,
        unit: unitOf(version, { cm, rwbf: false, esrtps, smts: true, narrow }),
      }),
    );

/** True once in `n` draws. */
const chance = (n: number): fc.Arbitrary<boolean> => fc.nat(n - 1).map((drawn) => drawn === n - 1);

/** CAP_REG and ECAP_REG by the document's bit numbers (11.4.2, 11.4.3); ND=0 makes domain-ids of 4 bits. */
function unitOf(
  version: number,
  has: { cm: boolean; rwbf: boolean; esrtps: boolean; smts: boolean; narrow: boolean },
): History['unit'] {
  const capabilities =
    (has.narrow ? 0n : 6n) |
    (has.rwbf ? 1n << 4n : 0n) |
    (has.cm ? 1n << 7n : 0n) |
    (6n << 8n) | // SAGAW: 39 and 48 bits
    (47n << 16n) |
    (0x22n << 24n) | // FRO
    (3n << 34n) |
    (1n << 39n) |
    (18n << 48n) |
    (3n << 54n) | // DWD, DRD
    (has.smts ? 1n << 56n : 0n) |
    (has.esrtps ? 1n << 63n : 0n);
  // C, QI, DT, IR, PT, IRO=F0h; scalable: NEST, SRS, PASID, SSADS, SSTS, FSTS, SMPWCS, RPS, PSS=19
  const scalable = [26, 31, 40, 43, 45, 46, 47, 48, 49].reduce((value, bit) => value | (1n << BigInt(bit)), 19n << 35n);
  const extendedCapabilities = 0xf04fn | (has.smts ? scalable : 0n) | (version >= 0x60 ? 1n << 46n : 0n); // 11.4.2-G2
  return { version, hostAddressWidth: 46, capabilities, extendedCapabilities };
}

function history(scene: Scene): fc.Arbitrary<History> {
  const pgtts = fc.array(fc.constantFrom(1n, 2n, 2n, 3n, 3n, 4n), { minLength: 1, maxLength: 3 });
  return request(scene).chain((focus) =>
    fc.tuple(pgtts, fc.array(operations(scene, focus), { minLength: 12, maxLength: 30 })).map(([types, drawn]) => ({
      unit: scene.unit,
      operations: [...setup(scene.scalable, types), ...drawn.flat()],
    })),
  );
}

/** One step of a history: mostly one operation. */
function operations(scene: Scene, focus: Focus): fc.Arbitrary<Operation[]> {
  const ask = request(scene, focus);
  const change = fc.oneof(
    { weight: 3, arbitrary: tableWrite(scene, focus) },
    { weight: 1, arbitrary: structureWrite(scene, focus) },
  );
  const one = (arbitrary: fc.Arbitrary<Operation>) => arbitrary.map((operation) => [operation]);
  const wait: Operation[] = scene.via === 'queue' ? [{ kind: 'wait' }] : [];
  const rootChange = fc.constantFrom(...SIDES).map((side): Operation => {
    return { kind: 'rootTable', value: rootTable(side) | (scene.scalable ? 0x400n : 0n) };
  });
  return fc.oneof(
    { weight: 30, arbitrary: one(ask) },
    { weight: 8, arbitrary: fc.array(ask, { minLength: 2, maxLength: 4 }) },
    { weight: 24, arbitrary: one(change) },
    { weight: 16, arbitrary: fc.tuple(ask, change, ask) },
    { weight: 9, arbitrary: one(command(scene, focus)) },
    {
      weight: 9,
      arbitrary: fc.array(command(scene, focus), { minLength: 1, maxLength: 3 }).map((all) => [...all, ...wait]),
    },
    { weight: 5, arbitrary: fc.constant(wait) },
    { weight: 2, arbitrary: one(rootChange) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(ask, rootChange)
        .map(([asked, root]): Operation[] => [
          { kind: 'translation', on: false },
          asked,
          root,
          { kind: 'translation', on: true },
        ]),
    },
    { weight: scene.buffered ? 3 : 0, arbitrary: fc.constant<Operation[]>([{ kind: 'flush' }]) },
  );
}
