/** Vectors as `fixtures/schema/unit-vectors-1.json` describes them; numbers over 32 bits are hexadecimal strings. */
export interface VectorFile {
  readonly schema: 'unit-vectors-1';
  readonly title: string;
  readonly sections: readonly string[];
  readonly flags?: Readonly<Record<string, string>>;
  readonly groups: readonly VectorGroup[];
}

export interface VectorGroup {
  readonly says?: string;
  readonly unit: VectorUnit;
  readonly memory?: readonly VectorEntry[];
  readonly steps?: readonly VectorStep[];
  readonly cases: readonly VectorCase[];
}

export interface VectorUnit {
  readonly version: string;
  readonly hostAddressWidth: number;
  readonly capabilities: string;
  readonly extendedCapabilities: string;
  /** What the other registers read that tell what the unit has, by name; one that is missing reads 0. */
  readonly registers?: Readonly<Record<string, string>>;
}

/** Words of memory; `is` and `fields` are for the reader. */
export interface VectorEntry {
  readonly at: string;
  readonly qwords: readonly string[];
  readonly is?: string;
  readonly fields?: Readonly<Record<string, number | string>>;
}

export interface VectorCase {
  readonly id: string;
  readonly says: string;
  readonly rules: readonly string[];
  readonly flags?: readonly string[];
  readonly choices?: Readonly<Record<string, string | number | boolean>>;
  readonly needs?: readonly string[];
  readonly memory?: readonly VectorEntry[];
  readonly eachBit?: { readonly at: string; readonly bits: readonly string[] };
  readonly steps: readonly VectorStep[];
}

export interface WriteStep {
  readonly write: string;
  readonly offset: string;
  readonly width: 32 | 64;
  readonly value: string;
}
export interface ReadStep {
  readonly read: string;
  readonly offset: string;
  readonly width: 32 | 64;
  readonly value?: string;
  readonly oneOf?: readonly string[];
  readonly mask?: string;
}
export interface MemoryStep {
  readonly memory: readonly VectorEntry[];
  readonly visible?: boolean;
}
export interface MemoryReadStep {
  readonly memoryRead: string;
  readonly qwords: readonly string[];
  /** The bits that are compared, word for word; all if left out. */
  readonly mask?: readonly string[];
}
export interface PoisonStep {
  readonly poison: string;
  readonly length: number;
  readonly writesOnly?: boolean;
}
export interface ResetStep {
  readonly reset: 'power-good' | 'warm';
}
export interface DeviceTlbCompleteStep {
  readonly deviceTlbComplete: {
    readonly source: string;
    readonly tag?: number;
    readonly tags?: readonly number[];
    readonly count?: number;
  };
  readonly expect?: ExpectedMembers;
}
export interface DeviceTlbRequestStep {
  readonly deviceTlbRequest: { readonly source: string };
  readonly expect: ExpectedMembers;
}
export interface DeviceTlbTimeoutStep {
  readonly deviceTlbTimeout: { readonly source: string };
}
export interface EventsStep {
  readonly events: readonly ExpectedMembers[];
}
export interface RequestStep {
  readonly request: Readonly<Record<string, unknown>>;
  readonly expect: Expectation;
}
export interface InterruptStep {
  readonly interrupt: Readonly<Record<string, unknown>>;
  readonly expect: Expectation;
}
export interface PageRequestStep {
  readonly pageRequest: Readonly<Record<string, unknown>>;
  readonly expect: Expectation;
}
export type VectorStep =
  | WriteStep
  | ReadStep
  | MemoryStep
  | MemoryReadStep
  | PoisonStep
  | ResetStep
  | DeviceTlbCompleteStep
  | DeviceTlbTimeoutStep
  | DeviceTlbRequestStep
  | EventsStep
  | RequestStep
  | InterruptStep
  | PageRequestStep;

/** The members of one answer, or several answers that are all right. */
export type Expectation = ExpectedMembers | { readonly oneOf: readonly ExpectedMembers[]; readonly choice?: string };

/** Members that a reply must have; `null` for one that it must not have. */
export type ExpectedMembers = Readonly<Record<string, unknown>>;

/** One run of a case: with `eachBit` there are several, and the id says which bit is inverted. */
export interface VectorRun {
  readonly id: string;
  readonly group: VectorGroup;
  readonly case: VectorCase;
  /** Byte address and bit of memory to invert once it is written. */
  readonly flip?: { readonly address: bigint; readonly bit: number };
}
