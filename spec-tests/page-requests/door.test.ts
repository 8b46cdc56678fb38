import { describe, expect, test } from 'vitest';
import { isStopMarker, NO_PASID, type PageRequestParameters, pageRequest, RESPONSE_CODE } from '../../src/index.ts';
import { BLOCKED, PASID, PASSES, scene } from './scene.ts';

const PLAIN: PageRequestParameters = { sourceId: PASSES, address: 0x7000n, group: 3, last: true };

describe('pageRequest', () => {
  test('makes a plain value; what is left out is false, and there is no PASID', () => {
    const flags = { read: false, write: false, execute: false, privileged: false };
    expect(pageRequest(PLAIN)).toEqual({ sourceId: PASSES, page: 7, pasid: NO_PASID, group: 3, last: true, ...flags });
    const all = { pasid: 0xf_ffff, read: true, write: true, execute: true, privileged: true };
    expect(pageRequest({ ...PLAIN, address: (1n << 64n) - 4096n, group: 511, ...all })).toEqual({
      ...{ sourceId: PASSES, page: 2 ** 52 - 1, group: 511, last: true },
      ...all,
    });
  });

  test.each<readonly [Partial<PageRequestParameters>, string]>([
    [{ sourceId: 0x1_0000 }, 'sourceId is an integer from 0 to 0xffff, got 65536'],
    [{ sourceId: 0.5 }, 'sourceId is an integer from 0 to 0xffff, got 0.5'],
    [{ pasid: 2 ** 20 }, 'pasid is an integer from 0 to 0xfffff, got 1048576'],
    [{ pasid: -1 }, 'pasid is an integer from 0 to 0xfffff, got -1'],
    [{ address: -4096n }, 'address is a multiple of 4096 below 2^64, got -4096'],
    [{ address: 1n << 64n }, 'address is a multiple of 4096 below 2^64, got 18446744073709551616'],
    [{ address: 0x7001n }, 'address is a multiple of 4096 below 2^64, got 28673'],
    [{ group: 512 }, 'group is an integer from 0 to 0x1ff, got 512'],
  ])('refuses %o', (wrong, sentence) => {
    expect(() => pageRequest({ ...PLAIN, ...wrong })).toThrow(new RangeError(sentence));
  });

  test('a Stop Marker is a last request with PASID for neither read nor write', () => {
    const marker = { ...PLAIN, pasid: 0 };
    expect(isStopMarker(pageRequest(marker))).toBe(true);
    for (const other of [PLAIN, { ...marker, last: false }, { ...marker, read: true }, { ...marker, write: true }]) {
      expect(isStopMarker(pageRequest(other))).toBe(false);
    }
  });
});

describe('RemappingUnit.pageRequest', () => {
  test('says where a request is in the queue', () => {
    const { unit } = scene();
    unit.writeRegister(0xc8, 64, 0xfc0n);
    unit.writeRegister(0xc0, 64, 0x40n);
    const offsets = [1, 2, 3].map(() => unit.pageRequest(pageRequest({ ...PLAIN, pasid: PASID, read: true })));
    expect(offsets).toEqual([0xfc0, 0xfe0, 0].map((offset) => ({ kind: 'queued', offset })));
  });

  test('says which code it has answered, and sends it', () => {
    const { unit, sent } = scene();
    const request = pageRequest({ ...PLAIN, sourceId: BLOCKED, pasid: PASID, read: true });
    const outcome = unit.pageRequest(request);
    expect(outcome).toMatchObject({ kind: 'answered', code: RESPONSE_CODE.invalidRequest });
    expect(outcome).toMatchObject({ fault: { condition: { code: 'SCT.8' }, recorded: true } });
    const response = { kind: 'page-group-response', sourceId: BLOCKED, group: 3, code: 1, pasid: PASID };
    expect(sent).toEqual([response]);
  });
});
