import { describe, expect, test } from 'vitest';
import {
  A,
  AT,
  B,
  CM,
  device,
  domain,
  done,
  ESRTPS,
  legacyUnit,
  page,
  RW,
  RWBF,
  read,
  setContext,
  to,
  V,
  write,
  X,
  Y,
  Z,
} from './allowed-bench.ts';

// The worked sets of 6.A in legacy mode. What is expected was written from the digest's table.

const PD = AT.second + 0x2000n;
const PT = AT.second + 0x3000n;
const LEAF = PT + 8n;
const OLD = to(0xa000);
const NEW = to(0x77000);
const NEW_LEAF = [0x77003n];

describe('a leaf in legacy mode', () => {
  test('A1: another frame without invalidation leaves both, and who never used the old one gets the new one', () => {
    const unit = legacyUnit();
    expect(read(unit, X)).toEqual([OLD]);
    unit.write(LEAF, NEW_LEAF);
    expect(read(unit, X)).toEqual([NEW, OLD].sort());
    expect(read(unit, X, B)).toEqual([NEW]); // no leaf is shared: vector case 1
  });

  test('A2: a leaf that goes leaves the old frame and the fault', () => {
    const unit = legacyUnit();
    read(unit, X);
    unit.write(LEAF, [0n]);
    expect(read(unit, X)).toEqual(['UR LGN.3', OLD]);
    expect(write(unit, X)).toEqual(['UR LGN.2', OLD]);
  });

  test('A3, A4: a leaf that comes is seen with CM=0, and may be missed with CM=1', () => {
    for (const set of [0n, CM]) {
      const unit = legacyUnit({ set });
      unit.write(LEAF, [0n]);
      expect(read(unit, X)).toEqual(['UR LGN.3']);
      unit.write(LEAF, NEW_LEAF);
      expect(read(unit, X)).toEqual(set === CM ? ['UR LGN.3', NEW] : [NEW]);
      done(unit, page(7, X));
      expect(read(unit, X)).toEqual([NEW]);
    }
  });

  test('A3, A4: a context entry that comes; with CM=1 the copy that was absent has domain 0', () => {
    for (const set of [0n, CM]) {
      const unit = legacyUnit({ set });
      unit.write(AT.contexts, [0n, 0n]);
      expect(read(unit, X)).toEqual(['UR LCT.2']);
      setContext(unit, A, AT.second, 7n);
      done(unit, device(7, A));
      expect(read(unit, X)).toEqual(set === CM ? ['UR LCT.2', OLD] : [OLD]);
      done(unit, device(0, A));
      expect(read(unit, X)).toEqual([OLD]);
    }
  });

  test('A6: a reserved bit that was repaired', () => {
    for (const set of [0n, CM]) {
      const unit = legacyUnit({ set });
      unit.write(PD, [(AT.second + 0x3000n) | 0x803n]);
      expect(read(unit, X)).toEqual(['UR LSS.2']);
      unit.write(PD, [(AT.second + 0x3000n) | 3n]);
      expect(read(unit, X)).toEqual(set === CM ? ['UR LSS.2', OLD] : [OLD]);
      done(unit, page(7, X, 0, true));
      expect(read(unit, X)).toEqual(set === CM ? ['UR LSS.2', OLD] : [OLD]); // the copy of the PDE stays with IH=1
      done(unit, page(7, X));
      expect(read(unit, X)).toEqual([OLD]);
    }
  });

  test('A7, A9: rights that are added or taken away', () => {
    const unit = legacyUnit();
    unit.write(LEAF, [0xa001n]);
    expect(read(unit, X)).toEqual(['completed 0xa000 4096 r']);
    unit.write(LEAF, [0xa003n]);
    expect(write(unit, X)).toEqual(['UR LGN.2', OLD]);
    done(unit, page(7, X));
    expect(write(unit, X)).toEqual([OLD]);
    unit.write(LEAF, [0xa001n]);
    expect(write(unit, X)).toEqual(['UR LGN.2', OLD]);
  });

  test('6.2.4.1-G1: a good leaf may be remembered although its rights, with those above it, refuse the request', () => {
    const unit = legacyUnit();
    unit.write(PD, [PT | 1n]);
    unit.write(LEAF, [0xa002n]);
    expect(write(unit, X)).toEqual(['UR LGN.2']);
    unit.write(PD, [PT | 3n]);
    done(unit, page(7, Y)); // the PDE is the one of X too, the leaf is not
    expect(write(unit, X)).toEqual(['UR LGN.2', 'completed 0xa000 4096 w']);
    expect(read(unit, X)).toEqual(['UR LGN.3']);
  });

  test('A10, A11: the page, with IH=1; with the wrong domain', () => {
    const unit = legacyUnit();
    read(unit, X);
    unit.write(LEAF, NEW_LEAF);
    done(unit, page(8, X));
    expect(read(unit, X)).toEqual([NEW, OLD].sort());
    done(unit, page(7, Y, 0, true));
    expect(read(unit, X)).toEqual([NEW, OLD].sort());
    done(unit, page(7, X, 0, true));
    expect(read(unit, X)).toEqual([NEW]);
  });

  test('A17: AM too small for a 2 MB leaf leaves both for all of it; AM=9 does not', () => {
    const unit = legacyUnit();
    unit.write(PD, [0x40_0083n]);
    expect(read(unit, X)).toEqual([to(0x40_1000, 0x20_0000)]);
    unit.write(PD, [0x60_0083n]);
    done(unit, page(7, X));
    const both = [to(0x40_1000, 0x20_0000), to(0x60_1000, 0x20_0000)];
    expect(read(unit, X)).toEqual(both);
    expect(read(unit, 0x5000n)).toEqual([to(0x40_5000, 0x20_0000), to(0x60_5000, 0x20_0000)]);
    done(unit, page(7, X, 9));
    expect(read(unit, X)).toEqual([to(0x60_1000, 0x20_0000)]);
  });

  test('A18: a 2 MB leaf and the 4 KB table in its place, in turns', () => {
    const unit = legacyUnit();
    unit.write(PD, [0x40_0083n]);
    read(unit, X);
    unit.write(PD, [PT | RW]);
    for (let i = 0; i < 3; i++) expect(read(unit, X)).toEqual([to(0x40_1000, 0x20_0000), OLD]);
  });

  test('6.2.4.1-M1: with fracture an answer may have a smaller page', () => {
    const unit = legacyUnit({ choices: { fracture: true } });
    unit.write(PD, [0x40_0083n]);
    read(unit, X);
    expect(read(unit, X)).toEqual([to(0x40_1000, 0x20_0000), to(0x40_1000)]);
  });
});

describe('an entry that points to a table', () => {
  /** Another 4 KB table for X and Y. */
  function movePt(unit: ReturnType<typeof legacyUnit>): void {
    unit.write(0x50000n, [0n, 0x77003n, 0x78003n]);
    unit.write(PD, [0x50003n]);
  }

  test('A19: the page with IH=1 leaves the old subtree as it is in memory now', () => {
    const unit = legacyUnit();
    read(unit, X);
    movePt(unit);
    unit.write(LEAF, [0x66003n]);
    expect(read(unit, X)).toEqual([OLD, NEW, to(0x66000)].sort());
    done(unit, page(7, X, 0, true));
    expect(read(unit, X)).toEqual([NEW, to(0x66000)].sort());
  });

  test('A20: the page with IH=0 is new, and another page below the entry has its old IOTLB entries', () => {
    const unit = legacyUnit();
    read(unit, X);
    read(unit, Y);
    movePt(unit);
    unit.write(PT + 16n, [0x67003n]);
    done(unit, page(7, X));
    expect(read(unit, X)).toEqual([NEW]);
    expect(read(unit, Y)).toEqual([to(0x78000), to(0xb000)].sort());
  });

  test('A21: a PML4E; the page leaves other branches of the tree with what is not on the path of X', () => {
    const unit = legacyUnit();
    for (const address of [X, Y, Z, V]) read(unit, address);
    unit.write(AT.second, [(AT.otherSecond + 0x1000n) | RW]); // PDPT of the other domain
    for (const n of [3n, 4n, 6n])
      unit.write(AT.second + n * 0x1000n + 8n, n === 3n ? [0x66003n, 0x67003n] : [0x68003n]);
    done(unit, page(7, X));
    expect(read(unit, X)).toEqual([to(0x1a000)]);
    expect(read(unit, Y)).toEqual([to(0x1b000), to(0xb000)].sort());
    expect(read(unit, Z)).toEqual([to(0x1c000), to(0x68000), to(0xc000)].sort()); // its PDE is live
    expect(read(unit, V)).toEqual([to(0x1d000), to(0x68000), to(0xd000)].sort()); // its PDPE and PDE are live
  });

  test('6.2.1-R7: it is shared by all devices of the domain', () => {
    const unit = legacyUnit();
    read(unit, X);
    movePt(unit);
    expect(read(unit, X, B)).toEqual([OLD, NEW].sort());
  });

  test('6.2.5-M2: a fault below it does not keep it out of the cache', () => {
    const unit = legacyUnit();
    unit.write(LEAF, [0n]);
    expect(read(unit, X)).toEqual(['UR LGN.3']);
    movePt(unit);
    expect(read(unit, X)).toEqual(['UR LGN.3', NEW]);
  });
});

describe('a context entry in legacy mode', () => {
  const MOVED = to(0x1a000);
  const both = [MOVED, OLD];
  const moved = () => {
    const unit = legacyUnit();
    read(unit, X);
    setContext(unit, A, AT.otherSecond, 8n);
    return unit;
  };

  test('A22 to A24, A27: none, the device, the domain, both', () => {
    expect(read(moved(), X)).toEqual(both);
    for (const [commands, expected] of [
      [[device(7, A)], both],
      [[domain(7)], both],
      [[device(7, A), domain(7)], [MOVED]],
    ] as const) {
      const unit = moved();
      done(unit, ...commands);
      expect(read(unit, X)).toEqual(expected);
    }
  });

  test('A25: the wrong order matters if a request comes in between', () => {
    const unit = moved();
    done(unit, domain(7));
    done(unit, device(7, A));
    expect(read(unit, X)).toEqual([MOVED]);
    const other = moved();
    done(other, domain(7));
    read(other, X);
    done(other, device(7, A));
    expect(read(other, X)).toEqual(both);
  });

  test('A26: the device with the wrong domain, and the domain', () => {
    const unit = moved();
    done(unit, device(8, A), domain(7));
    expect(read(unit, X)).toEqual(both);
  });

  test('6.5.2.1-R2: FM masks function bits', () => {
    for (const [source, functionMask, expected] of [
      [0x0104, 0, both],
      [0x0104, 1, [MOVED]],
      [0x0102, 1, both],
      [0x0107, 3, [MOVED]],
      [0x0108, 3, both],
    ] as const) {
      const unit = moved();
      done(unit, device(7, source, functionMask), domain(7));
      expect(read(unit, X)).toEqual(expected);
    }
  });

  test('pass-through instead of tables, and an absent entry', () => {
    const unit = legacyUnit();
    read(unit, X);
    unit.write(AT.contexts, [0x9n, 2n | (8n << 8n)]);
    expect(read(unit, X)).toEqual(['completed 0x1000', OLD]);
    unit.write(AT.contexts, [0n, 0n]);
    done(unit, device(7, A), domain(7));
    expect(read(unit, X)).toEqual(['UR LCT.2', 'completed 0x1000']); // the pass-through entry has domain 8
    done(unit, device(8, A), domain(8));
    expect(read(unit, X)).toEqual(['UR LCT.2']);
  });
});

describe('commands in flight (6.A-R4)', () => {
  test('A35: no wait, both', () => {
    const unit = legacyUnit();
    read(unit, X);
    unit.write(LEAF, NEW_LEAF);
    unit.command({ ...page(7, X), via: 'queue' });
    expect(read(unit, X)).toEqual([NEW, OLD].sort());
    expect(read(unit, X)).toEqual([NEW, OLD].sort());
    unit.wait();
    expect(read(unit, X)).toEqual([NEW]);
  });

  test('what came into the cache after the submission may stay', () => {
    const unit = legacyUnit();
    read(unit, X);
    unit.command({ ...page(7, X), via: 'queue' });
    read(unit, X);
    unit.write(LEAF, NEW_LEAF);
    unit.wait();
    expect(read(unit, X)).toEqual([NEW, OLD].sort());
  });

  test('what came from an entry that the command removes goes with it', () => {
    const unit = legacyUnit();
    read(unit, X);
    unit.write(0x50000n, [0n, 0x77003n, 0x78003n]);
    unit.write(PD, [0x50003n]);
    unit.command({ ...domain(7), via: 'queue' });
    expect(read(unit, Y)).toEqual([to(0x78000), to(0xb000)]);
    unit.wait();
    expect(read(unit, Y)).toEqual([to(0x78000)]);
  });

  test('6.5.2.12-R1: the IOTLB command waits for the one for contexts, and not the other way round', () => {
    const moved = () => {
      const unit = legacyUnit();
      read(unit, X);
      setContext(unit, A, AT.otherSecond, 8n);
      return unit;
    };
    const inOrder = moved();
    inOrder.command({ ...device(7, A), via: 'queue' });
    inOrder.command({ ...domain(7), via: 'queue' });
    expect(read(inOrder, X)).toEqual([to(0x1a000), OLD]);
    inOrder.wait();
    expect(read(inOrder, X)).toEqual([to(0x1a000)]);
    const wrong = moved();
    wrong.command({ ...domain(7), via: 'queue' });
    wrong.command({ ...device(7, A), via: 'queue' });
    read(wrong, X);
    wrong.wait();
    expect(read(wrong, X)).toEqual([to(0x1a000), OLD]);
  });
});

describe('registers, root table and translation', () => {
  test('A38: the registers of major version 5 do it at once, those of 6 ignore it', () => {
    for (const [version, expected] of [
      [0x50, [NEW]],
      [0x60, [NEW, OLD].sort()],
    ] as const) {
      const unit = legacyUnit({ version });
      read(unit, X);
      unit.write(LEAF, NEW_LEAF);
      unit.command({ ...page(7, X), via: 'register' });
      expect(read(unit, X)).toEqual(expected);
    }
  });

  test('6.5.1-R6, G1: AM above MAMV does nothing; without PSI the domain goes', () => {
    const tooWide = legacyUnit({ version: 0x50 });
    read(tooWide, X);
    tooWide.write(LEAF, NEW_LEAF);
    tooWide.command({ ...page(7, X, 19), via: 'register' });
    expect(read(tooWide, X)).toEqual([NEW, OLD].sort());
    const without = legacyUnit({ version: 0x50, clear: 1n << 39n });
    read(without, X);
    without.write(LEAF, NEW_LEAF);
    without.command({ ...page(7, V), via: 'register' });
    expect(read(without, X)).toEqual([NEW]);
  });

  test('A39: SRTP with translation on', () => {
    for (const clear of [0n, ESRTPS]) {
      const unit = legacyUnit({ clear });
      read(unit, X);
      unit.write(0x60010n, [0x61001n, 0n]);
      unit.write(0x61000n, [AT.otherSecond | 1n, 2n | (8n << 8n)]);
      unit.setRootTable(0x60000n);
      expect(read(unit, X)).toEqual(clear === 0n ? [to(0x1a000)] : [to(0x1a000), OLD]);
    }
  });

  test('A40: translation off, other tables, on, where SMTS=0', () => {
    for (const clear of [0n, ESRTPS]) {
      const unit = legacyUnit({ clear });
      read(unit, X);
      unit.setTranslation(false);
      expect(read(unit, X)).toEqual(['completed 0x1000']);
      unit.write(LEAF, NEW_LEAF);
      unit.setRootTable(AT.root);
      unit.setTranslation(true);
      expect(read(unit, X)).toEqual(clear === 0n ? [NEW] : [NEW, OLD].sort());
    }
  });

  test('6.8-R2: with RWBF=1 a context entry that comes may not be seen until a flush or an invalidation', () => {
    for (const see of ['flush', 'queue', 'register'] as const) {
      const unit = legacyUnit({ set: RWBF, version: 0x50 });
      unit.write(AT.contexts, [0n, 0n]);
      unit.write(AT.contexts, [AT.second | 1n, 2n | (7n << 8n)], false);
      expect(read(unit, X)).toEqual(['UR LCT.2', OLD]);
      if (see === 'flush') unit.flush();
      else unit.command({ kind: 'iotlb', granularity: 'global', via: see });
      if (see === 'queue') {
        expect(read(unit, X)).toEqual(['UR LCT.2', OLD]);
        unit.wait();
      }
      expect(read(unit, X)).toEqual([OLD]);
    }
  });

  test('6.A-R7: what was read before the flush is removed by the command that flushes', () => {
    const unit = legacyUnit({ set: RWBF });
    unit.write(LEAF, NEW_LEAF, false);
    unit.command({ ...page(7, X), via: 'queue' });
    expect(read(unit, X)).toEqual([NEW, OLD].sort());
    unit.wait();
    expect(read(unit, X)).toEqual([NEW]);
  });

  test('requests that no table is asked about', () => {
    const unit = legacyUnit();
    expect(write(unit, 0xfee0_0000n)).toEqual(['interrupt']);
    expect(read(unit, 0xfee0_0000n)).toEqual(['UR 29h']);
    expect(read(unit, X, A, 1)).toEqual(['UR RTA.2']);
    expect(read(unit, 1n << 48n)).toEqual(['UR LGN.1.1']);
  });
});
