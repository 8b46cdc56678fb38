import type { Finding } from './finding.ts';
import type { Rule } from './rule.ts';
import { RULES, type RuleId } from './rules.ts';

/** Who found it, for tools that read reports of many. */
export interface Tool {
  readonly version: string;
}

/**
 * Findings in the form of SARIF 2.1.0, which is not of the specification. An address of memory is an address in the
 * image; `uri` is where the image is.
 */
export function sarifOf(uri: string, findings: readonly Finding[], { version }: Tool) {
  const ids = [...new Set(findings.map(({ rule }) => rule))];
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'vtd lint', version, rules: ids.map((id) => ruleOf(RULES[id])) } },
        artifacts: [{ location: { uri } }],
        results: findings.map((finding) => resultOf(uri, finding, ids)),
      },
    ],
  };
}

function ruleOf({ id, severity, section, title, hardware, cause, mend }: Rule) {
  return {
    id,
    shortDescription: { text: title },
    fullDescription: { text: `${title} (${section}). Hardware: ${hardware}.` },
    help: { text: `Usual cause: ${cause}. To mend it: ${mend}.` },
    // SARIF has the same three.
    defaultConfiguration: { level: severity },
  };
}

function resultOf(uri: string, finding: Finding, ids: readonly RuleId[]) {
  const { rule, severity, says, hardware, mend, structure, address, field, value, of, count } = finding;
  const name = field === undefined ? structure : `${structure}, ${field}`;
  return {
    ruleId: rule,
    ruleIndex: ids.indexOf(rule),
    level: severity,
    message: { text: `${name}${of === undefined ? '' : ` (${of})`}: ${says}. ${hardware}. To mend it: ${mend}.` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri, index: 0 },
          // Addresses have at most 52 bits, which a JSON number holds.
          ...(address === undefined ? {} : { address: { absoluteAddress: Number(address), kind: 'data', name } }),
        },
        logicalLocations: [{ name, kind: 'member' }],
      },
    ],
    occurrenceCount: count,
    properties: { ...(value === undefined ? {} : { value }) },
  };
}
