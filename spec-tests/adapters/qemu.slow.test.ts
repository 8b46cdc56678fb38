import { execFileSync } from 'node:child_process';
import { afterAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/oracle/json-rpc.ts';
import { AdapterProcess, adapterOf, HAS_QEMU, QEMU_VERSION, WITH_QEMU } from './live-qemu.ts';

const adapter = adapterOf();
afterAll(() => adapter.stop());

const ask = (method: string, params: JsonObject = {}): Promise<JsonObject> => adapter.call(method, params);

const qwords = (...values: readonly bigint[]): string => Buffer.from(new BigUint64Array(values).buffer).toString('hex');
const write = (address: string, ...values: readonly bigint[]) =>
  ask('memory.write', { address, data: qwords(...values) });
const register = (offset: string, width: 32 | 64, value: string) => ask('register.write', { offset, width, value });
const read = async (offset: string, width: 32 | 64) => (await ask('register.read', { offset, width })).value;
const dma = (source: string, address: string, access: string, more: JsonObject = {}) =>
  ask('dma', { source, address, access, ...more });

/** A page at 12345000h for 3a:15.6, read-only, far above what a PC has as memory; translation is on. */
async function mapOnePage(): Promise<void> {
  await ask('initialize');
  await write('0x223344001000', 0n, 0n);
  await write('0x2233440013a0', 0x1555_6660_2001n, 0n);
  await write('0x155566602ae0', 0x1003_0000_0001n, 0x702n);
  await write('0x100300000000', 0x4003n);
  await write('0x4000', 0x5003n);
  await write('0x5488', 0x6003n);
  await write('0x6a28', 0x3fff_0000_7001n);
  await register('0x20', 64, '0x223344001000');
  await register('0x18', 32, '0x40000000');
  await register('0x18', 32, '0x80000000');
}

describe.runIf(HAS_QEMU)(`vtd adapter qemu, ${WITH_QEMU}`, { timeout: 120_000 }, () => {
  test('says what the unit is, whatever was asked, and what it can do', async () => {
    const asked = { hostAddressWidth: 46, capabilities: '0xd2078c22260286', extendedCapabilities: '0xf00f4a' };
    const { name, unit, methods, features } = (await ask('initialize', { unit: asked })) as Record<string, JsonObject>;
    expect(name).toBe('QEMU intel-iommu');
    expect(unit).toMatchObject({ version: '0x10', hostAddressWidth: 39 });
    expect(BigInt(unit!.capabilities as string) & 0x80n, 'caching mode').toBe(0x80n);
    expect(methods).toContain('interrupt');
    expect(features).toEqual(['events']);
  });

  test('without interrupt remapping there is no method for interrupts', async () => {
    const { methods } = await ask('initialize', { unit: { extendedCapabilities: '0xf42' } });
    expect(methods).not.toContain('interrupt');
    const request = { source: '00:05.0', address: '0xfee00000', data: '0x41' };
    await expect(ask('interrupt', request)).rejects.toThrow('there is no method "interrupt"');
  });

  test('before translation is on, a request goes where it points', async () => {
    await ask('initialize');
    expect(await dma('3a:15.6', '0x3fff12345678', 'write')).toEqual({
      outcome: 'completed',
      address: '0x3fff12345678',
    });
    expect(await dma('00:05.0', '0x1000', 'read')).toEqual({ outcome: 'completed', address: '0x1000' });
  });

  test('any source-id may send: the tables at any address decide, and the fault record names it', async () => {
    await mapOnePage();
    expect(await dma('3a:15.6', '0x12345678', 'read')).toEqual({ outcome: 'completed', address: '0x3fff00007678' });
    expect(await dma('3a:15.6', '0x12346678', 'write')).toEqual({ outcome: 'UR' });
    // Whatever stands in the PASID of a request without one.
    expect(BigInt((await read('0x228', 64)) as string) & 0xf000_00ff_ffff_ffffn).toBe(0x8000_0005_0000_3aaen);
    expect(await read('0x220', 64)).toBe('0x12346000');
    expect(await dma('3a:15.7', '0x12345678', 'read')).toEqual({ outcome: 'UR' });
    expect(await read('0x34', 32)).toBe('0x3');
  });

  test('no byte moves, as software sees it', async () => {
    await mapOnePage();
    await write('0x6a28', 0x3fff_0000_7003n);
    await write('0x3fff00007670', 0x1111n, 0x2222n, 0x3333n);
    expect(await dma('3a:15.6', '0x12345674', 'write', { length: 16 })).toEqual({
      outcome: 'completed',
      address: '0x3fff00007674',
    });
    const { data } = await ask('memory.read', { address: '0x3fff00007670', length: 24 });
    expect(data).toBe(qwords(0x1111n, 0x2222n, 0x3333n));
  });

  test('a request that the IOTLB blocks is seen to be blocked, though QEMU records nothing', async () => {
    await mapOnePage();
    expect(await dma('3a:15.6', '0x12345678', 'read')).toMatchObject({ outcome: 'completed' });
    expect(await dma('3a:15.6', '0x12345678', 'write')).toEqual({ outcome: 'UR' });
    if (QEMU_VERSION.startsWith('7.2.')) expect(await read('0x34', 32)).toBe('0x0');
  });

  test('interrupt requests are remapped, and the message is shown; a blocked one is UR', async () => {
    await ask('initialize');
    await write('0x70000030', 0x0000_0300_0035_0001n, 0n);
    await register('0xb8', 64, '0x70000007');
    await register('0x18', 32, '0x1000000');
    await register('0x18', 32, '0x2000000');
    const request = { source: '5b:13.2', address: '0xfee00070', data: '0x0' };
    expect(await ask('interrupt', request)).toEqual({ outcome: 'delivered', address: '0xfee03000', data: '0x4035' });
    expect(await ask('interrupt', { ...request, address: '0xfee00090' })).toEqual({ outcome: 'UR' });
  });

  test('the fault event is among the events', async () => {
    await mapOnePage();
    await register('0x3c', 32, '0x31');
    await register('0x40', 32, '0xfee00000');
    await register('0x38', 32, '0x0');
    await dma('3a:15.6', '0x1000', 'read');
    expect(await ask('events.take')).toEqual({
      events: [{ kind: 'fault-event', address: '0xfee00000', data: '0x31' }],
    });
    expect(await ask('events.take')).toEqual({ events: [] });
  });

  test('reset: registers and memory as after power-on', async () => {
    await mapOnePage();
    expect(await ask('reset')).toEqual({});
    expect(await read('0x1c', 32)).toBe('0x0');
    expect((await ask('memory.read', { address: '0x223344001390', length: 32 })).data).toBe('0'.repeat(64));
    expect(await dma('3a:15.6', '0x12345678', 'read')).toEqual({ outcome: 'completed', address: '0x12345678' });
  });

  test.each([
    [{ type: 'translation' }, 'translation requests'],
    [{ pasid: 1 }, 'PASID'],
    [{ access: 'atomic' }, 'atomic requests'],
    [{ length: 4096 }, 'moves up to 1024 bytes'],
    [{ source: '00:1f.0' }, 'no device can be put at 00:1f.0'],
  ])('what no device can send is refused: %o', async (request, message) => {
    await expect(dma('3a:15.6', '0x1000', 'read', request)).rejects.toThrow(message);
  });

  test('memory stands where a PC can have it', async () => {
    await expect(write('0xfed90000', 1n)).rejects.toThrow('there is no memory at 0xfed90000 in a PC');
    await expect(ask('memory.write', { address: '0x0', data: '00', visible: false })).rejects.toThrow('visible');
  });

  test('what ends QEMU is an error, and the next session has another QEMU', async () => {
    await ask('initialize');
    // A wait descriptor that asks for a status write and an interrupt: QEMU 7.2 ends. A later one need not.
    await write('0x1000', 0x0000_0001_0000_0035n, 0x2000n);
    await register('0x90', 64, '0x1000');
    await register('0x18', 32, '0x4000000');
    const ended = await register('0x88', 64, '0x10').then(
      () => undefined,
      (error: Error) => error.message,
    );
    if (ended !== undefined) {
      expect(ended).toMatch(/^QEMU is gone: .*Assertion/);
      await expect(read('0x0', 32)).rejects.toThrow('initialize begins again');
    }
    await ask('initialize');
    expect(await read('0x0', 32)).toBe('0x10');
  });

  test('many places of memory, and many devices, are one session', async () => {
    await mapOnePage();
    for (let i = 0n; i < 70n; i++) await write(`0x${(0x2000_0000_0000n + (i << 32n)).toString(16)}`, i);
    expect((await ask('memory.read', { address: '0x204500000000', length: 8 })).data).toBe(qwords(69n));
    for (const source of ['3b:00.0', '4d:1a.3']) expect(await dma(source, '0x0', 'read')).toEqual({ outcome: 'UR' });
    expect(await dma('3a:15.6', '0x12345678', 'read')).toEqual({ outcome: 'completed', address: '0x3fff00007678' });
  });
});

describe.runIf(HAS_QEMU)(`vtd adapter qemu as a process, ${WITH_QEMU}`, { timeout: 120_000 }, () => {
  /** The QEMUs that a process has started, by their ids. */
  function qemusOf(id: number): readonly number[] {
    const rows = execFileSync('ps', ['-eo', 'pid=,ppid=,comm='], { encoding: 'utf8' }).trim().split('\n');
    const processes = rows.map((row) => row.trim().split(/\s+/));
    const below = (parent: number): readonly number[] =>
      processes
        .filter(([, parentId]) => Number(parentId) === parent)
        .flatMap(([child, , name = '']) => (name.startsWith('qemu-system') ? [Number(child)] : below(Number(child))));
    return below(id);
  }

  function isRunning(id: number): boolean {
    try {
      process.kill(id, 0);
      return true;
    } catch {
      return false;
    }
  }

  async function ends(id: number): Promise<boolean> {
    for (let i = 0; i < 100 && isRunning(id); i++) await new Promise((resolve) => setTimeout(resolve, 50));
    return !isRunning(id);
  }

  test.each([undefined, 'SIGTERM', 'SIGKILL'] as const)('no QEMU outlives it: end of input, or %s', async (signal) => {
    const peer = new AdapterProcess();
    await peer.ask('initialize');
    const [qemu] = qemusOf(peer.id);
    expect(qemu).toBeDefined();
    expect(await peer.end(signal)).toBe(signal ?? 0);
    expect(await ends(qemu!)).toBe(true);
  });

  test('a QEMU that is ended from outside is replaced, and the session goes on', async () => {
    const peer = new AdapterProcess();
    await peer.ask('initialize');
    await peer.ask('memory.write', { address: '0x123456789000', data: 'a55a' });
    process.kill(qemusOf(peer.id)[0]!, 'SIGKILL');
    const request = { address: '0x123456789000', length: 4 };
    expect(await peer.ask('memory.read', request)).toMatchObject({ result: { data: 'a55a0000' } });
    expect(await peer.ask('shutdown')).toMatchObject({ result: {} });
    expect(await peer.end()).toBe(0);
  });
});

describe('vtd adapter qemu without a QEMU', () => {
  test('initialize says what could not be started', async () => {
    const missing = adapterOf('no-such-qemu');
    await expect(missing.call('initialize', {})).rejects.toThrow('no-such-qemu --version failed');
  });

  test('methods are those of the protocol; parameters are read before anything starts', async () => {
    const missing = adapterOf('no-such-qemu');
    await expect(missing.call('explain', {})).rejects.toThrow('there is no method "explain"; there are initialize,');
    await expect(missing.call('register.read', { offset: '0x2', width: 32 })).rejects.toThrow('a multiple of 4');
    await expect(missing.call('memory.read', { address: '0xfffffffffffff', length: 2 })).rejects.toThrow('below 2^52');
    await expect(missing.call('interrupt', { source: '00:01.0', address: '0x0', data: '0x0' })).rejects.toThrow(
      'address takes 0xfee00000 to 0xfeefffff',
    );
  });
});
