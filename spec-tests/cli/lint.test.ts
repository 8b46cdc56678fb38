import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, describe, expect, test } from 'vitest';
import schema from '../../fixtures/schema/lint-report-1.json' with { type: 'json' };
import { RULES } from '../../src/lint/rules.ts';
import { HOW, type Qwords, SOUND, writeRawImage } from './raw-image.ts';
import { image, vtd } from './vtd.ts';

const folder = mkdtempSync(join(tmpdir(), 'vtd-lint-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The path of a raw image, and what the command is told of it. */
function rawImage(name: string, words: Qwords): readonly string[] {
  const path = join(folder, name);
  writeRawImage(path, words);
  return [path, ...HOW];
}

const BAD = rawImage('bad.bin', { ...SOUND, '0x6010': 0x1234_6803n, '0x6020': 0x1234_7002n });
const ajv = new Ajv2020({ strict: true, strictRequired: false });

describe('vtd lint', () => {
  test('says where, what, what hardware does and how to mend it, and ends with status 1', async () => {
    const { status, out, err } = await vtd('lint', ...BAD);
    expect({ status, err }).toEqual({ status: 1, err: '' });
    expect(out).toBe(
      `Image    ${BAD[0]}: memory alone
Tables   root table at 0x1000, legacy mode, translation on

Errors
  second-stage-snoop (§9.8): SNP is set in a leaf and ECAP_REG.SC is 0
    SS-PTE at 0x6010, SNP (bit 11) = 0x0000000012346803; domain 1 at 0x2000-0x2fff
    hardware  requests are blocked: LSS.2, reason 0Ch, reserved bits set in a second-stage entry
    mend      leave bit 11 zero

Warnings
  write-only (§3.7.1): a leaf allows writes and no reads
    SS-PTE at 0x6020 = 0x0000000012347002; domain 1
    hardware  reads are blocked: LGN.3, reason 06h, or SGN.7, reason 86h
    mend      set R too

Notes
  unit-set-root (§11.4.4.1): setting the root table does not invalidate anything (CAP_REG.ESRTPS is 0)
    CAP_REG, ESRTPS = 0x0
    hardware  answers of the old tables stay possible
    mend      invalidate context-cache, then PASID-cache, then IOTLB globally after SRTP

Totals   1 error, 1 warning, 1 note
`,
    );
  });

  test('shows only what is as grave as it was asked for, and judges all', async () => {
    const { status, out } = await vtd('lint', ...BAD, '--severity', 'error');
    expect(status).toBe(1);
    expect(out).not.toMatch(/Warnings|Notes/);
    expect(out).toMatch(/Totals {3}1 error, no warnings, no notes; 2 not shown\n$/);
  });

  test.each([
    ['error', 0],
    ['warning', 0],
    ['note', 1],
  ])('--fail-on %s of an image with a note alone: status %i', async (severity, expected) => {
    const { status } = await vtd('lint', ...rawImage('sound.bin', SOUND), '--fail-on', severity);
    expect(status).toBe(expected);
  });

  test('a region that is not mapped, and a device that is not served', async () => {
    const sound = rawImage('region.bin', SOUND);
    const more = ['--rmrr', 'bdf6f000-bdf6ffff=00:04.0,00:05.0', '--device', '00:05.0', '--severity', 'error'];
    const { status, out } = await vtd('lint', ...sound, ...more);
    expect(status).toBe(1);
    expect(out).toContain('device-not-served');
    expect(out).toContain('0xbdf6f000 of the region 0xbdf6f000-0xbdf6ffff: no write permission');
  });

  test('bits that the unit does not keep: of IRTA_REG as an image has it', async () => {
    const { out } = await vtd('lint', image('legacy48'), '--irta', '0x130080f');
    expect(out).toMatch(/eime-without-eim .*\n {4}IRTA_REG, EIME = 0x130080f\n/);
  });

  test('--json keeps to its schema', async () => {
    const { status, out } = await vtd('lint', ...BAD, '--json');
    const report = JSON.parse(out);
    expect(status).toBe(1);
    expect(ajv.validate(schema, report), JSON.stringify(ajv.errors)).toBe(true);
    expect(report.totals).toEqual({ error: 1, warning: 1, note: 1 });
    expect(report.findings[0]).toMatchObject({ rule: 'second-stage-snoop', address: '0x6010', count: 1 });
  });

  test('--explain says what a rule is', async () => {
    const { status, out } = await vtd('lint', '--explain', 'second-stage-snoop');
    expect(status).toBe(0);
    expect(out).toBe(`second-stage-snoop (an error, §9.8)
  SNP is set in a leaf and ECAP_REG.SC is 0.
  hardware     requests are blocked: LSS.2, reason 0Ch, or SSS.3, reason 7Ah
  usual cause  software did not look at ECAP_REG.SC
  mend         leave bit 11 zero
`);
  });

  test('--rules has every rule', async () => {
    const { out } = await vtd('lint', '--rules');
    expect(
      out
        .trimEnd()
        .split('\n')
        .slice(1)
        .map((line) => line.trim().split(' ')[0]),
    ).toEqual(Object.keys(RULES));
  });

  test.each<readonly [readonly string[], string]>([
    [[], 'an image is missing: a folder, a JSON file, or with --base a raw file'],
    [['--explain', 'snoop-second'], 'there is no rule "snoop-second"; --rules lists them'],
    [['--explain', 'second-stage-snop'], 'there is no rule "second-stage-snop"; there is second-stage-snoop'],
    [[image('legacy48'), '--severity', 'grave'], '--severity is error, warning or note, got "grave"'],
    [[image('legacy48'), '--fail-on', ''], '--fail-on is error, warning or note, got ""'],
    [
      [image('legacy48'), '--rmrr', '1000=00:02.0'],
      '--rmrr is base-limit=device,device (bdf6f000-bdf6ffff=00:02.0), got "1000=00:02.0"',
    ],
    [[image('legacy48'), '--rmrr', '1000-1gff=00:02.0'], 'the limit of --rmrr is a hexadecimal number, got "1gff"'],
    [
      [image('legacy48'), '--rmrr', '1000-1fff=00:40.0'],
      'a device is written bb:dd.f (00:1f.2) or as a 16-bit source-id (0xfa), got "00:40.0"',
    ],
  ])('%j is refused', async (args, says) => {
    expect(await vtd('lint', ...args)).toEqual({ status: 2, out: '', err: `vtd: ${says}\n` });
  });
});

/** What SARIF 2.1.0 demands of the members that are written, and of their kinds; nothing else may be there. */
const text = {
  type: 'object',
  additionalProperties: false,
  required: ['text'],
  properties: { text: { type: 'string', minLength: 1 } },
};
const location = {
  type: 'object',
  additionalProperties: false,
  properties: {
    physicalLocation: {
      type: 'object',
      additionalProperties: false,
      anyOf: [{ required: ['address'] }, { required: ['artifactLocation'] }],
      properties: {
        artifactLocation: {
          type: 'object',
          additionalProperties: false,
          properties: { uri: { type: 'string' }, index: { type: 'integer', minimum: -1 } },
        },
        address: {
          type: 'object',
          additionalProperties: false,
          properties: {
            absoluteAddress: { type: 'integer', minimum: -1 },
            kind: { type: 'string' },
            name: { type: 'string' },
          },
        },
      },
    },
    logicalLocations: {
      type: 'array',
      uniqueItems: true,
      items: {
        type: 'object',
        additionalProperties: false,
        properties: { name: { type: 'string' }, kind: { type: 'string' } },
      },
    },
  },
};
const sarif = {
  type: 'object',
  additionalProperties: false,
  required: ['version', 'runs'],
  properties: {
    $schema: { type: 'string' },
    version: { enum: ['2.1.0'] },
    runs: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['tool'],
        properties: {
          tool: {
            type: 'object',
            additionalProperties: false,
            required: ['driver'],
            properties: {
              driver: {
                type: 'object',
                additionalProperties: false,
                required: ['name'],
                properties: {
                  name: { type: 'string' },
                  version: { type: 'string' },
                  rules: {
                    type: 'array',
                    uniqueItems: true,
                    items: {
                      type: 'object',
                      additionalProperties: false,
                      required: ['id'],
                      properties: {
                        id: { type: 'string' },
                        shortDescription: text,
                        fullDescription: text,
                        help: text,
                        defaultConfiguration: {
                          type: 'object',
                          additionalProperties: false,
                          properties: { level: { enum: ['none', 'note', 'warning', 'error'] } },
                        },
                      },
                    },
                  },
                },
              },
            },
          },
          artifacts: {
            type: 'array',
            items: {
              type: 'object',
              additionalProperties: false,
              properties: { location: { type: 'object', properties: { uri: { type: 'string' } } } },
            },
          },
          results: {
            type: 'array',
            items: {
              type: 'object',
              additionalProperties: false,
              required: ['message'],
              properties: {
                ruleId: { type: 'string' },
                ruleIndex: { type: 'integer', minimum: -1 },
                level: { enum: ['none', 'note', 'warning', 'error'] },
                message: text,
                locations: { type: 'array', items: location },
                occurrenceCount: { type: 'integer', minimum: 1 },
                properties: { type: 'object' },
              },
            },
          },
        },
      },
    },
  },
};

describe('vtd lint --sarif', () => {
  test.each([
    ['errors', BAD],
    ['an address in scalable mode', [image('v11-scalable-ss')]],
  ])('keeps to SARIF 2.1.0: %s', async (_, args) => {
    const { out } = await vtd('lint', ...args, '--sarif');
    const report = JSON.parse(out);
    expect(ajv.validate(sarif, report), JSON.stringify(ajv.errors)).toBe(true);
    const [run] = report.runs;
    // A result and its rule name each other.
    for (const { ruleId, ruleIndex } of run.results) expect(run.tool.driver.rules[ruleIndex].id).toBe(ruleId);
    expect(run.results.length).toBeGreaterThan(0);
  });

  test('has an address as a number, and a file as a URI', async () => {
    const { out } = await vtd('lint', ...BAD, '--sarif', '--severity', 'error');
    const [result] = JSON.parse(out).runs[0].results;
    expect(result.level).toBe('error');
    expect(result.locations[0].physicalLocation.address.absoluteAddress).toBe(0x6010);
    expect(result.locations[0].physicalLocation.artifactLocation.uri).toMatch(/^file:\/\/\/.*bad\.bin$/);
  });
});
