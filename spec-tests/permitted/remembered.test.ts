import { describe, expect, test } from 'vitest';
import { type DmaRequest, dmaRequest, isSameRequest } from '../../src/messages/dma-request.ts';
import { interruptRequest, isSameInterrupt } from '../../src/messages/interrupt-request.ts';
import { Remembered } from '../../src/permitted/remembered.ts';

const other = (value: number | boolean): number | boolean => (typeof value === 'boolean' ? !value : value + 1);

describe('What an exploration is remembered by', () => {
  test('two memory requests are the same if every member is', () => {
    const request = dmaRequest({ sourceId: 0x28, address: 0x1000n, access: 'read' });
    expect(isSameRequest(request, { ...request })).toBe(true);
    for (const [name, value] of Object.entries<number | boolean>({ ...request })) {
      expect(isSameRequest(request, { ...request, [name]: other(value) } as DmaRequest), name).toBe(false);
    }
  });

  test('and so are two interrupt requests', () => {
    const request = interruptRequest({ sourceId: 0x28, address: 0xfee0_0000n, data: 0 });
    expect(isSameInterrupt(request, { ...request })).toBe(true);
    for (const [name, value] of Object.entries<number>({ ...request })) {
      expect(isSameInterrupt(request, { ...request, [name]: value + 1 }), name).toBe(false);
    }
  });

  test('a request with the hash of another is not taken for it', () => {
    const remembered = new Remembered<string, number>((one, other) => one === other);
    remembered.keep('a', 1, 10);
    expect([remembered.find('a', 1), remembered.find('b', 1)]).toEqual([10, undefined]);
    remembered.keep('b', 1, 20);
    expect([remembered.find('a', 1), remembered.find('b', 1)]).toEqual([undefined, 20]);
    remembered.clear();
    expect(remembered.find('b', 1)).toBeUndefined();
  });
});
