import { describe, expect, test } from 'vitest';
import map from '../../fixtures/invalidation/worked-sets.json' with { type: 'json' };
import { loadVectors } from '../../src/vectors/load.ts';
import { ROOT } from '../harness/repository.ts';

/** The ids of vectors for a set or case of the digest of chapter 6, or why there are none. */
type Entries = Readonly<Record<string, readonly string[] | string>>;

const known = new Set(
  loadVectors(`${ROOT}/fixtures`).flatMap(({ file }) => file.groups.flatMap(({ cases }) => cases.map(({ id }) => id))),
);

const upTo = (last: number, prefix: string) => Array.from({ length: last }, (_, i) => `${prefix}${i + 1}`);

describe.each<[string, Entries, readonly string[]]>([
  ['worked sets', map['worked sets'], upTo(44, 'A')],
  ['cases', map.cases, upTo(120, '')],
])('The map from the digest of chapter 6 to vectors: %s', (_, entries, names) => {
  test('every one has an entry, and there is no other', () => {
    expect(Object.keys(entries).sort()).toEqual([...names].sort());
  });

  test('every entry lists vectors that there are, each once, or gives a reason in a sentence', () => {
    for (const [name, entry] of Object.entries(entries)) {
      if (typeof entry === 'string') {
        expect(entry, name).toMatch(/^[A-Z].{15,}\.$/);
        continue;
      }
      expect(entry.length, name).toBeGreaterThan(0);
      expect(new Set(entry).size, name).toBe(entry.length);
      expect(
        entry.filter((id) => !known.has(id)),
        name,
      ).toEqual([]);
    }
  });
});
