import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import schema from '../../fixtures/schema/dmar-platform-1.json' with { type: 'json' };
import type { PlatformFacts } from '../../src/acpi/index.ts';
import { formatSourceId } from '../../src/index.ts';
import { CLIENT, TABLE_33 } from '../acpi/pieces.ts';
import { PLATFORM_PLANTS, SOUND_PLATFORMS } from '../acpi/platform-plants.ts';
import { vtd } from './vtd.ts';

const folder = mkdtempSync(join(tmpdir(), 'vtd-platform-'));
afterAll(() => rmSync(folder, { recursive: true }));
const validate = new Ajv2020({ strict: true, allErrors: true }).compile(schema);

const SCHEMA = 'dmar-platform-1';
const table = join(folder, 'dmar.bin');
const platform = join(folder, 'platform.json');

/** What `vtd dmar` says of a table with this beside it. */
function dmar(bytes: Uint8Array, content: unknown, ...more: readonly string[]) {
  writeFileSync(table, bytes);
  writeFileSync(platform, typeof content === 'string' ? content : JSON.stringify(content));
  return vtd('dmar', table, '--platform', platform, ...more);
}

/** Facts as a file has them: numbers of 64 bits in hexadecimal, devices as bb:dd.f. */
function jsonOf(facts: PlatformFacts): object {
  const inFile = (name: string, value: unknown) => {
    if (typeof value === 'bigint') return `0x${value.toString(16)}`;
    return name === 'sourceId' || name === 'physicalFunction' ? formatSourceId(value as number) : value;
  };
  return JSON.parse(JSON.stringify({ schema: SCHEMA, ...facts }, inFile)) as object;
}

describe('vtd dmar --platform', () => {
  test.each(PLATFORM_PLANTS)('finds $rule: $what', async ({ rule, bytes, facts }) => {
    const content = jsonOf(facts);
    validate(content);
    expect(validate.errors ?? []).toEqual([]);
    const { out, err } = await dmar(bytes, content, '--json');
    expect(err).toBe('');
    expect((JSON.parse(out) as { findings: { rule: string }[] }).findings.map((it) => it.rule)).toContain(rule);
  });

  test.each(SOUND_PLATFORMS)('%s: nothing', async (_, bytes, facts) => {
    const { status, out } = await dmar(bytes, jsonOf(facts));
    expect(status).toBe(0);
    expect(out).toMatch(/\nNothing wrong\n$/);
  });

  test('its bridges say who serves a device behind them', async () => {
    const bridge = { kind: 'pcie', secondaryBus: 1, subordinateBus: 2 };
    const functions = [{ sourceId: '00:07.0', bridge }];
    const { out } = await dmar(TABLE_33, { schema: SCHEMA, functions }, '--device', '02:00.0');
    expect(out).toContain('its scope lists the PCI sub-hierarchy at 00:07.0, and it is below that bridge\n');
  });

  test.each<[string, unknown, string]>([
    ['no object', [], 'expected an object at FILE, got an array'],
    ['no JSON', ' ', 'expected JSON in FILE, but it is empty'],
    ['no schema', {}, 'expected a platform in FILE: schema is missing; it takes "dmar-platform-1"'],
    [
      'a member that is none',
      { schema: SCHEMA, ioApics: [{ id: 2, source: 'f0:1f.0' }] },
      'expected a platform in FILE: there is no member "ioApics[0].source"; there are id, sourceId',
    ],
    [
      'a number that is too large',
      { schema: SCHEMA, hpets: [{ number: 256 }] },
      'expected a platform in FILE: hpets[0].number takes an integer from 0 to 255, got 256',
    ],
    [
      'no array',
      { schema: SCHEMA, hpets: {} },
      'expected a platform in FILE: hpets takes an array, of which each is an object of number, sourceId, got an object',
    ],
    [
      'buses the wrong way round',
      {
        schema: SCHEMA,
        functions: [{ sourceId: '0xe0', bridge: { kind: 'pci', secondaryBus: 2, subordinateBus: 1 } }],
      },
      'expected a platform in FILE: functions[0].bridge has its subordinate bus before its secondary bus',
    ],
    [
      'a phantom bit in the function number',
      { schema: SCHEMA, functions: [{ sourceId: '00:01.4', phantomBits: 1 }] },
      'expected a platform in FILE: functions[0]: with phantomBits 1 a device has functions 0 to 3, this is 4',
    ],
  ])('%s: one sentence and status 2', async (_, content, sentence) => {
    const { status, out, err } = await dmar(CLIENT, content);
    expect([status, out]).toEqual([2, '']);
    expect(err).toBe(`vtd: ${sentence.replace('FILE', platform)}\n`);
  });

  test('any JSON is refused with a sentence or used', async () => {
    const octet = fc.oneof(fc.integer({ min: -1, max: 300 }), fc.constant('0x10'));
    const device = fc.constantFrom('00:02.0', '01:00.0', '0xe0', '', 7);
    const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
    const almost = fc.record({
      schema: fc.constant(SCHEMA),
      ioApics: maybe(fc.array(fc.record({ id: octet, sourceId: maybe(device) }), { maxLength: 3 })),
      functions: maybe(
        fc.array(
          fc.record({
            sourceId: device,
            physicalFunction: maybe(device),
            phantomBits: maybe(octet),
            ari: maybe(fc.boolean()),
            bridge: maybe(
              fc.record({ kind: fc.constantFrom('pcie', 'pci'), secondaryBus: octet, subordinateBus: octet }),
            ),
          }),
          { maxLength: 4 },
        ),
      ),
      reservedMemory: maybe(fc.array(fc.record({ base: octet, limit: octet }), { maxLength: 3 })),
    });
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.json(), almost), async (content) => {
        const { status, err } = await dmar(CLIENT, content, '--device', '01:00.0');
        expect([0, 1, 2]).toContain(status);
        expect(err).toMatch(status === 2 ? /^vtd: [^\n]+\n$/ : /^$/);
        expect(err).not.toMatch(/unexpected, please|undefined|NaN/);
      }),
      { numRuns: process.env.VTD_LONG === undefined ? 100 : 2000 },
    );
  });
});
