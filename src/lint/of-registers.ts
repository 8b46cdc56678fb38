import { hex } from '../bits/hex.ts';
import { addressOf, type PageNumber } from '../bits/page-number.ts';
import type { RegisterDeclaration } from '../bits/register.ts';
import { Fault } from '../conditions/translation.ts';
import { translate } from '../dma-remapping/translate.ts';
import { dmaRequest } from '../messages/dma-request.ts';
import { newTranslation } from '../messages/translation.ts';
import { wordsOf } from '../platform/unit-parameters.ts';
import { GSTS_REG, RTADDR_REG } from '../registers/global.ts';
import { IRTA_REG } from '../registers/interrupt-remapping.ts';
import { IQA_REG } from '../registers/invalidation.ts';
import { PQA_REG } from '../registers/page-request.ts';
import { blockedBy } from './blocked.ts';
import { pageText } from './finding.ts';
import type { RuleId } from './rules.ts';
import type { Scene } from './scene.ts';

const { GSTS, RTADDR, IRTA } = { GSTS: 'GSTS_REG', RTADDR: 'RTADDR_REG', IRTA: 'IRTA_REG' } as const;

/** The rows that depend on RTADDR_REG alone. */
const MODES: ReadonlyMap<string, RuleId> = new Map<string, RuleId>([
  [Fault.RTA_1_1.code, 'mode-unsupported'],
  [Fault.RTA_1_2.code, 'mode-reserved'],
  [Fault.RTA_1_3.code, 'mode-unsupported'],
  [Fault.RTA_1_4.code, 'mode-io-permissions'],
  [Fault.RTA_4.code, 'abort-dma'],
]);

/** Registers that hold an address: only what is below the host address width can be one. */
const POINTERS: Readonly<Record<string, RegisterDeclaration>> = { RTADDR_REG, IRTA_REG, IQA_REG, PQA_REG };

/** Whether software has given the unit a root table. */
export const hasRootTable = (scene: Scene): boolean => GSTS_REG.RTPS(status(scene)) === 1;

/** Whether software has given the unit an interrupt remapping table. */
export const hasInterruptTable = (scene: Scene): boolean => GSTS_REG.IRTPS(status(scene)) === 1;

const status = ({ unit }: Scene) => unit.registers.words(GSTS);

const registerValue = ({ unit }: Scene, name: string): bigint => {
  const [low = 0, high = 0] = unit.registers.words(name);
  return (BigInt(high) << 32n) | BigInt(low);
};

/** What the registers say by themselves, §11.4.4, §11.4.5, §11.4.10. */
export function checkRegisters(scene: Scene): void {
  checkCapabilities(scene);
  checkWritten(scene);
  checkRootTable(scene);
  checkInterruptTable(scene);
}

function checkRootTable(scene: Scene): void {
  const { unit, findings } = scene;
  const { rootTable, translationEnabled } = unit;
  if (!hasRootTable(scene)) {
    if (translationEnabled) findings.add('root-not-set', { structure: GSTS });
    return;
  }
  const value = hex(registerValue(scene, RTADDR));
  const condition = translate(unit, dmaRequest({ sourceId: 0, address: 0n, access: 'read' }), newTranslation());
  const rule = condition === undefined ? undefined : MODES.get(condition.code);
  if (condition !== undefined && rule !== undefined) {
    findings.add(rule, { structure: RTADDR, field: 'TTM', value, hardware: blockedBy(condition) });
  }
  if (rootTable.page >= unit.configuration.hostPages) aboveWidth(scene, RTADDR, rootTable.page);
  const words = unit.registers.words(RTADDR);
  const latched =
    RTADDR_REG.RTA(words) === rootTable.page &&
    RTADDR_REG.TTM(words) === rootTable.mode &&
    (RTADDR_REG.SSIRWE(words) === 1) === rootTable.ioPermissions;
  if (!latched) {
    const says = `RTADDR_REG is ${value} and the unit uses the root table at ${pageText(rootTable.page)}, TTM ${rootTable.mode}`;
    findings.add('root-not-latched', { structure: RTADDR, value, says });
  }
  if (!translationEnabled) findings.add('translation-off', { structure: GSTS, field: 'TES', value: '0x0' });
}

function checkInterruptTable(scene: Scene): void {
  const { unit, findings } = scene;
  if (!hasInterruptTable(scene)) return;
  const { page, extended, entries } = unit.interruptTable;
  if (page >= unit.configuration.hostPages) aboveWidth(scene, IRTA, page);
  const words = unit.registers.words(IRTA);
  const value = hex(registerValue(scene, IRTA));
  const mode = (IRTA_REG.EIME(words) === 1) === extended;
  if (!mode && unit.interruptRemappingEnabled) {
    const says = `IRTA_REG.EIME is ${extended ? 0 : 1}, the table was set with ${extended ? 1 : 0}, and IRES is 1`;
    findings.add('eime-changed', { structure: IRTA, field: 'EIME', value, says });
  } else if (!mode || IRTA_REG.IRTA(words) !== page || 2 ** (IRTA_REG.S(words) + 1) !== entries) {
    const says = `IRTA_REG is ${value} and the unit uses the table at ${pageText(page)} of ${entries} entries`;
    findings.add('interrupt-table-not-latched', { structure: IRTA, value, says });
  }
}

/** Values that software wrote, against what the registers kept of them. */
function checkWritten(scene: Scene): void {
  const { unit, options, findings } = scene;
  for (const [name, written] of Object.entries(options.written ?? {})) {
    if (!unit.registers.has(name)) continue;
    const lost = written & ~registerValue(scene, name);
    const value = hex(written);
    if (name === 'PQH_REG' && lost !== 0n) findings.add('page-request-head', { structure: name, field: 'PQH', value });
    if (POINTERS[name] === undefined) continue;
    const above = written >> BigInt(unit.configuration.hostAddressWidth);
    if (above !== 0n) aboveWidth(scene, name, Number(written >> 12n), value);
    const extended = name === IRTA && IRTA_REG.EIME(wordsOf(lost)) === 1;
    if (extended) findings.add('eime-without-eim', { structure: name, field: 'EIME', value });
    const rest = lost & ~(above << BigInt(unit.configuration.hostAddressWidth)) & ~(extended ? 0x800n : 0n);
    if (rest !== 0n) findings.add('register-bits-lost', { structure: name, field: hex(rest), value });
  }
}

function aboveWidth(
  { unit, findings }: Scene,
  structure: string,
  page: PageNumber,
  value = hex(addressOf(page)),
): void {
  const says = `${structure} has address bits above the host address width of ${unit.configuration.hostAddressWidth} bits`;
  findings.add('pointer-above-width', { structure, value, says });
}

/** What software has to do for this unit, §11.4.2, §11.4.3. */
function checkCapabilities(scene: Scene): void {
  const { unit, findings } = scene;
  const { CAP, ECAP } = unit.configuration;
  if (ECAP.C === 0) findings.add('unit-not-coherent', { structure: 'ECAP_REG', field: 'C', value: '0x0' });
  if (CAP.RWBF === 1) findings.add('unit-write-buffer', { structure: 'CAP_REG', field: 'RWBF', value: '0x1' });
  if (CAP.CM === 1) findings.add('unit-caching-mode', { structure: 'CAP_REG', field: 'CM', value: '0x1' });
  if (CAP.ESRTPS === 0) findings.add('unit-set-root', { structure: 'CAP_REG', field: 'ESRTPS', value: '0x0' });
}
