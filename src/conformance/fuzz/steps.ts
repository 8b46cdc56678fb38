import { pageOf } from '../../bits/page-number.ts';
import { formatSourceId } from '../../messages/source-id.ts';
import { GCMD_REG, RTADDR_REG } from '../../registers/global.ts';
import { IRTA_REG } from '../../registers/interrupt-remapping.ts';
import { InterruptRemappingEntry } from '../../structures/interrupt-remapping-entry.ts';
import type { VectorCase, VectorEntry, VectorGroup, VectorRun, VectorStep } from '../../vectors/types.ts';
import { descriptorOf, interruptDescriptorOf, Queue, registerCommands } from './invalidations.ts';
import { putLegacyTables } from './legacy-tables.ts';
import type { Offer } from './offer.ts';
import { type Act, ADDRESSES, type InterruptEntry, PASIDS, type Path, type Plan, SOURCES } from './plan.ts';
import { faultReads, writeOf } from './registers.ts';
import { putScalableTables } from './scalable-tables.ts';
import { bitOf, inverted, packed, Tables } from './tables.ts';

/** What GCMD_REG turns on and leaves on, §11.4.4.1. */
type Enabled = { readonly [Name in 'QIE' | 'IRE' | 'TE']?: 1 };

/** RTADDR_REG.TTM of scalable mode, §11.4.5. */
const SCALABLE_MODE = 0b01;
/** IRTA_REG.S for 256 entries. */
const TABLE_SIZE = 7;
/** Entries of an interrupt remapping table that a case uses, from this index on. */
const FIRST_INDEX = 4;

/** A case as steps without expectations: what they are is up to the referee. */
export function renderedRun(plan: Plan, offer: Offer, id: string): VectorRun {
  return new Rendering(plan, offer).run(id);
}

class Rendering {
  readonly #plan: Plan;
  readonly #offer: Offer;
  readonly #tables = new Tables();
  readonly #scalable: boolean;
  readonly #remapsInterrupts: boolean;
  readonly #queue: Queue | undefined;
  /** For each path of the plan, where its entries stand. */
  readonly #places: readonly (readonly bigint[])[];
  readonly #needs = new Set<string>();
  #enabled: Enabled = {};

  constructor(plan: Plan, offer: Offer) {
    this.#plan = plan;
    this.#offer = offer;
    this.#scalable = plan.scalable && offer.ECAP.SMTS === 1;
    const does = (kind: Act['kind']) => plan.acts.some((act) => act.kind === kind);
    this.#remapsInterrupts = offer.ECAP.IR === 1 && offer.hasMethod('interrupt') && does('interrupt');
    const invalidates = does('invalidate') || (this.#remapsInterrupts && does('invalidateInterrupt'));
    if (offer.ECAP.QI === 1 && invalidates) this.#queue = new Queue(this.#tables.page(), this.#scalable);
    const root = this.#tables.page();
    this.#root = root;
    const put = this.#scalable ? putScalableTables : putLegacyTables;
    this.#places = this.#translates ? plan.paths.map((path) => put(this.#tables, root, offer, path)) : [];
    this.#interruptTable = this.#tables.page();
    if (this.#remapsInterrupts) for (const [i, entry] of plan.entries.entries()) this.#putInterruptEntry(entry, i);
    if (this.#translates) for (const [i, path] of plan.paths.entries()) this.#spoil(path, this.#places[i]!);
  }

  readonly #root: bigint;
  readonly #interruptTable: bigint;

  get #translates(): boolean {
    return this.#plan.acts.some(({ kind }) => kind === 'request' || kind === 'change' || kind === 'invalidate');
  }

  run(id: string): VectorRun {
    const memory = this.#tables.entries.map((entry) => ({ ...entry, qwords: [...entry.qwords] }));
    const setup = this.#setup();
    const steps = this.#plan.acts.flatMap((act) => this.#stepsOf(act));
    const reads = this.#offer.hasMethod('register.read') ? faultReads(this.#offer) : [];
    const one: VectorCase = {
      id,
      says: 'A case of a campaign.',
      rules: [],
      ...(this.#needs.size === 0 ? {} : { needs: [...this.#needs] }),
      steps: [...steps, ...reads],
    };
    const group: VectorGroup = { unit: this.#offer.unit, memory, steps: setup, cases: [one] };
    return { id, group, case: one };
  }

  #setup(): readonly VectorStep[] {
    const queue = this.#queue?.setUp(this.#turnOn({ QIE: 1 })) ?? [];
    return [...queue, ...this.#interruptSetup(), ...this.#translationSetup()];
  }

  #translationSetup(): readonly VectorStep[] {
    if (!this.#translates) return [];
    return [
      writeOf(RTADDR_REG, { RTA: pageOf(this.#root), TTM: this.#scalable ? SCALABLE_MODE : 0 }),
      writeOf(GCMD_REG, { ...this.#enabled, SRTP: 1 }),
      this.#turnOn({ TE: 1 }),
    ];
  }

  #interruptSetup(): readonly VectorStep[] {
    if (!this.#remapsInterrupts) return [];
    return [
      writeOf(IRTA_REG, { IRTA: pageOf(this.#interruptTable), EIME: bitOf(this.#isExtended), S: TABLE_SIZE }),
      writeOf(GCMD_REG, { ...this.#enabled, SIRTP: 1 }),
      this.#turnOn({ IRE: 1 }),
    ];
  }

  get #isExtended(): boolean {
    // EIMER: a unit that requires the extended mode, §11.4.3.
    const { EIM, EIMER } = this.#offer.ECAP;
    return EIM === 1 && (this.#plan.extendedInterrupts || EIMER === 1);
  }

  /** GCMD_REG with what is on, and this, from now on. */
  #turnOn(more: Enabled): VectorStep {
    this.#enabled = { ...this.#enabled, ...more };
    return writeOf(GCMD_REG, this.#enabled);
  }

  #spoil({ spoilt }: Path, places: readonly bigint[]): void {
    for (const { entry, bit } of spoilt) this.#tables.change(places[entry % places.length]!, inverted(bit));
  }

  #stepsOf(act: Act): readonly VectorStep[] {
    switch (act.kind) {
      case 'request':
        return this.#request(act);
      case 'change':
        return [{ memory: [this.#changed(act)] }];
      case 'invalidate': {
        const path = this.#path(act.path);
        const descriptor = () => descriptorOf(act, path, this.#offer, this.#scalable);
        return this.#queue?.submit(descriptor()) ?? registerCommands(act, path, this.#offer);
      }
      case 'interrupt':
        return this.#remapsInterrupts ? this.#interrupt(act) : [];
      case 'changeInterrupt': {
        if (!this.#remapsInterrupts) return [];
        const at = this.#interruptEntryAt(act.entry % this.#plan.entries.length);
        return [{ memory: [this.#tables.change(at, inverted(act.bit))] }];
      }
      case 'invalidateInterrupt': {
        if (!this.#remapsInterrupts || this.#queue === undefined) return [];
        const index = FIRST_INDEX + (act.entry % this.#plan.entries.length);
        return this.#queue.submit(interruptDescriptorOf(act, index, this.#offer));
      }
    }
  }

  #path(place: number): Path {
    return this.#plan.paths[place % this.#plan.paths.length]!;
  }

  #request(act: Extract<Act, { kind: 'request' }>): readonly VectorStep[] {
    const path = this.#path(act.path);
    const pasid = PASIDS[path.pasid]! ^ (act.otherPasid ? 1 : 0);
    const type = this.#offered(act.type === 'untranslated' ? undefined : `${act.type}-requests`) ?? 'untranslated';
    const kind = type === 'untranslated' ? type : act.type;
    const withPasid = pasid !== 0 && this.#scalable && this.#offered('pasid') !== undefined;
    const noSnoop = act.noSnoop && this.#offered('no-snoop') !== undefined;
    const zeroLength = act.zeroLength && act.access === 'read' && kind === 'untranslated';
    const flags = {
      ...(withPasid ? { pasid, privileged: act.privileged, execute: act.execute } : {}),
      noSnoop,
      noWrite: act.noWrite && kind === 'translation',
      zeroLength,
    };
    const offset = kind === 'translation' ? 0 : act.offset;
    const length = kind === 'translation' ? 8 : act.access === 'atomic' ? 4 : act.length;
    const request = {
      source: formatSourceId(SOURCES[path.source]!),
      address: `0x${(ADDRESSES[path.address]! + BigInt(offset)).toString(16)}`,
      access: kind === 'translation' ? 'read' : act.access,
      length,
      ...(kind === 'untranslated' ? {} : { type: kind }),
      ...Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== false)),
    };
    return [{ request, expect: {} }];
  }

  /** The feature if the target has it, and the case needs it then; undefined for none. */
  #offered(feature: string | undefined): string | undefined {
    if (feature === undefined || !this.#offer.has(feature)) return undefined;
    this.#needs.add(feature);
    return feature;
  }

  #changed({ path, entry, how, bit }: Extract<Act, { kind: 'change' }>): VectorEntry {
    const places = this.#places[path % this.#places.length]!;
    const first = (change: (word: bigint) => bigint) => (qwords: readonly bigint[]) =>
      qwords.map((qword, i) => (i === 0 ? change(qword) : qword));
    const changes = {
      absent: first((word) => word & ~3n),
      rights: first((word) => word ^ 2n),
      target: first((word) => word ^ 0x1000n),
      bit: inverted(bit),
    };
    return this.#tables.change(places[entry % places.length]!, changes[how]);
  }

  #interruptEntryAt(place: number): bigint {
    return this.#interruptTable + BigInt(FIRST_INDEX + place) * 16n;
  }

  /** An entry in the remapped format, §9.9. */
  #putInterruptEntry(entry: InterruptEntry, place: number): void {
    const { validation, qualifier, modes, delivery, vector, destination } = entry;
    const qwords = packed(InterruptRemappingEntry, {
      P: 1,
      FPD: bitOf(entry.faultProcessingDisabled),
      DM: modes & 1,
      RH: (modes >>> 1) & 1,
      TM: (modes >>> 2) & 1,
      DLM: delivery,
      V: vector,
      DST: this.#isExtended ? destination : destination << 8,
      SID: SOURCES[entry.source]!,
      SQ: qualifier,
      SVT: validation,
    });
    const at = this.#interruptEntryAt(place);
    this.#tables.put(at, 'irte-remapped', () => qwords);
    for (const bit of entry.spoilt) this.#tables.change(at, inverted(bit));
  }

  #interrupt({ entry, source, format, data }: Extract<Act, { kind: 'interrupt' }>): readonly VectorStep[] {
    const index = FIRST_INDEX + (entry % this.#plan.entries.length);
    const handle = 0xfee0_0010 + index * 32;
    const address = { remappable: handle, subhandle: handle + 8, compatibility: 0xfee0_1000 }[format];
    const interrupt = {
      source: formatSourceId(SOURCES[source]!),
      address: `0x${address.toString(16)}`,
      data: `0x${(format === 'subhandle' ? data & 3 : data).toString(16)}`,
    };
    return [{ interrupt, expect: {} }];
  }
}
