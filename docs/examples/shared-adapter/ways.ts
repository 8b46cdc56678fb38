import { formatSourceId, type InterruptOutcome, PRESETS, type UnitParameters } from 'vtd-model';
import { PciFunction, virtualFunctions } from 'vtd-model/topology';
import { Adapter, bytesOf, type Moved, Queue, type Requester } from './adapter.ts';
import { Guest, receiveBuffer, transmitBuffer } from './guest.ts';
import { type RecordedFault, Server } from './server.ts';

/** The adapter, and what its SR-IOV capability says. */
const PHYSICAL = 0x0100;
const SR_IOV = { firstOffset: 0x80, stride: 2, count: 3 };
/** A unit of 2017 with posted interrupts; one of 2023, and the PASIDs that some of its kind have. */
const OF_2017 = PRESETS['xeon-2017'].unit;
const WITH_PASIDS: UnitParameters = {
  ...PRESETS['xeon-2023'].unit,
  extendedCapabilities: PRESETS['xeon-2023'].unit.extendedCapabilities | (1n << 40n),
};
const VECTOR = 0x31;
const NOTIFICATION_VECTOR = 0xf2;

/** What a frame's way showed. */
export interface Delivery {
  readonly guest: string;
  readonly text: string;
  /** The guest finds it in its own memory. */
  readonly arrived: boolean;
}

/** What a guest got that aimed a queue of its own at another guest's memory. */
export interface Attack {
  readonly by: string;
  readonly on: string;
  readonly moved: Moved | undefined;
  readonly blocked: boolean;
  /** The victim's bytes are what they were. */
  readonly unharmed: boolean;
  readonly recorded: RecordedFault | undefined;
}

export interface Interrupted {
  readonly guest: string;
  readonly outcome: InterruptOutcome | undefined;
}

/** One way to share the adapter: what happened. */
export interface Way {
  readonly title: string;
  /** What it is to show, in a sentence or two. */
  readonly shows: string;
  readonly deliveries: readonly Delivery[];
  /** From whom the frames came that went out, in their order. */
  readonly sent: readonly string[];
  readonly attacks: readonly Attack[];
  readonly interrupts: readonly Interrupted[];
  /** Whose memory each requester reaches by the tables. */
  readonly reach: readonly { readonly requester: string; readonly guests: readonly string[] }[];
}

/** A server with guests and an adapter whose queues are one guest's each. */
export class Machine {
  readonly server: Server;
  readonly adapter: Adapter;
  readonly guests: readonly Guest[];

  constructor(unit: UnitParameters, mode: 'legacy' | 'scalable', names: readonly string[]) {
    this.server = new Server(unit, mode);
    this.adapter = new Adapter(this.server.memory, (request) => this.server.judge.dma(request));
    this.guests = names.map(
      (name, n) => new Guest(this.server.memory, name, n + 1, 0x1_0000_0000n + BigInt(n) * 0x1000_0000n),
    );
  }

  /** A queue of a guest's own. */
  open(guest: Guest, requester: Requester): void {
    this.adapter.queues.set(guest.id, new Queue(requester));
  }

  /** A frame for each guest; `address` says where its driver wants it. */
  deliver(text: string, address: (guest: Guest) => bigint = () => receiveBuffer(0)): readonly Delivery[] {
    return this.guests.flatMap((guest) => {
      const queue = this.adapter.queues.get(guest.id);
      if (queue === undefined) return [];
      queue.receive.push(address(guest));
      const frame = { to: guest.id, from: 0, text: `${text} ${guest.name}` };
      this.adapter.receive(frame);
      const found = guest.read(receiveBuffer(0), bytesOf(frame).length);
      return [{ guest: guest.name, text: frame.text, arrived: Buffer.from(found).equals(bytesOf(frame)) }];
    });
  }

  /** Each guest has so many frames to send; who is first in the order of the wire? */
  sendFromAll(
    count: number,
    address: (guest: Guest, n: number) => bigint = (_, n) => transmitBuffer(n),
  ): readonly string[] {
    for (const guest of this.guests) {
      for (let n = 0; n < count; n++) {
        const bytes = bytesOf({ to: 0, from: guest.id, text: `frame ${n}` });
        guest.write(transmitBuffer(n), bytes);
        this.adapter.queues.get(guest.id)?.transmit.push({ address: address(guest, n), length: bytes.length });
      }
    }
    const sent: string[] = [];
    for (let moved = this.adapter.transmit(); moved !== undefined; moved = this.adapter.transmit()) {
      sent.push(this.guests.find(({ id }) => id === moved.frame?.from)?.name ?? 'nobody');
    }
    return sent;
  }

  /** A guest gives its queue an address that is another guest's in the host, or in the table that they share. */
  attack(by: Guest, on: Guest, address: bigint): Attack {
    const before = on.read(receiveBuffer(0), 64);
    const queue = this.adapter.queues.get(by.id);
    queue?.receive.push(address);
    const moved = this.adapter.receive({ to: by.id, from: 0, text: 'where it does not belong' });
    const unharmed = Buffer.from(on.read(receiveBuffer(0), 64)).equals(before);
    const recorded = this.server.takeFault();
    return { by: by.name, on: on.name, moved, blocked: moved?.outcome.kind === 'blocked', unharmed, recorded };
  }

  reach(): Way['reach'] {
    return this.server.reach().map(({ sourceId, pasid, ranges }) => ({
      requester: `${formatSourceId(sourceId)}${pasid === undefined ? '' : `, PASID ${pasid}`}`,
      guests: this.guests
        .filter(({ host }) => ranges.some(([first, end]) => host >= first && host < end))
        .map(({ name }) => name),
    }));
  }

  /** A function whose MSI-X entry 0 asks for the interrupt of a guest. */
  function(sourceId: number, index: number): PciFunction {
    const pci = new PciFunction({ unit: this.server.unit, sourceId, msiX: { entries: 1 } });
    pci.msiX?.writeTable(0, 32, 0xfee0_0010n | (BigInt(index) << 5n));
    pci.msiX?.writeTable(12, 32, 0n);
    pci.msiX?.write(2, 16, 0x8000);
    return pci;
  }
}

/** (a) The whole adapter is one guest's. */
export function directAssignment(): Way {
  const machine = new Machine(OF_2017, 'legacy', ['Anna', 'Bruno']);
  const [anna, bruno] = machine.guests as [Guest, Guest];
  machine.server.start({
    domains: [{ id: anna.id, mappings: [anna.mapping] }],
    devices: [{ device: PHYSICAL, domain: anna.id }],
    interrupts: { entries: [{ index: anna.id, vector: VECTOR, source: PHYSICAL, destination: anna.processor }] },
  });
  machine.open(anna, { sourceId: PHYSICAL });
  return {
    title: "(a) direct assignment: the whole adapter is one guest's",
    shows: 'The source-id of a request leads to the tables of a domain, and they hold the memory of one guest alone.',
    deliveries: machine.deliver('hello'),
    sent: machine.sendFromAll(2),
    attacks: [machine.attack(anna, bruno, bruno.hostAddress(receiveBuffer(0)))],
    interrupts: [{ guest: anna.name, outcome: machine.function(PHYSICAL, anna.id).raise(0) }],
    reach: machine.reach(),
  };
}

/** (b) SR-IOV: a virtual function for each guest, with a domain and an interrupt of its own. The last one's is posted. */
export function singleRootVirtualization(): Way & {
  readonly machine: Machine;
  readonly requesters: readonly number[];
} {
  const machine = new Machine(OF_2017, 'legacy', ['Anna', 'Bruno', 'Clara']);
  const { guests } = machine;
  const requesters = virtualFunctions({ sourceId: PHYSICAL }, SR_IOV).map(({ sourceId }) => sourceId);
  machine.server.start({
    domains: guests.map(({ id, mapping }) => ({ id, mappings: [mapping] })),
    devices: guests.map(({ id }, n) => ({ device: requesters[n]!, domain: id })),
    interrupts: {
      entries: guests.map(({ id, processor }, n) => ({
        ...{ index: id, vector: VECTOR, source: requesters[n]!, destination: processor },
        ...(n === 2 ? { posted: { notificationVector: NOTIFICATION_VECTOR } } : {}),
      })),
    },
  });
  for (const [n, guest] of guests.entries()) machine.open(guest, { sourceId: requesters[n]! });
  const [anna, bruno] = guests as [Guest, Guest, Guest];
  return {
    title: '(b) SR-IOV: a virtual function for each guest',
    shows: 'Each function has a source-id, and so a domain, and interrupts that no other function may ask for.',
    deliveries: machine.deliver('hello'),
    sent: machine.sendFromAll(2),
    attacks: [machine.attack(bruno, anna, anna.hostAddress(receiveBuffer(0)))],
    interrupts: [
      ...guests.map(({ name, id }, n) => ({
        guest: name,
        outcome: machine.function(requesters[n]!, id).raise(0),
      })),
      // A function that asks for another's interrupt.
      { guest: `${bruno.name} for ${anna.name}`, outcome: machine.function(requesters[1]!, anna.id).raise(0) },
    ],
    reach: machine.reach(),
    machine,
    requesters,
  };
}

/** (c) Queues sorted by address, all with one source-id: the unit cannot tell them apart. */
export function sortedQueues(): Way {
  const machine = new Machine(OF_2017, 'legacy', ['Anna', 'Bruno', 'Clara']);
  const { guests } = machine;
  const shared = guests.length + 1;
  machine.server.start({
    // The host's driver has one table, in which each guest's buffers are at their host addresses.
    domains: [{ id: shared, mappings: guests.map(({ host, mapping }) => ({ ...mapping, input: host })) }],
    devices: [{ device: PHYSICAL, domain: shared }],
  });
  for (const guest of guests) machine.open(guest, { sourceId: PHYSICAL });
  const [anna, bruno] = guests as [Guest, Guest, Guest];
  return {
    title: '(c) queues sorted by address (VMDq), one source-id for all',
    shows:
      'The unit cannot tell queues apart: who shares a source-id shares a table, and the host must check every address.',
    deliveries: machine.deliver('hello', (guest) => guest.hostAddress(receiveBuffer(0))),
    sent: machine.sendFromAll(2, (guest, n) => guest.hostAddress(transmitBuffer(n))),
    attacks: [machine.attack(bruno, anna, anna.hostAddress(receiveBuffer(0)))],
    interrupts: [],
    reach: machine.reach(),
  };
}

/** (c) The same with a PASID for each queue, in scalable mode. */
export function queuesWithPasids(): Way {
  const machine = new Machine(WITH_PASIDS, 'scalable', ['Anna', 'Bruno', 'Clara']);
  const { guests } = machine;
  machine.server.start({
    domains: guests.map(({ id, mapping }) => ({ id, mappings: [mapping] })),
    devices: [{ device: PHYSICAL, pasids: Object.fromEntries(guests.map(({ id }) => [id, id])) }],
  });
  for (const guest of guests) machine.open(guest, { sourceId: PHYSICAL, pasid: guest.id });
  const [anna, bruno] = guests as [Guest, Guest, Guest];
  return {
    title: '(c) the same queues, a PASID for each',
    shows:
      'In scalable mode the PASID of a request leads on from the source-id, and the queues have tables of their own.',
    deliveries: machine.deliver('hello'),
    sent: machine.sendFromAll(2),
    attacks: [machine.attack(bruno, anna, anna.hostAddress(receiveBuffer(0)))],
    interrupts: [],
    reach: machine.reach(),
  };
}

/** What a migration showed: where frames went before the invalidation, and after it. */
export interface Migration {
  /** The frame went to where the guest was. */
  readonly staleBefore: boolean;
  readonly findings: readonly string[];
  readonly after: readonly Delivery[];
  readonly findingsAfter: number;
}

/** Anna's memory moves to other pages of the host; her tables are changed and nobody else's. */
export function migrate({
  machine,
  requesters,
}: {
  readonly machine: Machine;
  readonly requesters: readonly number[];
}): Migration {
  const { server, guests } = machine;
  const [anna] = guests as [Guest, Guest, Guest];
  const old = anna.host;
  server.judge.takeFindings();
  server.move(anna, requesters[0]!, 0x2_0000_0000n);
  const [early] = machine.deliver('too early');
  const found = server.memory.read(old, 64);
  const findings = server.judge.takeFindings();
  server.invalidate(anna.id);
  const after = machine.deliver('after the move');
  return {
    staleBefore: early?.arrived === false && Buffer.from(found).includes(early.text),
    findings: findings.flatMap((finding) => (finding.kind === 'stale-answer' ? finding.remedy : [])),
    after,
    findingsAfter: server.judge.takeFindings().length,
  };
}
