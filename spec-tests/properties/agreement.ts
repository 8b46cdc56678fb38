import { type DmaRequestParameters, dmaRequest, type Outcome, RemappingUnit, SparseMemory } from '../../src/index.ts';
import { DEFAULT_CHOICES, FaultLog, type Latched, type Opinion, opinion, type UnitFacts } from '../oracle/index.ts';
import type { Scene } from './scene.ts';

/** The scene's unit and memory, translation turned on if the scene says so. */
export function unitOf(scene: Scene): { unit: RemappingUnit; memory: SparseMemory } {
  const memory = new SparseMemory();
  for (const [address, qword] of scene.memory) memory.writeQwords(address, [qword]);
  for (const address of scene.readOnly) memory.poison(address, 8, true);
  for (const address of scene.poison) memory.poison(address, 8);
  const unit = new RemappingUnit({ memory, unit: scene.unit, choices: scene.choices });
  unit.writeRegister(0x20, 64, scene.rootTableAddress);
  unit.writeRegister(0x18, 32, 0x4000_0000n);
  if (scene.enabled) unit.writeRegister(0x18, 32, 0x8000_0000n);
  return { unit, memory };
}

/** What the model answers to each request, and what it leaves in its fault registers and in memory. */
export function modelSays(scene: Scene): unknown {
  const { unit, memory } = unitOf(scene);
  const answers = scene.requests.map((parameters) => {
    const request = dmaRequest(parameters);
    return fromModel(unit.dma(request), isTranslated(scene, parameters));
  });
  const count = unit.configuration.CAP.NFR + 1;
  const records = Array.from(
    { length: count },
    (_, n) => (unit.readRegister(0x228 + 16 * n, 64) << 64n) | unit.readRegister(0x220 + 16 * n, 64),
  );
  const changed = [...scene.memory.keys()].map((address) => [address, qwordAt(memory, address)] as const);
  return {
    answers,
    records,
    status: unit.readRegister(0x34, 32),
    changed: changed.filter(([address, qword]) => scene.memory.get(address) !== qword),
  };
}

/** The same from the second opinion. */
export function oracleSays(scene: Scene): unknown {
  const facts: UnitFacts = { ...scene.unit, choices: { ...DEFAULT_CHOICES, ...scene.choices } };
  const latched: Latched = {
    rtaddr: scene.rootTableAddress,
    tes: scene.enabled,
    ires: false,
    pmen: false,
    plmBase: 0n,
    plmLimit: 0n,
    phmBase: 0n,
    phmLimit: 0n,
  };
  const words = new Map(scene.memory);
  const memory = {
    read: (address: bigint) =>
      scene.poison.has(address) || address >> 52n !== 0n ? undefined : (words.get(address) ?? 0n),
    write: (address: bigint, value: bigint) => {
      if (scene.poison.has(address) || scene.readOnly.has(address)) return false;
      words.set(address, value);
      return true;
    },
  };
  const log = new FaultLog(Number((scene.unit.capabilities >> 40n) & 0xffn) + 1);
  const answers = scene.requests.map((parameters) => {
    const { sourceId, length = 4, type = 'untranslated', data: _, ...rest } = parameters;
    if (type === 'reserved') throw new RangeError('the second opinion knows no reserved address type');
    const request = { ...rest, source: sourceId, length, type };
    const said = opinion(facts, latched, memory, request);
    if (said.logged && said.fault !== undefined) log.log(request, said.fault, facts);
    return fromOracle(said);
  });
  const changed = [...words].filter(([address, qword]) => scene.memory.get(address) !== qword);
  return { answers, records: log.records, status: log.fsts, changed };
}

/** §3.10 and §3.11 speak of untranslated requests that go through the tables: of others the second opinion is silent. */
function isTranslated(scene: Scene, { address, zeroLength, pasid, type }: DmaRequestParameters): boolean {
  const inRange = address >> 20n === 0xfeen;
  const bypasses = inRange && zeroLength === true && pasid === undefined;
  return scene.enabled && type !== 'translated' && !bypasses;
}

/** An outcome in words that both sides use. */
function fromModel(outcome: Outcome, translated: boolean): unknown {
  switch (outcome.kind) {
    case 'completed': {
      const { address, mapping, snooped, memoryType } = outcome;
      const said = { outcome: 'completed', address, ...mapping };
      return translated ? { ...said, snoop: snooped, memoryType } : said;
    }
    case 'interrupt':
      return { outcome: 'interrupt' };
    case 'translation': {
      const { address, size, read, write, privileged, nonSnooped, untranslatedOnly, fault } = outcome;
      const said = { outcome: 'translation', size, read, write, privileged, untranslatedOnly };
      const range = (read || write) && !untranslatedOnly ? { address, nonSnooped } : {};
      return { ...said, ...range, fault: fault?.condition.code };
    }
    case 'blocked':
      return { outcome: outcome.response, fault: outcome.fault?.condition.code };
  }
}

function fromOracle(said: Opinion): unknown {
  const { fault, fpd: _fpd, logged: _logged, address, ...rest } = said;
  const known = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  const { nonSnooped = false, ...translation } = known;
  switch (said.outcome) {
    case 'completed':
      return said.snoop === undefined ? { outcome: said.outcome, address } : { ...known, address };
    case 'interrupt':
      return known;
    case 'translation':
      return { ...translation, ...(hasAddress(said) ? { address, nonSnooped } : {}), fault: fault?.condition };
    default:
      return { outcome: said.outcome, fault: fault?.condition };
  }
}

/** §4.1.2: the address of a completion means something with a permission and U=0. */
const hasAddress = (said: Opinion): boolean => (said.read || said.write) === true && said.untranslatedOnly !== true;

function qwordAt(memory: SparseMemory, address: bigint): bigint {
  return new DataView(memory.read(address, 8).buffer).getBigUint64(0, true);
}
