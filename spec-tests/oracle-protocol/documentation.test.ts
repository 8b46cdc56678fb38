import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { IDENTITY } from '../../src/oracle/identity.ts';
import { Peer } from './peer.ts';

const page = readFileSync(new URL('../../docs/protocol.md', import.meta.url), 'utf8');
const exchange = /## An exchange\n[\s\S]*?```\n([\s\S]*?)\n```/.exec(page)?.[1]?.split('\n') ?? [];

describe('docs/protocol.md', () => {
  test('the exchange runs as it is printed', () => {
    const peer = new Peer();
    expect(exchange.length).toBeGreaterThan(20);
    for (let i = 0; i < exchange.length; i += 2) {
      const [request = '', reply = ''] = [exchange[i], exchange[i + 1]];
      expect([request.slice(0, 2), reply.slice(0, 2)]).toEqual(['> ', '< ']);
      // The page does not have to follow each release.
      const printed = reply.slice(2).replace(/("name":"vtd-model","version":")[^"]*/, `$1${IDENTITY.version}`);
      expect(peer.line(request.slice(2))).toBe(`${printed}\n`);
    }
  });

  test('describes every method and names every feature', () => {
    const { methods, features } = new Peer().ask('initialize') as { methods: string[]; features: string[] };
    const headings = [...page.matchAll(/^### (.*)$/gm)].map(([, heading]) => heading).join(' ');
    for (const method of methods) expect(headings).toContain(`\`${method}\``);
    for (const feature of features) expect(page).toContain(`\`${feature}\``);
  });
});
