import type { RegisterDeclaration } from '../bits/register.ts';
import { type DmaRemapping, TTM } from '../dma-remapping/dma-remapping.ts';
import { hexadecimal } from '../images/hexadecimal.ts';
import { AGAW_BY_AW, type Configuration } from '../platform/configuration.ts';
import { wordsOf } from '../platform/unit-parameters.ts';
import { CAP_REG, ECAP_REG } from '../registers/capability.ts';
import type { RemappingUnit } from '../unit/remapping-unit.ts';
import { countText, pageAddress, wrapped } from './text.ts';

const INDENT = '         ';
const MODES = ['legacy mode', 'scalable mode', 'reserved mode', 'abort-dma mode'];

/** A unit in a few lines. */
export function unitText({ configuration, rootTable, translationEnabled }: RemappingUnit): string[] {
  const { version, capabilities, extendedCapabilities, hostAddressWidth, CAP } = configuration;
  const widths = agawsOf(configuration).map(({ agaw, levels }) => `${agaw} bits (${levels} levels)`);
  return [
    `Unit     version ${version >>> 4}.${version & 15}, CAP ${hexadecimal(capabilities, 16)}, ` +
      `ECAP ${hexadecimal(extendedCapabilities, 16)}`,
    `${INDENT}HAW ${hostAddressWidth}, MGAW ${CAP.MGAW + 1}; AGAW ${widths.join(', ') || 'none'}`,
    `${INDENT}second-stage pages ${pageSizes(configuration).join(', ')}; ` +
      `${configuration.domainIdWidth}-bit domain-ids; ${countText(CAP.NFR + 1, 'fault record')}`,
    ...wrapped(`${INDENT}CAP  `, flagsOf(CAP_REG, capabilities)),
    ...wrapped(`${INDENT}ECAP `, flagsOf(ECAP_REG, extendedCapabilities)),
    `Tables   root table at ${pageAddress(rootTable.page)}, ${MODES[rootTable.mode]}, ` +
      `translation ${translationEnabled ? 'on' : 'off: requests pass untranslated'}`,
  ];
}

/** The same for programs. */
export function unitFacts({ configuration, rootTable, translationEnabled }: RemappingUnit) {
  const { version, capabilities, extendedCapabilities, hostAddressWidth, CAP } = configuration;
  return {
    version,
    hostAddressWidth,
    capabilities: hexadecimal(capabilities),
    extendedCapabilities: hexadecimal(extendedCapabilities),
    maximumGuestAddressWidth: CAP.MGAW + 1,
    adjustedGuestAddressWidths: agawsOf(configuration).map(({ agaw }) => agaw),
    pageSizes: pageSizes(configuration),
    domainIdWidth: configuration.domainIdWidth,
    rootTable: pageAddress(rootTable.page),
    mode: rootTable.mode === TTM.LEGACY ? 'legacy' : MODES[rootTable.mode],
    translationEnabled,
  };
}

function agawsOf({ levels }: Configuration) {
  return levels.flatMap((count, AW) => (count === 0 ? [] : [{ agaw: AGAW_BY_AW[AW]!, levels: count }]));
}

function pageSizes({ CAP }: Pick<DmaRemapping['configuration'], 'CAP'>): readonly string[] {
  return ['4K', ...((CAP.SSLPS & 1) !== 0 ? ['2M'] : []), ...((CAP.SSLPS & 2) !== 0 ? ['1G'] : [])];
}

/** The fields of one bit that are 1. */
function flagsOf({ fields }: RegisterDeclaration, value: bigint): string {
  const words = wordsOf(value);
  const set = Object.entries(fields).filter(([, field]) => field.high === field.low && Number(field(words)) === 1);
  return set.map(([name]) => name).join(' ') || 'no flags';
}
