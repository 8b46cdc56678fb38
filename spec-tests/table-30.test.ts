import { expect, test } from 'vitest';
import { columnOf, REQUEST_CLASSES, type RequestClass } from '../src/conditions/condition.ts';
import { Fault } from '../src/conditions/translation.ts';
import { loadVectors } from '../src/vectors/load.ts';
import type { VectorCase, VectorStep } from '../src/vectors/types.ts';
import { ROOT } from './harness/repository.ts';

/** Cells with a response that no request can bring about, and why. */
const UNREACHABLE: Readonly<Record<string, string>> = {
  'RTA.1.3 TDp': 'without scalable mode a unit knows no translated request with PASID, §4.2.1',
  'RTA.1.3 PQr': 'without scalable mode a unit knows no page request, §11.4.3',
  'RTA.1.3 PQd': 'without scalable mode a unit knows no page request, §11.4.3',
};

const reached = new Set(
  loadVectors(`${ROOT}/fixtures`)
    .flatMap(({ file }) => file.groups.flatMap((group) => group.cases))
    .flatMap(cellsOf),
);

test.each(REQUEST_CLASSES)('%s: every response that Table 30 gives is expected by a vector', (column) => {
  const cells = Object.values(Fault)
    .filter(({ responses }) => responses[columnOf(column)] !== '-')
    .map(({ code }) => `${code} ${column}`);
  expect(cells.filter((cell) => !reached.has(cell) && !(cell in UNREACHABLE))).toEqual([]);
});

test('what is called unreachable is reached by no vector', () => {
  expect(Object.keys(UNREACHABLE).filter((cell) => reached.has(cell))).toEqual([]);
});

/** The row and the column that each request of a case is expected to meet. */
function cellsOf({ steps }: VectorCase): readonly string[] {
  return steps.flatMap((step) => {
    const column = columnOfStep(step);
    if (column === undefined || !('expect' in step)) return [];
    const conditions = JSON.stringify(step.expect).match(/(?<="condition":")[^"]+/g) ?? [];
    return conditions.map((code) => `${code} ${column}`);
  });
}

function columnOfStep(step: VectorStep): RequestClass | undefined {
  if ('request' in step) return classOf(step.request);
  if ('pageRequest' in step) return step.pageRequest.last === true ? 'PQr' : 'PQd';
  return undefined;
}

function classOf({ type, pasid }: Readonly<Record<string, unknown>>): RequestClass {
  const letters = type === 'translation' ? 'TR' : type === 'translated' ? 'TD' : 'U';
  return `${letters}${pasid === undefined ? 'n' : 'p'}`;
}
