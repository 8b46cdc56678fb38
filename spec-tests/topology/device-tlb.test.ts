import { describe, expect, test } from 'vitest';
import {
  type CachePolicy,
  type Choices,
  type DmaRequest,
  dmaRequest,
  type Outcome,
  type PlatformMessage,
  RemappingUnit,
  SparseMemory,
} from '../../src/index.ts';
import { DeviceTlb, type DeviceTlbOptions, RootPort, type TranslationAgent } from '../../src/topology/index.ts';

/** Tables of legacy mode for 00:05.0: 2 MiB from 40200000h through PTEs at 5000h, another 2 MiB page behind them. */
const TABLES: readonly (readonly [bigint, readonly bigint[]])[] = [
  [0x1000n, [0x2001n, 0n]],
  [0x2280n, [0x3005n, 0x101n]], // TT=01b, AW=001b, DID=1
  [0x3008n, [0x4003n]],
  [0x4008n, [0x5003n, 0x60_0083n]],
  [0x5008n, [0x7003n, 0x8001n, 0x9802n]], // 40201000h: RW; 40202000h: R; 40203000h: W with SNP
];
const QUEUE = 0xa000n;
const STATUS = 0xb000n;
const A = 0x4020_1000n;
const DEVICE = 0x0028;

/** A unit in legacy mode with Device-TLBs, NW and snoop control, its queue of 128-bit descriptors, and an endpoint. */
class Bench implements TranslationAgent {
  readonly memory = new SparseMemory();
  readonly requests: DmaRequest[] = [];
  readonly unit: RemappingUnit;
  readonly device: DeviceTlb;
  #tail = 0n;

  constructor(options: Partial<DeviceTlbOptions> = {}, choices: Partial<Choices> = {}, caches: CachePolicy = 'none') {
    for (const [address, qwords] of TABLES) this.memory.writeQwords(address, qwords);
    this.unit = new RemappingUnit({
      unit: {
        version: 0x60,
        hostAddressWidth: 46,
        capabilities: 0xd2_078c_226f_0606n,
        extendedCapabilities: 0x93_cf98_24f0_0fcfn | 0x2_0000_0000n,
      },
      memory: this.memory,
      caches,
      choices: { deviceTlbCompletion: 'asked', ...choices },
      send: (message: PlatformMessage) => this.device.receive(message),
    });
    this.device = new DeviceTlb({ unit: this, sourceId: DEVICE, ...options });
    this.unit.writeRegister(0x20, 64, 0x1000n);
    this.unit.writeRegister(0x18, 32, 0x4000_0000n);
    this.unit.writeRegister(0x90, 64, QUEUE);
    this.unit.writeRegister(0x18, 32, 0x8400_0000n); // TE, QIE
  }

  dma(request: DmaRequest): Outcome {
    this.requests.push(request);
    return this.unit.dma(request);
  }

  completeDeviceTlbInvalidation(...message: Parameters<RemappingUnit['completeDeviceTlbInvalidation']>) {
    return this.unit.completeDeviceTlbInvalidation(...message);
  }

  /** dev_tlb_inv_dsc for what ADDR and S say, and inv_wait_dsc; whether the wait is complete. */
  invalidate(address = A, size = 0n): boolean {
    return this.command((BigInt(DEVICE) << 32n) | 3n, address | size);
  }

  /** A descriptor, and inv_wait_dsc; whether the wait is complete. */
  command(low: bigint, high: bigint): boolean {
    this.memory.writeQwords(STATUS, [0n]);
    this.memory.writeQwords(QUEUE + this.#tail, [low, high]);
    this.memory.writeQwords(QUEUE + this.#tail + 16n, [0x1_0000_0025n, STATUS]);
    this.#tail += 32n;
    this.unit.writeRegister(0x88, 64, this.#tail);
    return this.waited();
  }

  waited(): boolean {
    return this.memory.read(STATUS, 1)[0] === 1;
  }

  /** FSTS_REG: ICE is bit 5, ITE bit 6. */
  status(): bigint {
    return this.unit.readRegister(0x34, 32);
  }

  /** AT of the requests since the last call. */
  takeTypes(): readonly number[] {
    return this.requests.splice(0).map(({ addressType }) => addressType);
  }
}

describe('A Device-TLB that obeys (§4.1)', () => {
  test('asks once, then sends translated requests', () => {
    const bench = new Bench();
    expect(bench.device.access({ address: A + 8n, access: 'write' })).toMatchObject({ address: 0x7008n });
    expect(bench.takeTypes()).toEqual([1, 2]);
    expect(bench.device.access({ address: A + 0xffcn, access: 'read' })).toMatchObject({ address: 0x7ffcn });
    expect(bench.takeTypes()).toEqual([2]);
  });

  test('a translation of 2 MiB serves the whole range (4.2.3-R12)', () => {
    const bench = new Bench();
    expect(bench.device.access({ address: 0x4040_1000n, access: 'read' })).toMatchObject({ address: 0x60_1000n });
    expect(bench.device.translations).toMatchObject([{ page: 0x40400, pages: 512, hostPage: 0x600 }]);
    bench.takeTypes();
    expect(bench.device.access({ address: 0x405f_fff8n, access: 'read' })).toMatchObject({ address: 0x7f_fff8n });
    expect(bench.takeTypes()).toEqual([2]);
  });

  test('what a translation does not permit is asked for again, and not done', () => {
    const bench = new Bench();
    expect(bench.device.access({ address: A + 0x1000n, access: 'read' })).toMatchObject({ address: 0x8000n });
    const refused = bench.device.access({ address: A + 0x1000n, access: 'write' });
    expect(refused).toMatchObject({ kind: 'translation', read: true, write: false });
    expect(bench.takeTypes()).toEqual([1, 2, 1]);
    expect(bench.device.translations).toHaveLength(1);
  });

  test('N=1: No Snoop is cleared (4.1.2-R2)', () => {
    const bench = new Bench();
    bench.device.access({ address: A, access: 'write', noSnoop: true });
    bench.device.access({ address: A + 0x2000n, access: 'write', noSnoop: true });
    expect(bench.requests.filter(({ addressType }) => addressType === 2).map(({ noSnoop }) => noSnoop)).toEqual([
      true,
      false,
    ]);
  });

  test('U=1: the interrupt range is written to with untranslated requests (S.1)', () => {
    const bench = new Bench();
    const outcome = bench.device.access({ address: 0xfee0_1000n, access: 'write' });
    expect(outcome).toMatchObject({ kind: 'interrupt' });
    expect(bench.takeTypes()).toEqual([1, 0]);
  });

  test('NW is set where it is going to read, if it is told so', () => {
    const bench = new Bench({ asksReadOnly: true });
    bench.device.access({ address: A, access: 'read' });
    expect(bench.device.translations).toMatchObject([{ rights: 1 }]);
    bench.device.access({ address: A, access: 'write' });
    expect(bench.device.translations).toMatchObject([{ rights: 3 }]);
    expect(bench.takeTypes()).toEqual([1, 2, 1, 2]);
  });

  test('several translations of one completion are kept (§4.2.3.2)', () => {
    const bench = new Bench({ translations: 3 }, { translationsPerCompletion: 'several' });
    bench.device.access({ address: A, access: 'read' });
    bench.takeTypes();
    expect(bench.device.translations.map(({ page, hostPage }) => [page, hostPage])).toEqual([
      [0x40203, 0x9],
      [0x40202, 0x8],
      [0x40201, 0x7],
    ]);
    bench.device.access({ address: A + 0x2000n, access: 'write' });
    expect(bench.takeTypes()).toEqual([2]);
  });

  test('beyond its capacity the oldest translation goes', () => {
    const bench = new Bench({ capacity: 2 });
    for (const page of [0n, 1n, 2n]) bench.device.translate({ address: A + page * 0x1000n, access: 'read' });
    expect(bench.device.translations.map(({ page }) => page)).toEqual([0x40202, 0x40203]);
  });

  test('where there is no room for all of a completion the one that was wanted stays', () => {
    const bench = new Bench({ capacity: 1, translations: 3 }, { translationsPerCompletion: 'several' });
    expect(bench.device.access({ address: A, access: 'read' })).toMatchObject({ kind: 'completed', address: 0x7000n });
    expect(bench.device.translations.map(({ page }) => page)).toEqual([0x40201]);
  });

  test('of several translations the explanation has the walk of the first, and all words', () => {
    const { unit } = new Bench({}, { translationsPerCompletion: 'several' });
    const asked = { sourceId: DEVICE, access: 'read', type: 'translation', length: 24 } as const;
    const { steps, outcome } = unit.explain(dmaRequest({ ...asked, address: A }));
    expect(steps.map(({ address }) => address)).toEqual([0x1000n, 0x2280n, 0x3008n, 0x4008n, 0x5008n]);
    expect(outcome).toMatchObject({ words: [0x7003n, 0x8001n, 0x9402n] });
  });

  test('a blocked translation request is the outcome', () => {
    const bench = new Bench();
    bench.memory.writeQwords(0x2280n, [0x3001n]);
    expect(bench.device.access({ address: A, access: 'read' })).toMatchObject({
      kind: 'blocked',
      response: 'UR',
      fault: { condition: { code: 'LCT.5' } },
    });
  });

  test('ATS disabled: untranslated requests, and nothing is left when it is enabled again (§4.5)', () => {
    const bench = new Bench();
    bench.device.access({ address: A, access: 'read' });
    bench.device.enabled = false;
    bench.takeTypes();
    expect(bench.device.access({ address: A, access: 'read' })).toMatchObject({ address: 0x7000n });
    expect([bench.device.enabled, bench.takeTypes(), bench.device.translations]).toEqual([false, [0], []]);
    bench.device.enabled = true;
    bench.device.access({ address: A, access: 'read' });
    expect(bench.takeTypes()).toEqual([1, 2]);
  });
});

describe('Disabling ATS as §4.5.2 has it', () => {
  test('enable off, everything invalidated, a wait, then TT=00b: translation requests are refused', () => {
    const bench = new Bench();
    bench.device.access({ address: A, access: 'read' });
    bench.device.enabled = false;
    expect(bench.invalidate(0x7fff_ffff_ffff_f000n, 1n)).toBe(true);
    bench.memory.writeQwords(0x2280n, [0x3001n]);
    expect(bench.device.access({ address: A, access: 'read' })).toMatchObject({ address: 0x7000n });
    bench.device.enabled = true;
    expect(bench.device.access({ address: A, access: 'read' })).toMatchObject({
      fault: { condition: { code: 'LCT.5' } },
    });
  });
});

describe('Invalidations (§4.3)', () => {
  test('at once: the translation is gone when the wait is complete', () => {
    const bench = new Bench();
    bench.device.access({ address: A, access: 'read' });
    bench.memory.writeQwords(0x5008n, [0n]);
    expect(bench.invalidate()).toBe(true);
    expect([bench.device.translations, bench.device.pending, bench.status()]).toEqual([[], [], 0n]);
    expect(bench.device.access({ address: A, access: 'read' })).toMatchObject({ kind: 'translation', read: false });
  });

  test('before that of the IOTLB it is for nothing: the endpoint is told the old page again (A42, 6.5.2.5-S1)', () => {
    const bench = new Bench({}, {}, 'full');
    const reached = () => bench.device.access({ address: A, access: 'read' });
    expect(reached()).toMatchObject({ address: 0x7000n });
    bench.memory.writeQwords(0x5008n, [0x9003n]);
    expect(bench.invalidate()).toBe(true);
    expect(reached()).toMatchObject({ address: 0x7000n });
    // iotlb_inv_dsc, domain-selective, DID=1: what comes untranslated sees the change.
    expect(bench.command(0x1_0022n, 0n)).toBe(true);
    const untranslated = dmaRequest({ sourceId: DEVICE, address: A, access: 'read' });
    expect(bench.unit.dma(untranslated)).toMatchObject({ address: 0x9000n });
    expect(reached()).toMatchObject({ address: 0x7000n });
    expect(bench.invalidate()).toBe(true);
    expect(reached()).toMatchObject({ address: 0x9000n });
  });

  test('late: until it completes the old page is reached, and the wait is pending', () => {
    const bench = new Bench({ completes: 'late' });
    bench.device.access({ address: A, access: 'write' });
    bench.memory.writeQwords(0x5008n, [0n]);
    expect(bench.invalidate()).toBe(false);
    expect(bench.device.pending).toMatchObject([{ tag: 0, address: A, size: 0x1000n }]);
    expect(bench.device.access({ address: A, access: 'write' })).toMatchObject({ address: 0x7000n });
    expect(bench.device.complete()).toBeUndefined();
    expect(bench.waited()).toBe(true);
    expect(bench.device.access({ address: A, access: 'write' })).toMatchObject({ kind: 'translation', write: false });
    expect(bench.device.complete()).toBeUndefined();
  });

  test('never: the unit gives up, the wait is lost, ITE is set', () => {
    const bench = new Bench({ completes: 'never' });
    bench.device.access({ address: A, access: 'write' });
    expect(bench.invalidate()).toBe(false);
    expect(bench.device.complete()).toBeUndefined();
    expect(bench.device.pending).toHaveLength(1);
    bench.unit.timeOutDeviceTlbInvalidation(DEVICE);
    expect([bench.waited(), bench.status()]).toEqual([false, 0x40n]);
    expect(bench.device.access({ address: A, access: 'write' })).toMatchObject({ address: 0x7000n });
  });

  test.each([2, 8])('in %i messages: the last one completes', (messages) => {
    const bench = new Bench({ messages });
    expect(bench.invalidate()).toBe(true);
    expect([bench.unit.deviceTlbTags(DEVICE), bench.status()]).toEqual([[], 0n]);
  });

  test('the range that S and ADDR say is forgotten, and no more', () => {
    const bench = new Bench();
    for (const page of [0n, 1n, 2n]) bench.device.translate({ address: A + page * 0x1000n, access: 'read' });
    bench.device.translate({ address: 0x4040_0000n, access: 'read' });
    // 8 KiB from 40202000h: bit 12 is the lowest 0.
    bench.invalidate(0x4020_2000n, 1n);
    expect(bench.device.translations.map(({ page }) => page)).toEqual([0x40201, 0x40400]);
    // One page within the 2 MiB takes all of it.
    bench.invalidate(0x4051_0000n);
    expect(bench.device.translations.map(({ page }) => page)).toEqual([0x40201]);
  });

  test('while translation is off the completion is refused', () => {
    const bench = new Bench({ completes: 'late' });
    bench.invalidate();
    bench.unit.writeRegister(0x18, 32, 0x0400_0000n);
    expect(bench.device.complete()).toEqual({ kind: 'blocked', response: 'UR' });
  });

  test('messages for others, and of other kinds, are passed over', () => {
    const { device } = new Bench({ completes: 'late' });
    device.receive({
      kind: 'device-tlb-invalidation',
      sourceId: 0x30,
      tag: 0,
      address: 0n,
      size: 0x1000n,
      global: false,
    });
    device.receive({ kind: 'fault-event', address: 0xfee0_0000n, data: 0 });
    expect(device.pending).toEqual([]);
  });

  describe('of PASIDs (4.1.4-R2)', () => {
    const invalidation = {
      kind: 'device-tlb-invalidation',
      sourceId: DEVICE,
      tag: 0,
      address: A,
      size: 0x1000n,
    } as const;
    /** Answers every translation request with the page 7h. */
    const unit: TranslationAgent = {
      dma: ({ addressType, page, pasid }) =>
        addressType === 1
          ? {
              kind: 'translation',
              address: 0x7000n,
              size: 4096,
              read: true,
              write: true,
              execute: false,
              privileged: pasid === 2,
              global: false,
              nonSnooped: false,
              untranslatedOnly: false,
              words: [0x7003n],
            }
          : { kind: 'completed', address: BigInt(page) << 12n, snooped: true, memoryType: 'WB' },
      completeDeviceTlbInvalidation: () => undefined,
    };
    const pasidsLeft = (message: PlatformMessage): readonly number[] => {
      const device = new DeviceTlb({ unit, sourceId: DEVICE });
      for (const pasid of [{}, { pasid: 1 }, { pasid: 2, privileged: true }]) {
        device.translate({ address: A, access: 'read', ...pasid });
      }
      device.receive(message);
      return device.translations.map(({ pasid }) => pasid);
    };

    test('one without PASID leaves what was asked for with one', () => {
      expect(pasidsLeft({ ...invalidation, global: false })).toEqual([1, 2]);
    });

    test('one with a PASID leaves all others, and takes both privileges', () => {
      expect(pasidsLeft({ ...invalidation, global: false, pasid: 2 })).toEqual([-1, 1]);
    });

    test('a global one takes every PASID', () => {
      expect(pasidsLeft({ ...invalidation, global: true })).toEqual([-1]);
    });

    test('a translation serves its own PASID and privilege alone', () => {
      const requests: DmaRequest[] = [];
      const heard: TranslationAgent = {
        ...unit,
        dma(request) {
          requests.push(request);
          return unit.dma(request);
        },
      };
      const device = new DeviceTlb({ unit: heard, sourceId: DEVICE, translatedWithPasid: true });
      device.access({ address: A, access: 'read', pasid: 1 });
      device.access({ address: A, access: 'read', pasid: 1, privileged: true });
      device.access({ address: A, access: 'read', pasid: 1 });
      expect(requests.map(({ addressType, pasid, privileged }) => [addressType, pasid, privileged])).toEqual([
        [1, 1, false],
        [2, 1, false],
        [1, 1, true],
        [2, 1, true],
        [2, 1, false],
      ]);
      requests.length = 0;
      new DeviceTlb({ unit: heard, sourceId: DEVICE }).access({ address: A, access: 'read', pasid: 1 });
      expect(requests.map(({ pasid }) => pasid)).toEqual([1, -1]);
    });
  });
});

describe('A Device-TLB that misbehaves', () => {
  test('it keeps what it says is gone: the wait is complete, and the old page is reached', () => {
    const bench = new Bench({ misbehaves: { keepsInvalidated: true } });
    bench.device.access({ address: A, access: 'write' });
    bench.memory.writeQwords(0x5008n, [0n]);
    expect(bench.invalidate()).toBe(true);
    expect(bench.device.access({ address: A, access: 'write' })).toMatchObject({ kind: 'completed', address: 0x7000n });
  });

  test('it completes another ITag: ICE, and the wait is pending', () => {
    const bench = new Bench({ misbehaves: { completesWrongTag: true } });
    expect(bench.invalidate()).toBe(false);
    expect([bench.status(), bench.unit.deviceTlbTags(DEVICE)]).toEqual([0x20n, [0]]);
  });

  test('it completes in the name of another: ICE with that one, and the wait is pending', () => {
    const bench = new Bench({ misbehaves: { completesAs: 0x0030 } });
    expect(bench.invalidate()).toBe(false);
    expect([bench.status(), bench.unit.readRegister(0xb0, 64) >> 48n]).toEqual([0x20n, 0x30n]);
  });

  test('it sends translated requests for what it never was given: without a host permission table nothing stops it', () => {
    const bench = new Bench();
    expect(bench.device.forge({ address: 0x1000n, access: 'write' })).toMatchObject({
      kind: 'completed',
      address: 0x1000n,
    });
    expect(bench.device.forge({ address: 0xfee0_0000n, access: 'write' })).toMatchObject({
      fault: { condition: { code: 'LGN.4' } },
    });
  });

  test('it ignores N and U', () => {
    const bench = new Bench({ misbehaves: { ignoresNonSnooped: true, ignoresUntranslatedOnly: true } });
    bench.device.access({ address: A + 0x2000n, access: 'write', noSnoop: true });
    expect(bench.requests.at(-1)).toMatchObject({ addressType: 2, noSnoop: true });
    bench.takeTypes();
    bench.device.access({ address: 0xfee0_1000n, access: 'write' });
    expect(bench.takeTypes()).toEqual([1, 2]);
  });
});

describe('A root port (§4.2.2)', () => {
  test('with translation blocking the unit sees untranslated requests alone', () => {
    const bench = new Bench();
    const port = new RootPort(bench);
    const device = new DeviceTlb({ unit: port, sourceId: DEVICE });
    device.access({ address: A, access: 'read' });
    expect(bench.takeTypes()).toEqual([1, 2]);
    port.translationBlocking = true;
    expect(device.access({ address: A, access: 'read' })).toEqual({ kind: 'blocked', response: 'CA' });
    expect(device.access({ address: A + 0x1000n, access: 'read' })).toEqual({ kind: 'blocked', response: 'CA' });
    device.enabled = false;
    expect(device.access({ address: A, access: 'read' })).toMatchObject({ address: 0x7000n });
    expect(bench.takeTypes()).toEqual([0]);
    expect(bench.status()).toBe(0n);
    expect(port.completeDeviceTlbInvalidation(DEVICE, 3)).toBeUndefined();
    expect(bench.status()).toBe(0x20n);
  });
});

describe('What a caller may not do', () => {
  const { unit } = new Bench();
  test.each([
    [{ sourceId: 0x10000 }, 'sourceId is an integer from 0 to 0xffff, got 65536'],
    [{ capacity: 0 }, 'capacity is an integer from 1 to 0x100000, got 0'],
    [{ translations: 17 }, 'translations is an integer from 1 to 0x10, got 17'],
    [{ messages: 9 }, 'messages is an integer from 1 to 0x8, got 9'],
    [{ misbehaves: { completesAs: -1 } }, 'completesAs is an integer from 0 to 0xffff, got -1'],
  ])('%j', (options, sentence) => {
    expect(() => new DeviceTlb({ unit, sourceId: DEVICE, ...options })).toThrow(new RangeError(sentence));
  });

  test('an access over the end of a page', () => {
    const device = new DeviceTlb({ unit, sourceId: DEVICE });
    expect(() => device.access({ address: A + 0xffen, access: 'read' })).toThrow(
      'an access lies within one page of 4 KiB',
    );
    expect(() => device.access({ address: A, access: 'read', pasid: -1 })).toThrow('pasid is an integer');
  });
});
