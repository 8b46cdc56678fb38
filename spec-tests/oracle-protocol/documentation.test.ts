import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { IDENTITY } from '../../src/oracle/identity.ts';
import { COMMANDS } from '../../src/oracle/text-commands.ts';
import { Peer } from './peer.ts';
import { TextPeer } from './text-peer.ts';

const page = readFileSync(new URL('../../docs/protocol.md', import.meta.url), 'utf8');

/** The lines of the exchange under a heading. */
const exchangeUnder = (heading: string): readonly string[] => {
  const [, rest = ''] = page.split(`${heading}\n`);
  return /```\n([\s\S]*?)\n```/.exec(rest)?.[1]?.split('\n') ?? [];
};

describe('docs/protocol.md', () => {
  test('the exchange runs as it is printed', () => {
    const peer = new Peer();
    const exchange = exchangeUnder('## An exchange');
    expect(exchange.length).toBeGreaterThan(20);
    for (let i = 0; i < exchange.length; i += 2) {
      const [request = '', reply = ''] = [exchange[i], exchange[i + 1]];
      expect([request.slice(0, 2), reply.slice(0, 2)]).toEqual(['> ', '< ']);
      // The page does not have to follow each release.
      const printed = reply.slice(2).replace(/("name":"vtd-model","version":")[^"]*/, `$1${IDENTITY.version}`);
      expect(peer.line(request.slice(2))).toBe(`${printed}\n`);
    }
  });

  test('so does that of the text dialect, which has a row for every command', () => {
    const peer = new TextPeer();
    const exchange = exchangeUnder('### An exchange in the text dialect');
    expect(exchange.length).toBeGreaterThan(20);
    for (let i = 0; i < exchange.length; i += 2) expect(`< ${peer.line(exchange[i]!.slice(2))}`).toBe(exchange[i + 1]);
    const rows = [...page.matchAll(/^\| (`.*?) \|/gm)].map(([, first]) => first).join('\n');
    for (const name of COMMANDS.keys()) expect(rows).toMatch(new RegExp(`\`${name}[\` ]`));
  });

  test('describes every method and names every feature', () => {
    const { methods, features } = new Peer().ask('initialize') as { methods: string[]; features: string[] };
    const headings = [...page.matchAll(/^### (.*)$/gm)].map(([, heading]) => heading).join(' ');
    for (const method of methods) expect(headings).toContain(`\`${method}\``);
    for (const feature of features) expect(page).toContain(`\`${feature}\``);
  });
});
