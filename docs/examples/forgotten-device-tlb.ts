import { type Outcome, PRESETS, parseSourceId, RemappingUnit, SparseMemory } from 'vtd-model';
import {
  ContextEntry,
  DeviceTlbInvalidationDescriptor,
  InvalidationWaitDescriptor,
  IotlbInvalidationDescriptor,
  RootEntry,
  SsPdEntry,
  SsPdpEntry,
  SsPml4Entry,
  SsPtEntry,
} from 'vtd-model/structures';
import { DeviceTlb } from 'vtd-model/topology';

const GCMD_REG = 0x18;
const RTADDR_REG = 0x20;
const FSTS_REG = 0x34;
const IQT_REG = 0x88;
const IQA_REG = 0x90;
const QUEUE = 0x8000n;
const STATUS = 0x9000n;
const DEVICE = parseSourceId('00:05.0');
const PAGE = 0x4020_1000n;

/** A driver as small as can be: one domain, one page for one device that may have a Device-TLB (TT=01b). */
class Driver {
  readonly memory = new SparseMemory();
  readonly unit: RemappingUnit;
  readonly device: DeviceTlb;
  #tail = 0;

  constructor(completes: 'at-once' | 'never') {
    this.unit = new RemappingUnit({
      unit: PRESETS['xeon-2017'].unit,
      memory: this.memory,
      caches: 'full',
      choices: { deviceTlbCompletion: 'asked' },
      send: (message) => this.device.receive(message),
    });
    this.device = new DeviceTlb({ unit: this.unit, sourceId: DEVICE, completes });
    this.memory.store(0x1, 0x000, RootEntry.pack({ P: 1, CTP: 0x2 }));
    this.memory.store(0x2, 0x280, ContextEntry.pack({ P: 1, TT: 0b01, AW: 0b010, DID: 1, SSPTPTR: 0x6 }));
    this.memory.store(0x6, 0x000, SsPml4Entry.pack({ R: 1, W: 1, ADDR: 0x3 }));
    this.memory.store(0x3, 0x008, SsPdpEntry.pack({ R: 1, W: 1, ADDR: 0x4 }));
    this.memory.store(0x4, 0x008, SsPdEntry.pack({ R: 1, W: 1, ADDR: 0x5 }));
    this.memory.store(0x5, 0x008, SsPtEntry.pack({ R: 1, W: 1, ADDR: 0x7 }));
    this.unit.writeRegister(IQA_REG, 64, QUEUE);
    this.unit.writeRegister(GCMD_REG, 32, 0x0400_0000n); // QIE
    this.unit.writeRegister(RTADDR_REG, 64, 0x1000n);
    this.unit.writeRegister(GCMD_REG, 32, 0x4400_0000n); // QIE, SRTP
    this.unit.writeRegister(GCMD_REG, 32, 0x8400_0000n); // QIE, TE
  }

  unmap(): void {
    this.memory.store(0x5, 0x008, new Uint32Array(2));
    this.#submit(IotlbInvalidationDescriptor.pack({ 'Type[3:0]': 0x2, G: 0b11, DID: 1, ADDR: 0x40201, AM: 0, IH: 1 }));
    this.wait();
  }

  /** What it forgets: the endpoint has the page, too. */
  invalidateDeviceTlb(): void {
    this.#submit(DeviceTlbInvalidationDescriptor.pack({ 'Type[3:0]': 0x3, SID: DEVICE, S: 0, ADDR: 0x40201 }));
    this.wait();
  }

  wait(): void {
    this.memory.write(STATUS, Uint8Array.of(0));
    this.#submit(
      InvalidationWaitDescriptor.pack({ 'Type[3:0]': 0x5, SW: 1, StatusData: 1, StatusAddress: STATUS >> 2n }),
    );
    this.unit.writeRegister(IQT_REG, 64, BigInt(this.#tail));
  }

  get waited(): boolean {
    return this.memory.read(STATUS, 1)[0] === 1;
  }

  #submit(words: Uint32Array): void {
    this.memory.store(Number(QUEUE >> 12n), this.#tail, words);
    this.#tail = (this.#tail + 16) % 4096;
  }
}

function textOf(outcome: Outcome): string {
  if (outcome.kind === 'completed') return `goes on to 0x${outcome.address.toString(16)}`;
  if (outcome.kind === 'translation') return 'a translation without permission';
  return outcome.kind === 'blocked' ? `${outcome.response}, ${outcome.fault?.condition.code}` : outcome.kind;
}

const write = { address: PAGE, access: 'write' } as const;

const driver = new Driver('at-once');
console.log(`mapped: ${textOf(driver.device.access(write))}`);
driver.unmap();
console.log(`unmapped, the IOTLB invalidated: the wait is ${driver.waited ? 'complete' : 'pending'}`);
console.log(`the device writes again: ${textOf(driver.device.access(write))}`);
driver.device.enabled = false;
console.log(`a device without Device-TLB: ${textOf(driver.device.access(write))}`);

const second = new Driver('at-once');
second.device.access(write);
second.unmap();
second.invalidateDeviceTlb();
console.log(`the Device-TLB invalidated: the wait is ${second.waited ? 'complete' : 'pending'}`);
console.log(`the device writes again: ${textOf(second.device.access(write))}`);

const silent = new Driver('never');
silent.device.access(write);
silent.unmap();
silent.invalidateDeviceTlb();
console.log(`an endpoint that never answers: the wait is ${silent.waited ? 'complete' : 'pending'}`);
silent.unit.timeOutDeviceTlbInvalidation(DEVICE);
console.log(`timed out: ITE=${(silent.unit.readRegister(FSTS_REG, 32) >> 6n) & 1n}, the wait never completes`);
console.log(`the device writes again: ${textOf(silent.device.access(write))}`);
