import { MEMORY_TYPES } from '../messages/translation.ts';
import {
  anyObject,
  boolean,
  byMember,
  bytes,
  cachePolicy,
  choiceValues,
  integer,
  listOf,
  members,
  oneOf,
  orNull,
  type Read,
  registerValues,
  sourceId,
  text,
  unsigned,
} from './values.ts';

/** Bytes that one call may read, write, poison or ask for. */
const LIMIT = 2 ** 20;

/** Registers that a description of a unit may give. */
const REGISTERS = 2 ** 12;

const length = integer(0, LIMIT);
const address = unsigned(64);

export const INITIALIZE = members(
  {},
  {
    protocol: oneOf([1]),
    unit: members(
      {},
      {
        version: unsigned(8),
        hostAddressWidth: integer(32, 52),
        capabilities: unsigned(64),
        extendedCapabilities: unsigned(64),
        registers: registerValues(REGISTERS),
        choices: choiceValues,
        caches: cachePolicy,
      },
    ),
  },
);

export const NOTHING = members({}, {});

export const RESET = members({}, { kind: oneOf(['power-good', 'warm']) });

/** What a snapshot has to be, the unit says. */
export const RESTORE = members({ snapshot: anyObject }, {});

export const MEMORY_WRITE = members({ address, data: bytes(LIMIT) }, { visible: boolean });
export const MEMORY_READ = members({ address, length }, {});
export const MEMORY_POISON = members({ address, length }, { writesOnly: boolean });

const width = oneOf([32, 64]);
const offset = unsigned(32);

export const REGISTER_WRITE = members({ offset, width, value: unsigned(64) }, {});
export const REGISTER_READ = members({ offset, width }, {});

export const DMA = members(
  { source: sourceId, address, access: oneOf(['read', 'write', 'atomic']) },
  {
    length: integer(1, LIMIT),
    type: oneOf(['untranslated', 'translation', 'translated', 'reserved']),
    pasid: integer(0, 0xf_ffff),
    privileged: boolean,
    execute: boolean,
    noSnoop: boolean,
    noWrite: boolean,
    zeroLength: boolean,
    value: unsigned(32),
  },
);

export const INTERRUPT = members({ source: sourceId, address, data: unsigned(32) }, {});

export const PAGE_REQUEST = members(
  { source: sourceId, address, group: integer(0, 0x1ff), last: boolean },
  { pasid: integer(0, 0xf_ffff), read: boolean, write: boolean, execute: boolean, privileged: boolean },
);

/** `explain`: a request of the method that is named, `dma` if none is. */
export const EXPLAIN = byMember(
  'method',
  {
    dma: members({ request: DMA }, { method: oneOf(['dma']) }),
    interrupt: members({ request: INTERRUPT, method: oneOf(['interrupt']) }, {}),
  },
  true,
);

const tag = integer(0, 31);

export const DEVICE_TLB_COMPLETE = members({ source: sourceId }, { tag, tags: listOf(tag), count: integer(0, 7) });
export const DEVICE_TLB_TIMEOUT = members({ source: sourceId }, {});
export const DEVICE_TLB_REQUEST = members({ source: sourceId }, {});

const fault = members(
  {},
  { condition: text(16), reason: unsigned(8), qualified: boolean, recorded: boolean, notRecorded: text(16) },
);

const MESSAGE = {
  address: unsigned(64),
  data: unsigned(32),
  destination: unsigned(32),
  vector: integer(0, 0xff),
};

/** A reply to `interrupt` that was seen. */
export const OBSERVED_INTERRUPT = members(
  { outcome: oneOf(['delivered', 'posted', 'UR']) },
  {
    ...MESSAGE,
    deliveryMode: integer(0, 7),
    destinationMode: integer(0, 1),
    redirectionHint: integer(0, 1),
    triggerMode: integer(0, 1),
    index: integer(0, 0xffff),
    descriptor: unsigned(64),
    notification: orNull(members({}, MESSAGE)),
    fault,
  },
);

const OBSERVED = members(
  { outcome: oneOf(['completed', 'translation', 'interrupt', 'UR', 'CA', 'malformed']) },
  {
    address: unsigned(64),
    size: integer(1, 2 ** 52),
    pageSize: integer(1, 2 ** 52),
    read: boolean,
    write: boolean,
    execute: boolean,
    privileged: boolean,
    global: boolean,
    untranslatedOnly: boolean,
    snoop: boolean,
    nonSnooped: boolean,
    words: listOf(unsigned(64)),
    memoryType: oneOf(MEMORY_TYPES),
    fault,
    interrupt: OBSERVED_INTERRUPT,
  },
);

export const PERMITTED = byMember('method', {
  dma: members({ method: oneOf(['dma']), request: DMA, observed: OBSERVED }, {}),
  interrupt: members({ method: oneOf(['interrupt']), request: INTERRUPT, observed: OBSERVED_INTERRUPT }, {}),
});

/** What a client saw, as it is read. */
export type ObservedReply = Read<typeof OBSERVED>;
export type ObservedInterruptReply = Read<typeof OBSERVED_INTERRUPT>;
