import { describe, expect, test } from 'vitest';
import type { AllowedAnswers } from './allowed.ts';
import {
  A,
  AT,
  B,
  CM,
  device,
  domain,
  done,
  FS,
  page,
  pasidEntries,
  pasidEntry,
  pasidOf,
  pasidPage,
  putSecondLeaf,
  read,
  SS,
  scalableUnit,
  setPasid,
  to,
  V,
  write,
  X,
  Y,
  Z,
} from './allowed-bench.ts';

// The worked sets of 6.A in scalable mode. What is expected was written from the digest's table.

const NEW = to(0x77000);
const FIRST = to(0x4a000);
const SECOND = to(0xa000);
const NESTED = to(0xaa000);
const sorted = (...answers: string[]) => answers.sort();

const firstLeaf = (unit: AllowedAnswers, leaf: bigint) => unit.write(AT.first + 0x3008n, [leaf]);
const secondLeaf = (unit: AllowedAnswers, leaf: bigint) => unit.write(AT.second + 0x3008n, [leaf]);

describe('first-stage leaves', () => {
  test('A1, A2, A5, A6: only what was present is remembered, with either CM', () => {
    for (const set of [0n, CM]) {
      const unit = scalableUnit(1n, { set });
      firstLeaf(unit, 0n);
      expect(read(unit, X)).toEqual(['UR SFS.2']);
      firstLeaf(unit, (1n << 50n) | FS);
      expect(read(unit, X)).toEqual(['UR SFS.3']);
      firstLeaf(unit, 0x4a000n | FS);
      expect(read(unit, X)).toEqual([FIRST]);
      firstLeaf(unit, 0x77000n | FS);
      expect(read(unit, X)).toEqual(sorted(FIRST, NEW));
      firstLeaf(unit, 0n);
      expect(read(unit, X)).toEqual(sorted('UR SFS.2', FIRST, NEW));
    }
  });

  test('A10, A11, A14: the page with IH=1, the wrong domain, the wrong PASID, any page of the domain by iotlb_inv', () => {
    for (const [command, expected] of [
      [pasidPage(7, 0, X, 0, true), [NEW]],
      [pasidPage(8, 0, X), sorted(FIRST, NEW)],
      [pasidPage(7, 1, X), sorted(FIRST, NEW)],
      [pasidPage(7, 0, Y), sorted(FIRST, NEW)],
      [pasidOf(7, 0), [NEW]],
      [page(7, V), [NEW]],
      [page(8, X), sorted(FIRST, NEW)],
    ] as const) {
      const unit = scalableUnit(1n);
      read(unit, X);
      firstLeaf(unit, 0x77000n | FS);
      done(unit, command);
      expect(read(unit, X)).toEqual(expected);
    }
  });

  test('A7, A9: rights of an upper entry are kept in the paging-structure caches', () => {
    const unit = scalableUnit(1n);
    expect(write(unit, X)).toEqual([FIRST]);
    unit.write(AT.first, [(AT.first + 0x1000n) | (FS & ~2n)]);
    expect(write(unit, X)).toEqual(sorted(FIRST, 'UR SGN.6'));
    done(unit, pasidPage(7, 0, X, 0, true));
    expect(write(unit, X)).toEqual(sorted(FIRST, 'UR SGN.6')); // cases 14 and 15
    done(unit, pasidPage(7, 0, X));
    expect(write(unit, X)).toEqual(['UR SGN.6']);
    unit.write(AT.first, [(AT.first + 0x1000n) | FS]);
    expect(write(unit, X)).toEqual(sorted(FIRST, 'UR SGN.6'));
  });

  test('6.2.4.1-G2: a write is no hit on a leaf that is not dirty', () => {
    const unit = scalableUnit(1n);
    firstLeaf(unit, 0x4a027n);
    read(unit, X);
    firstLeaf(unit, 0x77027n);
    expect(write(unit, X)).toEqual([NEW]);
    expect(read(unit, X)).toEqual(sorted(FIRST, NEW));
    expect(write(unit, X)).toEqual([NEW]);
  });

  test('6.2.1-R7: leaves belong to a source and a PASID, pointing entries to a domain and a PASID', () => {
    const unit = scalableUnit(1n);
    read(unit, X);
    read(unit, X, A, 1);
    firstLeaf(unit, 0x77000n | FS);
    expect(read(unit, X, A, 2)).toEqual([NEW]);
    expect(read(unit, X, B)).toEqual([NEW]);
    unit.write(AT.first + 0x2000n, [(AT.otherFirst + 0x3000n) | FS]);
    expect(read(unit, X, B)).toEqual(sorted(NEW, to(0x5a000)));
    expect(read(unit, X, B, 1)).toEqual(sorted(NEW, to(0x5a000)));
    done(unit, pasidPage(7, 1, X));
    expect(read(unit, X, B, 1)).toEqual([to(0x5a000)]);
    expect(read(unit, X, A, 1)).toEqual([to(0x5a000)]);
    expect(read(unit, X)).toEqual(sorted(FIRST, NEW, to(0x5a000)));
  });

  test('A17: a 2 MB leaf, AM=0 and AM=9', () => {
    const unit = scalableUnit(1n);
    unit.write(AT.first + 0x2000n, [0x40_0000n | 0x80n | FS]);
    read(unit, X);
    unit.write(AT.first + 0x2000n, [0x60_0000n | 0x80n | FS]);
    done(unit, pasidPage(7, 0, X));
    expect(read(unit, X)).toEqual([to(0x40_1000, 0x20_0000), to(0x60_1000, 0x20_0000)]);
    done(unit, pasidPage(7, 0, Y, 9));
    expect(read(unit, X)).toEqual([to(0x60_1000, 0x20_0000)]);
  });
});

describe('second-stage leaves', () => {
  test('A12, A13: p_iotlb_inv by page reaches none, by PASID one PASID', () => {
    for (const [command, first, other] of [
      [pasidPage(7, 0, X), sorted(SECOND, NEW), sorted(SECOND, NEW)],
      [pasidOf(7, 0), [NEW], sorted(SECOND, NEW)],
      [page(7, X), [NEW], [NEW]],
      [page(7, Y), sorted(SECOND, NEW), sorted(SECOND, NEW)],
    ] as const) {
      const unit = scalableUnit(2n);
      read(unit, X);
      read(unit, X, A, 1);
      secondLeaf(unit, 0x77000n | SS);
      done(unit, command);
      expect(read(unit, X)).toEqual(first);
      expect(read(unit, X, A, 1)).toEqual(other);
    }
  });

  test('A13: a pointing entry stays', () => {
    const unit = scalableUnit(2n);
    read(unit, X);
    unit.write(AT.second + 0x2000n, [(AT.otherSecond + 0x3000n) | SS]);
    done(unit, pasidOf(7, 0));
    expect(read(unit, X)).toEqual(sorted(SECOND, to(0x1a000)));
  });

  test('A4: with CM=1 an absent one is remembered, per source in the IOTLB', () => {
    const unit = scalableUnit(2n, { set: CM });
    secondLeaf(unit, 0n);
    expect(read(unit, X)).toEqual(['UR SSS.2']);
    secondLeaf(unit, 0xa000n | SS);
    expect(read(unit, X)).toEqual(sorted('UR SSS.2', SECOND));
    expect(read(unit, X, B)).toEqual([SECOND]);
    done(unit, page(7, X, 0, true));
    expect(read(unit, X)).toEqual([SECOND]);
  });

  test('pass-through goes by range', () => {
    const unit = scalableUnit(4n);
    expect(read(unit, X)).toEqual(['completed 0x1000']);
    setPasid(unit, 0n, 2n, 8n);
    done(unit, pasidEntries(7, 0), page(7, Y));
    expect(read(unit, X)).toEqual(sorted('completed 0x1000', SECOND));
    done(unit, page(7, X));
    expect(read(unit, X)).toEqual([SECOND]);
  });
});

describe('nested', () => {
  test('A15: the second-stage leaf behind, and iotlb_inv for its address', () => {
    const unit = scalableUnit(3n);
    expect(read(unit, X)).toEqual([NESTED]);
    putSecondLeaf(unit, 0x4a000n, 0x77000n);
    expect(read(unit, X)).toEqual(sorted(NESTED, NEW));
    done(unit, page(7, 0x4a000n));
    expect(read(unit, X)).toEqual([NEW]);
  });

  test('A16: the second-stage leaf behind, and p_iotlb_inv', () => {
    for (const [command, atX, atY, other] of [
      [pasidOf(7, 0), [NEW], [to(0x78000)], sorted(NESTED, NEW)],
      [pasidPage(7, 0, X), [NEW], sorted(to(0xab000), to(0x78000)), sorted(NESTED, NEW)],
    ] as const) {
      const unit = scalableUnit(3n);
      for (const address of [X, Y]) read(unit, address);
      read(unit, X, A, 1);
      putSecondLeaf(unit, 0x4a000n, 0x77000n);
      putSecondLeaf(unit, 0x4b000n, 0x78000n);
      done(unit, command);
      expect(read(unit, X)).toEqual(atX);
      expect(read(unit, Y)).toEqual(atY);
      expect(read(unit, X, A, 1)).toEqual(other);
    }
  });

  test('A16: a combined entry holds what the second stage said of its table', () => {
    const unit = scalableUnit(3n);
    read(unit, X);
    read(unit, Z);
    putSecondLeaf(unit, AT.first + 0x3000n, AT.otherFirst + 0x3000n); // the PT of X and Y
    done(unit, pasidPage(7, 0, X, 0, true));
    expect(read(unit, X)).toEqual(sorted(NESTED, to(0xba000)));
    done(unit, pasidPage(7, 0, X));
    expect(read(unit, X)).toEqual([to(0xba000)]);
  });

  test('6.1-G1: with CM=1 a fault of the second stage is remembered, one of the first is not', () => {
    const unit = scalableUnit(3n, { set: CM });
    unit.write(AT.second + 0x3000n + 0x4an * 8n, [0n]);
    expect(read(unit, X)).toEqual(['UR SSS.2']);
    putSecondLeaf(unit, 0x4a000n, 0xaa000n);
    expect(read(unit, X)).toEqual(sorted('UR SSS.2', NESTED));
    unit.write(AT.first + 0x3010n, [0n]);
    expect(read(unit, Y)).toEqual(['UR SFS.2']);
    unit.write(AT.first + 0x3010n, [0x4b000n | FS]);
    expect(read(unit, Y)).toEqual([to(0xab000)]);
  });

  test('6.A-R2.5: each walk of the second stage chooses for itself', () => {
    const unit = scalableUnit(3n);
    read(unit, X);
    // another table for the pages below 2 MB: the first-stage PT is elsewhere, and so is the page
    unit.write(0x50000n + 0x30n * 8n, [AT.first | SS, (AT.first + 0x1000n) | SS, (AT.first + 0x2000n) | SS]);
    unit.write(0x50000n + 0x33n * 8n, [(AT.otherFirst + 0x3000n) | SS]);
    unit.write(0x50000n + 0x4an * 8n, [0x77000n | SS]);
    unit.write(0x50000n + 0x5an * 8n, [0x78000n | SS]);
    unit.write(AT.second + 0x2000n, [0x50000n | SS]);
    expect(read(unit, X)).toEqual(sorted(NESTED, NEW, to(0xba000), to(0x78000)));
  });
});

describe('pointing entries of the first stage', () => {
  test('A19 to A21: a PML4E, with IH=1 and IH=0', () => {
    const unit = scalableUnit(1n);
    for (const address of [X, Y, Z, V]) read(unit, address);
    unit.write(AT.first, [(AT.otherFirst + 0x1000n) | FS]);
    unit.write(AT.first + 0x3008n, [0x66000n | FS, 0x67000n | FS]);
    unit.write(AT.first + 0x4008n, [0x68000n | FS]);
    unit.write(AT.first + 0x6008n, [0x69000n | FS]);
    done(unit, pasidPage(7, 0, X, 0, true));
    expect(read(unit, X)).toEqual(sorted(to(0x66000), to(0x5a000)));
    done(unit, pasidPage(7, 0, X));
    expect(read(unit, X)).toEqual([to(0x5a000)]);
    expect(read(unit, Y)).toEqual(sorted(to(0x4b000), to(0x5b000)));
    expect(read(unit, Z)).toEqual(sorted(to(0x4c000), to(0x68000), to(0x5c000)));
    expect(read(unit, V)).toEqual(sorted(to(0x4d000), to(0x69000), to(0x5d000)));
  });
});

describe('pointing entries of two domains', () => {
  /** B has PASID 0 in domain 9, with the same tables. */
  const apart = () => {
    const unit = scalableUnit(1n);
    unit.write(AT.contexts + 8n * 32n, [0x6000dn, 0n, 0n, 0n]);
    unit.write(0x60000n, [0x61001n]);
    unit.write(0x61000n, pasidEntry(1n, 9n, 0n, AT.first));
    return unit;
  };
  const movePt = (unit: AllowedAnswers) => unit.write(AT.first + 0x2000n, [(AT.otherFirst + 0x3000n) | FS]);

  test('A11, case 3: they are not shared, and p_iotlb_inv reaches one', () => {
    const unit = apart();
    read(unit, X);
    movePt(unit);
    expect(read(unit, X, B)).toEqual([to(0x5a000)]);
    const both = apart();
    read(both, X);
    read(both, X, B);
    movePt(both);
    done(both, pasidPage(7, 0, X));
    expect(read(both, X)).toEqual([to(0x5a000)]);
    expect(read(both, X, B)).toEqual(sorted(FIRST, to(0x5a000)));
  });

  test('6.5.2.3-R4, case 69: iotlb_inv by page removes those of the whole domain, with IH=1 too', () => {
    const unit = apart();
    read(unit, X);
    movePt(unit);
    done(unit, page(9, X, 0, true));
    expect(read(unit, X)).toEqual(sorted(FIRST, to(0x5a000)));
    done(unit, page(7, V, 0, true));
    expect(read(unit, X)).toEqual([to(0x5a000)]);
  });
});

describe('PASID-table, directory and context entries', () => {
  test('A28: another SSPTPTR in the same domain', () => {
    const unit = scalableUnit(2n);
    read(unit, X);
    setPasid(unit, 0n, 2n, 7n, AT.otherSecond);
    done(unit, pasidEntries(7, 0), pasidOf(7, 0));
    expect(read(unit, X)).toEqual(sorted(SECOND, to(0x1a000)));
    done(unit, domain(7));
    expect(read(unit, X)).toEqual([to(0x1a000)]);
  });

  test('A29, A30: the PASID-cache alone, the IOTLB alone, both', () => {
    for (const [commands, expected] of [
      [[pasidEntries(7, 0)], sorted(FIRST, to(0x5a000))],
      [[pasidOf(7, 0)], sorted(FIRST, to(0x5a000))],
      [[pasidEntries(7, 0), pasidOf(7, 0)], [to(0x5a000)]],
      [[pasidEntries(8, 0), pasidOf(7, 0)], sorted(FIRST, to(0x5a000))],
      [[pasidEntries(7, 1), pasidOf(7, 0)], sorted(FIRST, to(0x5a000))],
      [[{ kind: 'pasid', granularity: 'domain', did: 7 }, domain(7)], [to(0x5a000)]],
      [
        [
          { kind: 'pasid', granularity: 'global' },
          { kind: 'iotlb', granularity: 'global' },
        ],
        [to(0x5a000)],
      ],
    ] as const) {
      const unit = scalableUnit(1n);
      read(unit, X);
      setPasid(unit, 0n, 1n, 7n, AT.otherFirst);
      done(unit, ...commands);
      expect(read(unit, X)).toEqual(expected);
    }
  });

  test('A3, A4, 6.2.3-R3: a PASID entry that comes; with CM=1 the absent copy has domain 0', () => {
    for (const set of [0n, CM]) {
      const unit = scalableUnit(1n, { set });
      unit.write(AT.pasids, [0n]);
      expect(read(unit, X)).toEqual(['UR SPT.2']);
      setPasid(unit, 0n, 1n, 7n);
      done(unit, pasidEntries(7, 0));
      expect(read(unit, X)).toEqual(set === CM ? sorted('UR SPT.2', FIRST) : [FIRST]);
      done(unit, pasidEntries(0, 0));
      expect(read(unit, X)).toEqual([FIRST]);
    }
  });

  test('6.2-R2: what was read from the directory and the root lives in the PASID-cache and the context-cache', () => {
    const unit = scalableUnit(1n);
    read(unit, X);
    unit.write(0x60000n, pasidEntry(1n, 7n, 0n, AT.otherFirst));
    unit.write(AT.directory, [0x60001n]);
    done(unit, pasidOf(7, 0));
    expect(read(unit, X)).toEqual(sorted(FIRST, to(0x5a000)));
    done(unit, pasidEntries(7, 0), pasidOf(7, 0));
    expect(read(unit, X)).toEqual([to(0x5a000)]);
    unit.write(AT.root + 0x10n, [0n]);
    expect(read(unit, Y)).toEqual(sorted('UR SRT.2', to(0x5b000)));
    done(unit, { kind: 'context', granularity: 'domain', did: 99 });
    expect(read(unit, V)).toEqual(['UR SRT.2']); // case 64: any domain is all of it
  });

  test('6.5.2.1-R1: a device of the context-cache, whatever the domain', () => {
    const unit = scalableUnit(1n);
    read(unit, X);
    unit.write(AT.contexts, [0n]);
    done(unit, pasidOf(7, 0));
    expect(read(unit, X)).toEqual(sorted('UR SCT.2', FIRST));
    done(unit, device(99, A), pasidOf(7, 0));
    expect(read(unit, X)).toEqual(['UR SCT.2']);
  });

  test('6.2.1-G3: another RID_PASID or domain does not keep the old IOTLB entries from hitting', () => {
    const unit = scalableUnit(1n);
    read(unit, X);
    setPasid(unit, 5n, 1n, 9n, AT.otherFirst);
    unit.write(AT.contexts + 8n, [5n]);
    done(unit, { kind: 'context', granularity: 'global' });
    expect(read(unit, X)).toEqual(sorted(FIRST, to(0x5a000)));
    done(unit, pasidOf(7, 0)); // 6.2.1-R6
    expect(read(unit, X)).toEqual([to(0x5a000)]);
  });

  test('6.2.1-M1: a request with PASID hits an entry without one only where that is chosen', () => {
    for (const pasidHitsNoPasid of [false, true]) {
      const unit = scalableUnit(1n, { choices: { pasidHitsNoPasid } });
      read(unit, X);
      expect(read(unit, X, A, 0)).toEqual(pasidHitsNoPasid ? sorted('UR SCT.9', FIRST) : ['UR SCT.9']);
    }
  });

  test('A44: an entry that is rewritten piece by piece may be read in any mixture', () => {
    const unit = scalableUnit(1n);
    setPasid(unit, 3n, 1n, 7n);
    const words = pasidEntry(2n, 8n, AT.second, 0n);
    unit.write(AT.pasids + 3n * 64n, words, false);
    expect(read(unit, X, A, 3)).toEqual(sorted(FIRST, SECOND, 'UR SFS.2'));
    unit.flush();
    done(unit, pasidEntries(7, 3), pasidOf(7, 3));
    expect(read(unit, X, A, 3)).toEqual([SECOND]);
  });

  test('A40: turning translation off empties all caches where SMTS=1', () => {
    const unit = scalableUnit(1n, { clear: 1n << 63n });
    read(unit, X);
    unit.setTranslation(false);
    firstLeaf(unit, 0x77000n | FS);
    unit.setTranslation(true);
    expect(read(unit, X)).toEqual([NEW]);
  });

  test('6.5.2.3-R7: domain-id bits beyond the width do not count', () => {
    const unit = scalableUnit(1n, { clear: 7n, set: 2n }); // ND=2
    read(unit, X);
    firstLeaf(unit, 0x77000n | FS);
    done(unit, domain(0x107));
    expect(read(unit, X)).toEqual([NEW]);
  });
});

describe('commands in flight', () => {
  test('A35: pc_inv and p_iotlb_inv run in this order, the other way round they need not', () => {
    for (const [commands, expected] of [
      [[pasidEntries(7, 0), pasidOf(7, 0)], [to(0x5a000)]],
      [[pasidOf(7, 0), pasidEntries(7, 0)], sorted(FIRST, to(0x5a000))],
    ] as const) {
      const unit = scalableUnit(1n);
      read(unit, X);
      setPasid(unit, 0n, 1n, 7n, AT.otherFirst);
      for (const command of commands) unit.command({ ...command, via: 'queue' });
      expect(read(unit, X)).toEqual(sorted(FIRST, to(0x5a000)));
      unit.wait();
      expect(read(unit, X)).toEqual(expected);
    }
  });
});
