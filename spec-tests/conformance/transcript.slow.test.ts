import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { bytesPattern, numberPattern, outcomePattern } from '../../src/conformance/patterns.ts';
import { transcriptOf } from '../../src/conformance/transcript.ts';
import { loadVectors } from '../../src/vectors/load.ts';
import { runsOf } from '../../src/vectors/runs.ts';
import type { VectorRun } from '../../src/vectors/types.ts';
import { vtd } from '../cli/vtd.ts';
import { TextPeer } from '../oracle-protocol/text-peer.ts';

/** What fnmatch(3) makes of a pattern: none of ours has a backslash. */
function matches(pattern: string, text: string): boolean {
  if (!/[*?[]/.test(pattern)) return pattern === text;
  const source = pattern
    .replace(/[.+^${}()|/]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(text);
}

/** Every request of a transcript whose reply is not one of the expected, with both. */
function differences(peer: TextPeer, transcript: readonly string[]): readonly string[] {
  const wrong: string[] = [];
  for (let i = 0; i < transcript.length; i++) {
    const request = transcript[i]!;
    if (!request.startsWith('> ')) continue;
    const reply = peer.line(request.slice(2));
    const expected: string[] = [];
    for (; transcript[i + 1]?.startsWith('< ') === true; i++) expected.push(transcript[i + 1]!.slice(2));
    if (!expected.some((pattern) => matches(pattern, reply))) wrong.push(`${request}: ${reply}, not ${expected}`);
  }
  return wrong;
}

/** One run of eight is replayed unless it is asked for all of them, which takes a minute or two. */
const EACH = process.env.VTD_LONG === undefined ? 8 : 1;
const files = loadVectors(fileURLToPath(new URL('../../fixtures', import.meta.url)));

describe('Transcripts', () => {
  test.each(files)('$path: runs hold in the text dialect', ({ file }) => {
    const peer = new TextPeer();
    const runs = [...runsOf(file)].filter((_, n) => n % EACH === 0);
    for (const run of runs) expect(differences(peer, transcriptOf(run)), run.id).toEqual([]);
  });

  test('what the model answers otherwise is found', () => {
    const runs = [...runsOf(files.find(({ path }) => path === 'faults/fields.json')!.file)];
    const lines = transcriptOf(runs[0]!);
    const at = lines.findIndex((line) => line.startsWith('< OK UR'));
    expect(differences(new TextPeer(), lines.with(at, '< OK completed *'))).toHaveLength(1);
  });

  test('a run with an inverted bit writes the byte again', () => {
    const run: VectorRun = {
      ...[...runsOf(files.find(({ path }) => path === 'faults/fields.json')!.file)][0]!,
      group: { unit: UNIT, memory: [{ at: '0x1000', qwords: ['0x2001'] }], cases: [] },
      flip: { address: 0x1001n, bit: 3 },
    };
    expect(transcriptOf(run)).toContain('> write 0x1001 1 0x28');
  });

  test('vtd vectors prints one, and names them all', async () => {
    const { out, status } = await vtd('vectors', '--transcript', 'fault-collapse-1');
    expect(status).toBe(0);
    expect(out.split('\n').slice(0, 4)).toEqual([
      '# fault-collapse-1: A second fault of a requester whose record is still valid is swallowed: no record, PFO=0.',
      '# 7.2.1-M1, 11.4.7.6-M1',
      '> unit cap=0x80d2038c226f0406 ecap=0x200000fc7 haw=46 version=0x50 compressFaults=1',
      '< OK cap=0x80d2038c226f0406 ecap=0x200000fc7 haw=46 version=0x50 *',
    ]);
    expect((await vtd('vectors', '--filter', '7.2.1')).out).toMatch(/^fault-collapse-1 {2}§7\.2\.1 {2}A second fault/m);
    expect((await vtd('vectors', '--transcript', 'fault-collapse-0')).status).toBe(2);
  });
});

const UNIT = {
  version: '0x10',
  hostAddressWidth: 39,
  capabilities: '0xd2008c222f0606',
  extendedCapabilities: '0xf00f4a',
};

describe('Patterns', () => {
  test('a number has its digits; bits that are not compared may be either', () => {
    expect(numberPattern('0x1234', 64)).toBe('0x0000000000001234');
    expect(numberPattern('0xff', 32, '0xf0')).toBe('0x00000000??????f?');
    expect(numberPattern('0x5', 64, '0xfffffffffffffffd')).toBe('0x000000000000000[57]');
    expect(numberPattern('0x8', 64, '0x8')).toBe(`0x${'?'.repeat(15)}[89abcdef]`);
    expect(bytesPattern(['0x0000000000001234'])).toBe('0x3412000000000000');
    expect(bytesPattern(['0x0000000000001234'], ['0xffffffffffff0ff7'])).toBe('0x3[4c]?2000000000000');
  });

  test.each([
    [{ outcome: 'completed', address: '0x7000', fault: null }, 'completed 0x0000000000007000', undefined],
    [
      { outcome: 'completed', address: '0x7000', pageSize: 4096, write: false },
      'completed 0x0000000000007000',
      'completed 0x0000000000007000 pageSize=4096 read=* write=0 snoop=* memoryType=*',
    ],
    [
      { outcome: 'completed', address: '0x7000', snoop: true },
      'completed 0x0000000000007000',
      'completed 0x0000000000007000 *snoop=1 memoryType=*',
    ],
    [{ outcome: 'UR', fault: null }, 'UR', undefined],
    [{ outcome: 'UR' }, 'UR*', undefined],
    [{ outcome: 'CA', fault: { condition: 'LSS.1', reason: '0x07' } }, 'CA LSS.1 0x7', undefined],
    [
      { outcome: 'UR', fault: { condition: '2Ah', reason: '0x2a', recorded: true, notRecorded: null } },
      'UR 2Ah',
      'UR 2Ah qualified=* recorded=1',
    ],
    [
      { outcome: 'translation', size: 4096, read: true, fault: null },
      'translation 0x* 4096 read=1 write=* execute=* privileged=* global=* nonSnooped=* untranslatedOnly=*',
      undefined,
    ],
    [{ outcome: 'queued', fault: null }, 'queued', undefined],
    [{ outcome: 'answered', response: { code: 'success', group: 5 }, fault: null }, 'answered success 5', undefined],
    [
      {
        outcome: 'answered',
        response: { code: 'invalid-request', group: 5 },
        fault: { condition: 'SRT.2', recorded: true },
      },
      'answered invalid-request 5 SRT.2 *',
      'answered invalid-request 5 SRT.2 * qualified=* recorded=1*',
    ],
    [{ outcome: 'answered' }, 'answered * **', undefined],
    [{ outcome: 'dropped', fault: { condition: 'SCT.8', reason: '0x47' } }, 'dropped SCT.8 0x47', undefined],
    [{ outcome: 'interrupt' }, 'interrupt *', undefined],
    [
      { outcome: 'delivered', address: '0xfee00000', data: '0x41', vector: 65, index: null },
      'delivered 0x00000000fee00000 0x0000000000000041',
      'delivered 0x00000000fee00000 0x0000000000000041 destination=* vector=65 deliveryMode=* destinationMode=* redirectionHint=* triggerMode=*',
    ],
    [
      { outcome: 'posted', notification: { address: '0xfee01000', data: '0x1' } },
      'posted',
      'posted index=* descriptor=* vector=* notification=0xfee01000,0x1,*,*',
    ],
    [{ outcome: 'posted', notification: null }, 'posted', 'posted index=* descriptor=* vector=* notification=none'],
  ])('%j', (expected, plain, detailed) => {
    const pattern = outcomePattern(expected);
    expect(pattern.plain).toBe(plain);
    expect(pattern.needsDetails).toBe(detailed !== undefined);
    if (detailed !== undefined) expect(pattern.detailed).toBe(detailed);
  });
});
