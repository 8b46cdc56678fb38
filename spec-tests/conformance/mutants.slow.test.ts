import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { chapterOf } from '../../src/conformance/sections.ts';
import { vtd } from '../cli/vtd.ts';
import { MUTANTS } from '../mutants/mutants.ts';
import { LONG } from '../properties/runs.ts';

const long = process.env.VTD_LONG !== undefined;
const server = fileURLToPath(new URL('../mutants/serve.ts', import.meta.url));

/** A few of each chapter whose section some vector of theirs names among its rules. */
const NAMED = [
  'fpd-ignored',
  'root-reserved-masked',
  'second-stage-reserved-masked',
  'permission-or',
  'table-entries-of-4-bytes',
  'context-index-by-device',
  'zero-length-read-without-zlr',
  'output-in-interrupt-range',
  'flag-in-a-table-known-from-the-cache',
  'at-without-translation',
  'handle-without-bit-15',
  'index-of-16-bits',
  'cfis-not-looked-at',
  'on-with-every-post',
  'posting-by-im-alone',
  'notification-destination-ignored',
  'table-of-2-to-the-s',
  'srtp-keeps-the-caches',
  'sirtp-keeps-entries',
  'first-stage-tables-of-the-domain',
  'absent-context-entry-kept',
  'host-permission-of-its-whole-entry',
  'index-mask-as-it-stands',
  'entries-at-fault-kept',
  'context-invalidation-flushes-nothing',
  'register-page-command-without-psi-of-the-page',
  'event-with-each-fault',
  'fi-not-truncated',
  'ip-kept-when-sent',
  'root-table-read-live',
  'te-latches-the-root-table',
  'sticky-fields-lost',
  'command-by-low-dword',
  'protection-of-old-hardware',
];
const USUALLY = ['permission-or', 'srtp-keeps-the-caches', 'ip-kept-when-sent'];
const chosen = MUTANTS.filter(({ name }) => (long ? NAMED : USUALLY).includes(name));

describe('vtd conform against a server that misreads the document', () => {
  test('knows enough misreadings, of every chapter that has vectors', () => {
    const named = MUTANTS.filter(({ name }) => NAMED.includes(name));
    expect(named).toHaveLength(NAMED.length);
    expect(new Set(named.map(({ section }) => section)).size).toBeGreaterThanOrEqual(25);
    const chapters = new Set(named.map(({ section }) => chapterOf(section.slice(1))));
    expect([...chapters].sort()).toEqual(['11', '3', '4', '5', '6', '7', '9']);
  });

  test.each(chosen)(
    '$name ($section): $says',
    async ({ name, section, vectors }) => {
      const target = `'${process.execPath}' --import tsx '${server}' ${name}`;
      const filter = vectors.includes('/') ? vectors : `${vectors}/`;
      const { status, out, err } = await vtd('conform', '--target', target, '--filter', filter, '--failures', '10000');
      expect({ status, err }).toEqual({ status: 1, err: '' });
      const failed = out.slice(out.indexOf('\nFailed\n'));
      expect(failed).toMatch(new RegExp(`^ {4}(?:§\\S+ )*${section.replaceAll('.', '\\.')} .*rules `, 'm'));
    },
    LONG,
  );

  test(
    'in the text dialect the lines that are shown are those that were sent',
    async () => {
      const target = `'${process.execPath}' --import tsx '${server}' ip-kept-when-sent --text`;
      const { status, out } = await vtd('conform', '--target', target, '--text', '--id', 'fault-event-1');
      expect(status).toBe(1);
      expect(out).toMatch(/\n {6}> writel 0xfed90038 0x0\n {6}< OK\n/);
      expect(out).not.toContain('jsonrpc');
    },
    LONG,
  );
});
