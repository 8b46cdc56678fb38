import { boolean, bytes, choiceValues, integer, members, oneOf, sourceId, unsigned } from './values.ts';

/** Bytes that one call may read, write, poison or ask for. */
const LIMIT = 2 ** 20;

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
        choices: choiceValues,
        caches: { ...oneOf(['none']), takes: '"none", because this version caches nothing' },
      },
    ),
  },
);

export const NOTHING = members({}, {});

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
    type: oneOf(['untranslated', 'translation', 'translated']),
    pasid: integer(0, 0xf_ffff),
    privileged: boolean,
    execute: boolean,
    noSnoop: boolean,
    noWrite: boolean,
    zeroLength: boolean,
    value: unsigned(32),
  },
);

export const EXPLAIN = members({ request: DMA }, {});
