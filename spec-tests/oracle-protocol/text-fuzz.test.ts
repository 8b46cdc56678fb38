import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { serveLines } from '../../src/oracle/serve.ts';
import { lineOf, resultOf } from '../../src/oracle/text-client.ts';
import { OLD_UNIT, Peer } from './peer.ts';
import { type TextPeer, translatingTextPeer } from './text-peer.ts';

const RUNS = process.env.VTD_LONG === undefined ? 100 : 6_000;
const BASE = 0xfed9_0000;

const hex = (value: number | bigint): string => `0x${value.toString(16)}`;
const source = fc.constantFrom('00:05.0', '00:06.0', '00:07.0', '00:08.0', 'ff:1f.7', '0x28');
const address = fc.oneof(
  fc.constantFrom(0x1000, 0x2280, 0x6a28, 0xfee0_1000, 0x1234_5678, 0x1234_5ffe, BASE, BASE + 0x18).map(hex),
  fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }).map(hex),
  fc.nat(0x7fff).map(hex),
);
const registerOffset = fc.oneof(
  fc.constantFrom(0x18, 0x1c, 0x20, 0x34, 0x38, 0x80, 0x88),
  fc.nat(0x3ff).map((n) => 4 * n),
);
const data = fc.uint8Array({ maxLength: 24 }).map((bytes) => Buffer.from(bytes).toString('hex'));
const value32 = fc.oneof(fc.constantFrom(0x4000_0000, 0x8000_0000, 0, 0x41), fc.nat()).map(hex);

/** Words of commands, and what is nearly one. */
const word = fc.oneof(
  { weight: 6, arbitrary: address },
  { weight: 3, arbitrary: source },
  {
    weight: 3,
    arbitrary: fc.constantFrom('read', 'write', 'atomic', 'details', 'pasid=5', 'type=translation', 'zlr', 'last'),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom('=', 'completed', 'UR', 'base', 'interrupt', 'length=4', 'complete', 'tag=1'),
  },
  { weight: 2, arbitrary: fc.constantFrom('cap=0xd2008c222f0606', 'haw=39', 'caches=none', 'pageCrossing=blocked') },
  { weight: 2, arbitrary: data.map((pairs) => `0x${pairs}`) },
  { weight: 1, arbitrary: fc.nat(5000).map(String) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
);
const command = fc.constantFrom(
  ...[
    'readb',
    'readw',
    'readl',
    'readq',
    'writeb',
    'writew',
    'writel',
    'writeq',
    'read',
    'write',
    'b64read',
    'b64write',
  ],
  ...[
    'memset',
    'endianness',
    'unit',
    'reset',
    'poison',
    'dma',
    'interrupt',
    'pagerequest',
    'explain',
    'permitted',
    'events',
    'findings',
  ],
  ...['devicetlb', 'version', 'quit'],
);
const line = fc
  .tuple(fc.oneof({ weight: 12, arbitrary: command }, { weight: 1, arbitrary: word }), fc.array(word, { maxLength: 5 }))
  .map(([first, rest]) => [first, ...rest].join(' ').replaceAll('\n', ''));
const plain = fc.oneof(
  fc
    .tuple(source, fc.constantFrom('read', 'write', 'atomic'), address)
    .map(([from, access, at]) => `dma ${from} ${access} ${at}`),
  fc.tuple(fc.constantFrom('l', 'q'), registerOffset).map(([width, offset]) => `read${width} ${hex(BASE + offset)}`),
  fc
    .tuple(fc.constantFrom('l', 'q'), registerOffset, value32)
    .map(([width, offset, value]) => `write${width} ${hex(BASE + offset)} ${value}`),
);

/** What a refused line must leave as it was. */
function stateOf({ session: { unit, memory } }: TextPeer): unknown {
  return [
    ...Array.from({ length: 0x100 }, (_, n) => unit.readRegister(8 * n, 64)),
    ...[0x1000n, 0x2000n, 0x3000n, 0x6000n].map((at) => Buffer.from(memory.read(at, 4096)).toString('hex')),
  ];
}

describe('Whatever is sent in the text dialect', () => {
  test('one line is answered, never by a mistake of the server, and what is refused changes nothing', () => {
    const peer = translatingTextPeer();
    let before = stateOf(peer);
    fc.assert(
      fc.property(fc.oneof(line, plain), (one) => {
        const answer = peer.dialect.answer(one);
        if (one.trim() === '') expect(answer).toBe('');
        else expect(answer).toMatch(/^(?:OK|FAIL )[^\n]*\n$/);
        expect(answer).not.toContain('the server is at fault');
        peer.session.ended = false;
        if (answer.startsWith('FAIL')) expect(stateOf(peer)).toEqual(before);
        else before = stateOf(peer);
      }),
      { numRuns: RUNS * 5, endOnFailure: true },
    );
  });

  test('any bytes in any chunks', async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.oneof(line, plain).map((one) => Buffer.from(one)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(bytes, { maxLength: 12 }), fc.nat(200), async (lines, cut) => {
        const all = Buffer.concat(lines.flatMap((one) => [one, Buffer.from('\n')]));
        const whole = await answersTo(all);
        expect(await answersTo(all.subarray(0, cut), all.subarray(cut))).toBe(whole);
        expect(whole).toMatch(/^(?:(?:OK|FAIL )[^\n]*\n)*$/);
      }),
      { numRuns: RUNS / 4 },
    );
  });

  test('lines of the plainest form are answered like all others', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(plain, plain, line), { minLength: 1, maxLength: 30 }), (lines) => {
        const [quick, slow] = [translatingTextPeer(), translatingTextPeer()];
        for (const one of lines) expect(quick.dialect.answer(one)).toBe(slow.dialect.answerAny(one));
        slow.session.ended = quick.session.ended = false;
        expect(stateOf(quick)).toEqual(stateOf(slow));
      }),
      { numRuns: RUNS },
    );
  });
});

async function answersTo(...chunks: readonly Uint8Array[]): Promise<string> {
  const input = new PassThrough({ highWaterMark: 2 ** 24 });
  const output = new PassThrough({ highWaterMark: 2 ** 24 });
  for (const chunk of chunks) if (chunk.length > 0) input.write(chunk);
  input.end();
  await serveLines(input, output, 'text');
  output.end();
  return text(output);
}

/** A request of the protocol as both dialects have it. */
type Request = readonly [string, Readonly<Record<string, unknown>>];
const options = fc.record(
  {
    length: fc.integer({ min: 1, max: 9000 }),
    type: fc.constantFrom('untranslated', 'translation', 'translated'),
    pasid: fc.nat(0xf_ffff),
    privileged: fc.boolean(),
    execute: fc.boolean(),
    noSnoop: fc.boolean(),
    noWrite: fc.boolean(),
    zeroLength: fc.boolean(),
    value: value32,
  },
  { requiredKeys: [] },
);
const pageOptions = fc.record(
  {
    last: fc.boolean(),
    pasid: fc.nat(0xf_ffff),
    read: fc.boolean(),
    write: fc.boolean(),
    execute: fc.boolean(),
    privileged: fc.boolean(),
  },
  { requiredKeys: [] },
);
const dma = fc
  .tuple(source, address, fc.constantFrom('read', 'write', 'atomic'), fc.oneof(fc.constant({}), options))
  .map(([from, at, access, more]): Request => ['dma', { source: from, address: at, access, ...more }]);
const request: fc.Arbitrary<Request> = fc.oneof(
  { weight: 4, arbitrary: dma },
  fc
    .tuple(source, fc.nat(0xf_ffff), value32)
    .map(([from, at, value]): Request => ['interrupt', { source: from, address: hex(0xfee0_0000 + at), data: value }]),
  fc
    .tuple(source, fc.nat(0xf_ffff), fc.nat(511), pageOptions)
    .map(([from, page, group, { last = false, ...more }]): Request => {
      return ['pageRequest', { source: from, address: `${hex(page)}000`, group, last, ...more }];
    }),
  fc
    .tuple(registerOffset, fc.constantFrom(32, 64))
    .map(([offset, width]): Request => ['register.read', { offset: hex(offset), width }]),
  fc
    .tuple(registerOffset, fc.constantFrom(32, 64), value32)
    .map(([offset, width, value]): Request => ['register.write', { offset: hex(offset), width, value }]),
  fc.tuple(fc.nat(0x7fff), data).map(([at, pairs]): Request => ['memory.write', { address: hex(at), data: pairs }]),
  fc.tuple(fc.nat(0x7fff), fc.nat(40)).map(([at, length]): Request => ['memory.read', { address: hex(at), length }]),
  fc
    .tuple(fc.nat(0x7fff), fc.nat(40), fc.boolean())
    .map(([at, length, writesOnly]): Request => ['memory.poison', { address: hex(at), length, writesOnly }]),
  fc.constantFrom<Request>(['events.take', {}], ['events.take', {}], ['reset', {}]),
  fc.constantFrom<Request>(
    ['initialize', { unit: { ...OLD_UNIT, caches: 'none' } }],
    [
      'initialize',
      { unit: { choices: { deviceTlbCompletion: 'asked', compressFaults: true, pageCrossing: 'blocked' } } },
    ],
    ['initialize', { unit: { hostAddressWidth: 52, caches: { iotlb: 2, replacement: 'random' } } }],
  ),
  fc
    .tuple(source, fc.option(fc.nat(31), { nil: undefined }))
    .map(([from, tag]): Request => ['deviceTlb.complete', { source: from, ...(tag === undefined ? {} : { tag }) }]),
  source.map((from): Request => ['deviceTlb.timeout', { source: from }]),
);

/** What the text dialect cannot say of itself. */
function comparable(method: string, result: Readonly<Record<string, unknown>>): unknown {
  if (method !== 'initialize') return result;
  return { unit: result.unit, features: result.features };
}

describe('Both dialects', () => {
  test('answer the same to the same sequence, and refuse the same', () => {
    fc.assert(
      fc.property(fc.array(request, { minLength: 1, maxLength: 40 }), (requests) => {
        const json = new Peer();
        const words = translatingTextPeer();
        // The same tables, written in JSON.
        for (const at of [0x1000n, 0x2000n, 0x3000n, 0x4000n, 0x5000n, 0x6000n]) {
          const bytes = Buffer.from(words.session.memory.read(at, 4096)).toString('hex');
          json.ask('memory.write', { address: hex(at), data: bytes });
        }
        json.ask('register.write', { offset: '0x20', width: 64, value: '0x1000' });
        json.ask('register.write', { offset: '0x18', width: 32, value: '0x40000000' });
        json.ask('register.write', { offset: '0x18', width: 32, value: '0x80000000' });
        for (const [method, params] of requests) {
          const { result, error } = json.request(method, params);
          const answer = words.line(lineOf(method, params));
          const what = `${lineOf(method, params)}: ${answer}`;
          if (error !== undefined) expect(answer.startsWith('FAIL '), what).toBe(true);
          else expect(comparable(method, resultOf(method, answer)), what).toEqual(comparable(method, result!));
        }
      }),
      { numRuns: RUNS },
    );
  });
});
