import type { VectorCase, VectorFile } from '../../src/vectors/types.ts';

/** A request of a device while translation is off: it passes. */
const passing = (number: number, source: string): VectorCase => ({
  id: `off-${number}`,
  says: `While translation is off a request of ${source} passes.`,
  rules: [number === 4 ? '3.4.2-R1' : '11.4.4.1-R1'],
  steps: [
    {
      request: { source, address: `0x${number}000`, access: 'read' },
      expect: { outcome: 'completed', address: `0x${number}000` },
    },
  ],
});

/** Seven cases, of which the fourth comes from 00:1f.7, where `faulty-target.mjs` fails. */
export const SUITE_OF_SEVEN: VectorFile = {
  schema: 'unit-vectors-1',
  title: 'Translation is off',
  sections: ['§11.4.4.1'],
  groups: [
    {
      unit: {
        version: '0x10',
        hostAddressWidth: 48,
        capabilities: '0xd2008c222f0606',
        extendedCapabilities: '0xf00f4a',
      },
      cases: Array.from({ length: 7 }, (_, i) => passing(i + 1, i === 3 ? '00:1f.7' : `00:0${i}.0`)),
    },
  ],
};
