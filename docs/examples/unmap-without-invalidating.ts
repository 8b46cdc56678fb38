import {
  type CachePolicy,
  dmaRequest,
  Judge,
  type Outcome,
  observedAs,
  PRESETS,
  parseSourceId,
  RemappingUnit,
  SparseMemory,
} from 'vtd-model';
import {
  ContextEntry,
  InvalidationWaitDescriptor,
  IotlbInvalidationDescriptor,
  RootEntry,
  SsPdEntry,
  SsPdpEntry,
  SsPtEntry,
} from 'vtd-model/structures';

const GCMD_REG = 0x18;
const RTADDR_REG = 0x20;
const IQT_REG = 0x88;
const IQA_REG = 0x90;
const QUEUE = 0x8000n;
const STATUS = 0x9000n;
const UNMAPPED = new Uint32Array(2);

/** A driver as small as can be: one domain, one page for the device 00:05.0, one queue of 128-bit descriptors. */
class Driver {
  readonly memory = new SparseMemory();
  readonly unit: RemappingUnit;
  #tail = 0;

  constructor(caches: CachePolicy) {
    this.unit = new RemappingUnit({ unit: PRESETS['qemu-7.2'].unit, memory: this.memory, caches });
    this.memory.store(0x1, 0x000, RootEntry.pack({ P: 1, CTP: 0x2 }));
    this.memory.store(0x2, 0x280, ContextEntry.pack({ P: 1, AW: 0b001, DID: 1, SSPTPTR: 0x3 }));
    this.memory.store(0x3, 0x008, SsPdpEntry.pack({ R: 1, W: 1, ADDR: 0x4 }));
    this.memory.store(0x4, 0x008, SsPdEntry.pack({ R: 1, W: 1, ADDR: 0x5 }));
    this.unit.writeRegister(IQA_REG, 64, QUEUE);
    this.unit.writeRegister(GCMD_REG, 32, 0x0400_0000n); // QIE
    this.unit.writeRegister(RTADDR_REG, 64, 0x1000n);
    this.unit.writeRegister(GCMD_REG, 32, 0x4400_0000n); // QIE, SRTP
    this.unit.writeRegister(GCMD_REG, 32, 0x8400_0000n); // QIE, TE
  }

  /** The page at 40201000h leads to the host page. */
  map(page: number): void {
    this.memory.store(0x5, 0x008, SsPtEntry.pack({ R: 1, W: 1, ADDR: page }));
  }

  unmap(): void {
    this.memory.store(0x5, 0x008, UNMAPPED);
  }

  /** The page goes from the IOTLB, and the status says when it has. IH=1: no entry above the leaf has changed. */
  invalidate(): void {
    this.#submit(IotlbInvalidationDescriptor.pack({ 'Type[3:0]': 0x2, G: 0b11, DID: 1, ADDR: 0x40201, AM: 0, IH: 1 }));
    this.#submit(
      InvalidationWaitDescriptor.pack({ 'Type[3:0]': 0x5, SW: 1, StatusData: 1, StatusAddress: STATUS >> 2n }),
    );
    this.unit.writeRegister(IQT_REG, 64, BigInt(this.#tail));
    // A real driver waits here; the model has done it by now.
    if (this.memory.read(STATUS, 1)[0] !== 1) throw new Error('the queue stands still');
  }

  #submit(words: Uint32Array): void {
    this.memory.store(Number(QUEUE >> 12n), this.#tail, words);
    this.#tail = (this.#tail + 16) % 4096;
  }
}

const read = dmaRequest({ sourceId: parseSourceId('00:05.0'), address: 0x4020_1234n, access: 'read' });

function textOf(outcome: Outcome): string {
  if (outcome.kind === 'completed') return `goes on to 0x${outcome.address.toString(16)}`;
  return outcome.kind === 'blocked' ? `${outcome.response}, ${outcome.fault?.condition.code}` : outcome.kind;
}

for (const caches of ['none', 'full'] as const) {
  console.log(`A unit with caches: ${caches}`);
  const driver = new Driver(caches);
  const judge = new Judge(driver.unit);

  driver.map(0x7);
  const before = judge.dma(read);
  console.log(`  mapped: ${textOf(before)}`);
  driver.unmap();
  console.log(`  unmapped, nothing invalidated: ${textOf(judge.dma(read))}`);
  for (const finding of judge.takeFindings()) {
    if (finding.kind !== 'stale-answer') continue;
    for (const { cache, step } of finding.entries) console.log(`  finding: from the ${cache}, filled in step ${step}`);
    console.log(`  finding: the tables say ${finding.fresh.map(textOf).join(' or ')}`);
    console.log(`  finding: missing is ${finding.remedy.join(', ')}`);
  }

  const early = judge.judge(read, observedAs(before));
  console.log(`  the old answer is ${early.class}:`);
  for (const sentence of early.because) console.log(`    ${sentence}`);
  driver.invalidate();
  console.log(`  invalidated: ${textOf(judge.dma(read))}`);
  const late = judge.judge(read, observedAs(before));
  console.log(`  the old answer is ${late.class}:`);
  for (const sentence of late.because) console.log(`    ${sentence}`);
}
