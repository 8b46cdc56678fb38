// A target that is a unit with translation off, and fails in the way that its argument names where a request comes from
// 00:1f.7. Plain JavaScript: it is started often, and should start fast.
import { existsSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const [, , fault = 'none', once] = process.argv;

const UNIT = {
  version: '0x10',
  hostAddressWidth: 48,
  capabilities: '0xd2008c222f0606',
  extendedCapabilities: '0xf00f4a',
};

let wasReset = false;

const REPLIES = {
  initialize: ({ unit }) => ({
    protocol: 1,
    name: 'faulty',
    version: '1',
    unit: fault === 'no-unit' ? undefined : fault === 'fixed' ? UNIT : { ...UNIT, ...unit },
    features: fault === 'fixed' ? [] : ['details'],
  }),
  'memory.write': () => ({}),
  'register.write': () => ({}),
  reset: () => {
    wasReset = true;
    return {};
  },
  shutdown: () => ({}),
  'register.read': () => ({ value: fault === 'bad-value' ? 'many' : '0x0' }),
  dma: ({ address, source }) =>
    (fault === 'wrong' || (fault === 'leaks' && wasReset)) && source === '00:1f.7'
      ? { outcome: 'UR' }
      : { outcome: 'completed', address },
};

const write = (text) => process.stdout.write(text);
const hang = () => setInterval(() => {}, 1000);

/** What it does in place of a reply. */
const FAULTS = {
  hang: () => {},
  crash: () => {
    process.stderr.write('assertion failed\n');
    process.kill(process.pid, 'SIGABRT');
  },
  exit: () => process.exit(3),
  garbage: () => write('Segmentation fault\n'),
  'half-line': () => write('[{"jsonrpc":"2.0","id"'),
  'half-line-exit': () => {
    write('[{"jsonrpc":"2.0","id"');
    setTimeout(() => process.exit(0), 50);
  },
  'wrong-id': (ids) => write(`${JSON.stringify(ids.map((id) => ({ jsonrpc: '2.0', id: id + 1, result: {} })))}\n`),
  'null-id': () => write('{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"no batches here"}}\n'),
  twice: (ids) => write(`${JSON.stringify([...ids, ...ids].map((id) => ({ jsonrpc: '2.0', id, result: {} })))}\n`),
  'no-reply': (ids) => write(`${JSON.stringify(ids.map((id) => ({ jsonrpc: '2.0', id, answer: {} })))}\n`),
  'too-long': () => {
    for (let i = 0; i < 17; i++) write(' '.repeat(2 ** 20));
    write('\n');
  },
  'not-utf8': () => process.stdout.write(Buffer.of(0xff, 0x0a)),
  cannot: (ids) => refuseLast(ids, -32000, 'there is no such device'),
  refuse: (ids) => refuseLast(ids, -32602, 'source takes nothing'),
};

function refuseLast(ids, code, message) {
  const results = ids.slice(0, -1).map((id) => ({ jsonrpc: '2.0', id, result: REPLIES.initialize({}) }));
  write(`${JSON.stringify([...results, { jsonrpc: '2.0', id: ids.at(-1), error: { code, message } }])}\n`);
}

if (fault === 'exits-at-once') process.exit(7);
if (fault === 'never-starts') hang();
if (fault === 'banner') write('> faulty@1.0.0 start\n');
if (fault === 'noisy') process.stderr.write('a line for the log\n'.repeat(20_000));
// One that cannot be started a second time.
if (fault === 'dies-for-good' && existsSync(once)) process.exit(9);
if (fault === 'dies-for-good') writeFileSync(once, '');

for await (const line of createInterface({ input: process.stdin })) {
  if (fault === 'never-starts') continue;
  const message = JSON.parse(line);
  const requests = Array.isArray(message) ? message : [message];
  const ids = requests.map(({ id }) => id);
  if (requests.some(({ params }) => params.source === '00:1f.7')) {
    const fail = FAULTS[fault === 'dies-for-good' ? 'exit' : fault];
    if (fail !== undefined) {
      fail(ids);
      continue;
    }
  }
  if (requests.some(({ method }) => method === 'initialize')) wasReset = false;
  const replies = requests.map(({ id, method, params }) => ({ jsonrpc: '2.0', id, result: REPLIES[method](params) }));
  write(`${JSON.stringify(Array.isArray(message) ? replies : replies[0])}\n`);
  if (requests.some(({ method }) => method === 'shutdown')) break;
}
