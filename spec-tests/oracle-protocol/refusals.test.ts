import { describe, expect, test } from 'vitest';
import { REGISTER, translatingPeer } from './peer.ts';

const ADDRESS = '"0x" and lower-case hexadecimal digits, or an integer up to 2^53 - 1, of 64 bits';
const LENGTH = 'an integer from 0 to 1048576';
const DATA = 'pairs of hexadecimal digits, at most 1048576 bytes';
const SOURCE = '"bb:dd.f" in hexadecimal, device up to 1f and function up to 7, or "0x" and the 16-bit number';
const BITS_32 = ADDRESS.replace('64', '32');
const REQUEST = { source: '00:05.0', address: '0x1000', access: 'write' };
const WRITE = { offset: '0x18', width: 32, value: '0x0' };

/** `[method, parameters, message]`; a message ends here where it would say the same as others do. */
const REFUSED: readonly (readonly [method: string, params: object, message: string])[] = [
  ['initialize', { units: {} }, 'there is no member "units"; there are protocol, unit'],
  ['initialize', { protocol: 2 }, 'protocol takes 1, got 2'],
  ['initialize', { unit: 5 }, 'unit takes an object of version, hostAddressWidth, capabilities'],
  ['initialize', { unit: { haw: 46 } }, 'there is no member "unit.haw"; there are version, hostAddressWidth'],
  ['initialize', { unit: { version: '0x100' } }, `unit.version takes ${ADDRESS.replace('64', '8')}, got "0x100"`],
  ['initialize', { unit: { hostAddressWidth: 31 } }, 'unit.hostAddressWidth takes an integer from 32 to 52, got 31'],
  [
    'initialize',
    { unit: { hostAddressWidth: '46' } },
    'unit.hostAddressWidth takes an integer from 32 to 52, got "46"',
  ],
  ['initialize', { unit: { capabilities: -1 } }, `unit.capabilities takes ${ADDRESS}, got -1`],
  ['initialize', { unit: { capabilities: 0 } }, 'no unit can be like this: CAP_REG.DRD and DWD must be 1'],
  ['initialize', { unit: { extendedCapabilities: true } }, `unit.extendedCapabilities takes ${ADDRESS}, got true`],
  ['initialize', { unit: { caches: 'some' } }, 'unit.caches is "none", "full" or an object of capacities, got "some"'],
  ['initialize', { unit: { caches: { iotlb: -1 } } }, 'unit.caches.iotlb is an integer from 0 to 1048576, got -1'],
  [
    'initialize',
    { unit: { caches: { dtlb: 1 } } },
    'unit.caches has no "dtlb"; it has context, pasid, iotlb, firstStage, secondStage, hostPermission, interrupt, and replacement',
  ],
  [
    'initialize',
    { unit: { caches: { replacement: 'lru' } } },
    'unit.caches.replacement is round-robin or random, got "lru"',
  ],
  [
    'initialize',
    { unit: { registers: [] } },
    'unit.registers takes an object of at most 4096 register names and their values, got an',
  ],
  [
    'initialize',
    { unit: { registers: { MTRRCAP_REG: '508' } } },
    `unit.registers.MTRRCAP_REG takes ${ADDRESS}, got "508"`,
  ],
  [
    'initialize',
    { unit: { registers: { GSTS_REG: 1 } } },
    'no unit can be like this: no unit is told a register "GSTS_REG"',
  ],
  ['initialize', { unit: { caches: 7 } }, 'unit.caches takes "none", "full" or an object of capacities, got 7'],
  [
    'permitted',
    { method: 'pageRequest', request: {}, observed: {} },
    'method takes "dma" or "interrupt", got "pageRequest"',
  ],
  ['permitted', { request: {}, observed: {} }, 'method is missing; it takes "dma" or "interrupt"'],
  [
    'permitted',
    {
      method: 'interrupt',
      request: { source: '0x1', address: '0xfee00010', data: 0 },
      observed: { outcome: 'posted', notification: 0 },
    },
    'observed.notification takes an object of address, data, destination, vector, or null, got 0',
  ],
  [
    'pageRequest',
    { source: '00:05.0', address: '0x7001', group: 0, last: true },
    'address is a multiple of 4096 below 2^64, got 28673',
  ],
  [
    'pageRequest',
    { source: '00:05.0', address: '0x7000', group: 512, last: true },
    'group takes an integer from 0 to 511, got 512',
  ],
  ['pageRequest', { source: '00:05.0', address: '0x7000', group: 0 }, 'last is missing; it takes true or false'],
  ['pageRequest', { source: '00:05.0', address: '0x7000', group: 0, last: 1 }, 'last takes true or false, got 1'],
  [
    'pageRequest',
    { source: '00:05.0', address: '0x7000', group: 0, last: true, pasid: 1048576 },
    'pasid takes an integer from 0 to 1048575, got 1048576',
  ],
  ['explain', { method: 'pageRequest', request: {} }, 'method takes "dma" or "interrupt", got "pageRequest"'],
  ['explain', { method: 'permitted', request: {} }, 'method takes "dma" or "interrupt", got "permitted"'],
  [
    'interrupt',
    { source: '0x1', address: '0xfee00010' },
    'data is missing; it takes "0x" and lower-case hexadecimal digits, or an integer up to 2^53 - 1, of 32 bits',
  ],
  [
    'permitted',
    { method: 'dma', request: { source: '00:05.0', address: 0, access: 'read' }, observed: { outcome: 'ok' } },
    'observed.outcome takes "completed" or "translation" or "interrupt" or "UR" or "CA" or "malformed", got "ok"',
  ],
  [
    'permitted',
    {
      method: 'dma',
      request: { source: '00:05.0', address: 0, access: 'read' },
      observed: { outcome: 'UR', fault: { code: 'LGN.2' } },
    },
    'there is no member "observed.fault.code"; there are condition, reason, qualified, recorded, notRecorded',
  ],
  [
    'initialize',
    { unit: { choices: [] } },
    'unit.choices takes an object of choice names and their values, got an array',
  ],
  [
    'initialize',
    { unit: { choices: { x: null } } },
    'unit.choices.x takes a string, a number or true or false, got null',
  ],
  ['initialize', { unit: { choices: { x: 1 } } }, 'there is no choice "x"; there are '],
  ['initialize', { unit: { choices: { compressFaults: 1 } } }, 'choice compressFaults is false or true, got 1'],
  ['reset', { kind: 'cold' }, 'kind takes "power-good" or "warm", got "cold"'],
  ['shutdown', { kind: 'warm' }, 'there is no member "kind"; there are no members'],
  ['memory.write', {}, `address is missing; it takes ${ADDRESS}`],
  ['memory.write', { address: 0 }, `data is missing; it takes ${DATA}`],
  ['memory.write', { adress: 0, data: '' }, 'there is no member "adress"; there are address, data, visible'],
  ['memory.write', { address: '1000', data: '' }, `address takes ${ADDRESS}, got "1000"`],
  ['memory.write', { address: '0xABC', data: '' }, `address takes ${ADDRESS}, got "0xABC"`],
  ['memory.write', { address: '0x', data: '' }, `address takes ${ADDRESS}, got "0x"`],
  ['memory.write', { address: '0x1 ', data: '' }, `address takes ${ADDRESS}, got "0x1 "`],
  ['memory.write', { address: 1.5, data: '' }, `address takes ${ADDRESS}, got 1.5`],
  ['memory.write', { address: 2 ** 53, data: '' }, `address takes ${ADDRESS}, got 9007199254740992`],
  ['memory.write', { address: null, data: '' }, `address takes ${ADDRESS}, got null`],
  ['memory.write', { address: '0x10000000000000000', data: '' }, `address takes ${ADDRESS}, got "0x10000000000000000"`],
  ['memory.write', { address: '0xfffffffffffff', data: '0000' }, 'address takes one below 2^52, and the last byte too'],
  ['memory.write', { address: 0, data: '0' }, `data takes ${DATA}, got "0"`],
  ['memory.write', { address: 0, data: '0x00' }, `data takes ${DATA}, got "0x00"`],
  ['memory.write', { address: 0, data: '0g' }, `data takes ${DATA}, got "0g"`],
  ['memory.write', { address: 0, data: [0] }, `data takes ${DATA}, got an array`],
  [
    'memory.write',
    { address: 0, data: '00'.repeat(2 ** 20 + 1) },
    `data takes ${DATA}, got "${'0'.repeat(40)}" and more`,
  ],
  ['memory.write', { address: 0, data: '00', visible: 1 }, 'visible takes true or false, got 1'],
  ['memory.write', { address: 0, data: '00', visible: 0 }, 'visible takes true or false, got 0'],
  ['memory.read', { address: 0 }, `length is missing; it takes ${LENGTH}`],
  ['memory.read', { address: 0, length: -1 }, `length takes ${LENGTH}, got -1`],
  ['memory.read', { address: 0, length: 2 ** 20 + 1 }, `length takes ${LENGTH}, got 1048577`],
  ['memory.read', { address: 0, length: '0x10' }, `length takes ${LENGTH}, got "0x10"`],
  ['memory.read', { address: '0x10000000000000', length: 1 }, 'address takes one below 2^52, and the last byte too'],
  ['memory.poison', { length: 1 }, `address is missing; it takes ${ADDRESS}`],
  ['memory.poison', { address: 0, length: 1.5 }, `length takes ${LENGTH}, got 1.5`],
  ['memory.poison', { address: 0, length: 1, writesOnly: 'yes' }, 'writesOnly takes true or false, got "yes"'],
  ['memory.poison', { address: '0xffffffffffffffff', length: 1 }, 'address takes one below 2^52'],
  ['register.write', { width: 32, value: 0 }, `offset is missing; it takes ${BITS_32}`],
  ['register.write', { ...WRITE, width: 16 }, 'width takes 32 or 64, got 16'],
  ['register.write', { ...WRITE, value: '0x100000000' }, 'value takes 32 bits with this width, got 0x100000000'],
  ['register.write', { ...WRITE, value: '80000000' }, `value takes ${ADDRESS}, got "80000000"`],
  [
    'register.write',
    { ...WRITE, width: 64, offset: '0x1c' },
    'an access of 64 bits is aligned to 8 bytes, got offset 0x1c',
  ],
  ['register.write', { ...WRITE, offset: '0x1000' }, "the unit's registers take 0x1000 bytes, got offset 0x1000"],
  ['register.read', { offset: 0 }, 'width is missing; it takes 32 or 64'],
  ['register.read', { offset: 2, width: 32 }, 'an access of 32 bits is aligned to 4 bytes, got offset 0x2'],
  ['register.read', { offset: '0x100000000', width: 32 }, `offset takes ${BITS_32}, got "0x100000000"`],
  ['deviceTlb.complete', {}, `source is missing; it takes ${SOURCE}`],
  ['deviceTlb.complete', { source: '00:05.0', tag: 32 }, 'tag takes an integer from 0 to 31, got 32'],
  ['deviceTlb.complete', { source: '00:05.0', tags: 3 }, 'tags takes an array, of which each is an integer from 0'],
  ['deviceTlb.complete', { source: '00:05.0', tags: [0, 32] }, 'tags[1] takes an integer from 0 to 31, got 32'],
  ['deviceTlb.complete', { source: '00:05.0', tag: 0, tags: [0] }, 'tag takes no value beside tags'],
  ['deviceTlb.complete', { source: '00:05.0', tag: 0, count: 8 }, 'count takes an integer from 0 to 7, got 8'],
  ['deviceTlb.request', {}, `source is missing; it takes ${SOURCE}`],
  ['deviceTlb.timeout', { source: 5 }, `source takes ${SOURCE}, got 5`],
  ['deviceTlb.timeout', { source: '00:05.0', tag: 0 }, 'there is no member "tag"; there are source'],
  ['dma', {}, `source is missing; it takes ${SOURCE}`],
  ['dma', { source: '0:5.0', address: 0, access: 'read' }, `source takes ${SOURCE}, got "0:5.0"`],
  ['dma', { ...REQUEST, source: '00:20.0' }, `source takes ${SOURCE}, got "00:20.0"`],
  ['dma', { ...REQUEST, source: '00:05.8' }, `source takes ${SOURCE}, got "00:05.8"`],
  ['dma', { ...REQUEST, source: '0x10000' }, `source takes ${SOURCE}, got "0x10000"`],
  ['dma', { ...REQUEST, source: 40 }, `source takes ${SOURCE}, got 40`],
  ['dma', { ...REQUEST, address: '0xffffffffffffffff' }, 'the request runs past the end of the address space'],
  ['dma', { ...REQUEST, access: 'execute' }, 'access takes "read" or "write" or "atomic", got "execute"'],
  [
    'dma',
    { ...REQUEST, type: 'ats' },
    'type takes "untranslated" or "translation" or "translated" or "reserved", got "ats"',
  ],
  ['dma', { ...REQUEST, length: 0 }, 'length takes an integer from 1 to 1048576, got 0'],
  ['dma', { ...REQUEST, length: 2 ** 20 + 1 }, 'length takes an integer from 1 to 1048576, got 1048577'],
  ['dma', { ...REQUEST, zeroLength: true }, 'only a read can be zeroLength, this is a write'],
  ['dma', { ...REQUEST, pasid: 2 ** 20 }, 'pasid takes an integer from 0 to 1048575, got 1048576'],
  ['dma', { ...REQUEST, pasid: null }, 'pasid takes an integer from 0 to 1048575, got null'],
  ['dma', { ...REQUEST, value: '0x100000000' }, `value takes ${BITS_32}, got "0x100000000"`],
  ['dma', { ...REQUEST, data: 0 }, 'there is no member "data"; there are source, address, access, length, type, pasid'],
  ...['privileged', 'execute', 'noSnoop', 'noWrite', 'zeroLength'].map(
    (name) => ['dma', { ...REQUEST, [name]: 0 }, `${name} takes true or false, got 0`] as const,
  ),
  ['explain', {}, 'request is missing; it takes an object of source, address, access'],
  ['explain', { request: 'x' }, 'request takes an object of source'],
  ['explain', REQUEST, 'there is no member "source"; there are request'],
  ['explain', { request: { ...REQUEST, pasid: -1 } }, 'request.pasid takes an integer from 0 to 1048575, got -1'],
  ['events.take', { count: 1 }, 'there is no member "count"; there are no members'],
  ['restore', {}, 'snapshot is missing; it takes an object'],
  ['restore', { snapshot: {} }, 'snapshot.format takes "vtd-model unit", got nothing'],
  ['restore', { snapshot: { format: 'vtd-model unit', version: 9 } }, 'snapshot.version takes 1, got 9'],
  ['shutdown', { now: true }, 'there is no member "now"; there are no members'],
];

/** All that a client can see. */
function stateOf({ session: { unit, memory, ended } }: ReturnType<typeof translatingPeer>) {
  const registers = Array.from({ length: 0x200 }, (_, n) => unit.readRegister(8 * n, 64));
  const bytes = [0x1000n, 0x2000n, 0x3000n, 0x4000n, 0x5000n, 0x6000n, 0n].map((at) => memory.read(at, 4096));
  return { unit, memory, ended, registers, bytes, rootTable: unit.rootTable };
}

describe('-32602', () => {
  test.each(REFUSED)('%s %j: %s', (method, params, message) => {
    const peer = translatingPeer();
    peer.ask('register.write', { offset: REGISTER.FECTL, width: 32, value: 0 });
    const before = stateOf(peer);
    const refused = peer.refusal(method, params);
    expect(refused.code).toBe(-32602);
    expect(refused.message.slice(0, message.length)).toBe(message);
    const after = stateOf(peer);
    expect(after).toEqual(before);
    expect([after.unit, after.memory]).toEqual([expect.toSatisfy((it) => it === before.unit), expect.anything()]);
    expect(peer.ask('events.take')).toEqual({ events: [] });
  });

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('a member %s is like any other', (name) => {
    const peer = translatingPeer();
    const line = (params: string) => `{"jsonrpc":"2.0","id":1,"method":"memory.read","params":${params}}`;
    const reply = JSON.parse(peer.line(line(`{"address":0,"length":1,"${name}":{"length":2}}`)));
    expect(reply.error.message).toBe(`there is no member "${name}"; there are address, length`);
    const inherited = JSON.parse(peer.line(line(`{"${name}":{"address":0,"length":1}}`)));
    expect(inherited.error.code).toBe(-32602);
    expect(Object.hasOwn(Object.prototype, 'address')).toBe(false);
  });

  test.each(['__proto__', 'constructor'])('a choice %s is not there', (name) => {
    const line = `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"unit":{"choices":{"${name}":1}}}}`;
    expect(JSON.parse(translatingPeer().line(line)).error.message).toMatch(`there is no choice "${name}"`);
  });

  test('leading zeros are no matter, however many there are', () => {
    const zeros = '0'.repeat(2 ** 20);
    const peer = translatingPeer();
    const offset = `0x${zeros}1c`;
    expect(peer.ask('register.read', { offset, width: 32 })).toEqual({ value: '0xc0000000' });
    expect(peer.ask('register.read', { offset: `0x${zeros}`, width: 32 })).toEqual({ value: '0x80' });
    expect(peer.refusal('register.read', { offset: `${offset}g`, width: 32 }).message).toMatch(/^offset takes/);
  });
});
