import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { ROOT } from '../harness/repository.ts';

/** Requests that wait for their replies, in two halves: one is answered while the other is written. */
const IN_FLIGHT = 100;
const HALF = IN_FLIGHT / 2;
/** Seconds until the compiler of the host has seen enough, and seconds that are counted. */
const WARM_UP = 2;
const COUNTED = 5;
const PAGES = 500;
const LINE_FEED = 0x0a;
const TICKS_A_SECOND = 100;

/** Tables for 00:05.0, four levels and one leaf table: entries by address. */
const TABLES: readonly (readonly [number, number])[] = [
  [0x1000, 0x2001],
  [0x2280, 0x3001],
  [0x2288, 0x102],
  [0x3000, 0x4003],
  [0x4000, 0x5003],
  [0x5000, 0x6003],
  ...Array.from({ length: PAGES }, (_, n) => [0x6000 + 8 * n, 0x10_0003 + 4096 * n] as const),
];
/** RTADDR_REG; GCMD_REG.SRTP; GCMD_REG.TE. */
const COMMANDS: readonly (readonly [number, 32 | 64, number])[] = [
  [0x20, 64, 0x1000],
  [0x18, 32, 0x4000_0000],
  [0x18, 32, 0x8000_0000],
];
/** In an order that no cache of the host likes. */
const ADDRESSES = Array.from({ length: PAGES }, (_, n) => 4096 * ((n * 389) % PAGES) + 0x678);

const hex = (value: number): string => `0x${value.toString(16)}`;

interface Load {
  readonly name: string;
  readonly text: boolean;
  readonly setup: readonly string[];
  /** Lines that are sent again and again. */
  readonly lines: readonly string[];
  /** Requests in each of them. */
  readonly each: number;
  /** What every reply must have in it. */
  readonly expected: string;
}

function jsonLoads(): readonly Load[] {
  const request = (method: string, params: object, id: number) => ({ jsonrpc: '2.0', id, method, params });
  const line = (method: string, params: object) => JSON.stringify(request(method, params, 0));
  const setup = [
    ...TABLES.map(([address, word]) => line('memory.write', { address, data: bytesOf(word) })),
    ...COMMANDS.map(([offset, width, value]) => line('register.write', { offset, width, value })),
  ];
  const requests = ADDRESSES.map((address, id) =>
    request('dma', { source: '00:05.0', address: hex(address), access: 'read' }, id),
  );
  const batches = Array.from({ length: PAGES / HALF }, (_, n) => requests.slice(n * HALF, (n + 1) * HALF));
  const common = { text: false, setup, expected: '"completed"' };
  return [
    { ...common, name: 'serve, JSON: dma, one a line', lines: requests.map((one) => JSON.stringify(one)), each: 1 },
    {
      ...common,
      name: 'serve, JSON: dma, batches of 50',
      lines: batches.map((one) => JSON.stringify(one)),
      each: HALF,
    },
  ];
}

function textLoads(): readonly Load[] {
  const base = 0xfed9_0000;
  const setup = [
    ...TABLES.map(([address, word]) => `writeq ${hex(address)} ${hex(word)}`),
    ...COMMANDS.map(([offset, width, value]) => `write${width === 32 ? 'l' : 'q'} ${hex(base + offset)} ${hex(value)}`),
  ];
  const common = { text: true, setup, each: 1 };
  const dma = (access: string) => ADDRESSES.map((address) => `dma 00:05.0 ${access} ${hex(address)}`);
  return [
    { ...common, name: 'serve, text: dma', lines: dma('read'), expected: 'OK completed ' },
    {
      ...common,
      name: 'serve, text: readl of a register',
      lines: ADDRESSES.map(() => 'readl 0xfed9001c'),
      expected: 'OK 0x',
    },
  ];
}

function bytesOf(word: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(word));
  return bytes.toString('hex');
}

interface Measured {
  readonly replies: number;
  readonly seconds: number;
  /** Seconds of processor that the server took; undefined where the system does not say. */
  readonly processor: number | undefined;
}

/** One server, one load: replies in the counted seconds. */
async function measure({ text, setup, lines, each, expected }: Load): Promise<Measured> {
  const child = spawn(process.execPath, ['dist/cli/main.js', 'serve', ...(text ? ['--text'] : [])], {
    cwd: ROOT,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const perHalf = HALF / each;
  const halves = Array.from({ length: lines.length / perHalf }, (_, n) =>
    Buffer.from(`${lines.slice(n * perHalf, (n + 1) * perHalf).join('\n')}\n`),
  );
  let answered = 0;
  let sent = setup.length;
  let next = 0;
  let checked = false;
  child.stdout.on('data', (chunk: Buffer) => {
    for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, at + 1)) answered += 1;
    if (answered < setup.length) return;
    if (answered > setup.length && !checked) {
      if (!chunk.includes(expected)) throw new Error(`the server answered ${chunk.toString('utf8', 0, 300)}`);
      checked = true;
    }
    for (; sent + perHalf - answered <= 2 * perHalf; sent += perHalf) {
      child.stdin.write(halves[next]!);
      next = (next + 1) % halves.length;
    }
  });
  child.stdin.write(`${setup.join('\n')}\n`);
  await seconds(WARM_UP);
  const before = { answered, time: performance.now(), processor: processorSeconds(child.pid!) };
  await seconds(COUNTED);
  const measured = {
    replies: (answered - before.answered) * each,
    seconds: (performance.now() - before.time) / 1000,
    processor:
      before.processor === undefined ? undefined : (processorSeconds(child.pid!) ?? Number.NaN) - before.processor,
  };
  child.stdout.removeAllListeners('data');
  child.kill();
  return measured;
}

/** What Linux says that a process has used, user and system together. */
function processorSeconds(pid: number): number | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
  } catch {
    return undefined;
  }
}

const seconds = (count: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, count * 1000));
const rate = (count: number): string => `${Math.round(count / 1000).toLocaleString('en')},000 a second`;

/**
 * What `vtd serve` answers over pipes with 100 requests in flight: the server as it is published, and this process as
 * its client. `word` chooses the rows that have it. Where other processes want the machine too, the second column says more than the first.
 */
export async function benchServer(word = ''): Promise<void> {
  const loads = [...jsonLoads(), ...textLoads()].filter(({ name }) => name.includes(word));
  if (loads.length === 0) return;
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: ROOT, stdio: 'inherit' });
  console.log(`${IN_FLIGHT} requests in flight`);
  for (const load of loads) {
    const { replies, seconds, processor } = await measure(load);
    const ofProcessor = processor === undefined ? '' : `${rate(replies / processor)} of the server's processor time`;
    console.log(`  ${load.name.padEnd(36)}${rate(replies / seconds).padEnd(22)}${ofProcessor}`);
  }
}
