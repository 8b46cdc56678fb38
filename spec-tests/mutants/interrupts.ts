import type { Mutant } from './mutant.ts';

const REMAP = 'src/interrupt-remapping/remap.ts';
const SOURCE = 'src/interrupt-remapping/source-validation.ts';
const RESERVED = 'src/interrupt-remapping/reserved-bits.ts';
const POSTING = 'src/interrupt-remapping/posting.ts';
const COMMANDS = 'src/unit/global-commands.ts';
const SCOPES = 'src/caches/scopes.ts';
const PERFORM = 'src/invalidation/perform.ts';
const RECORDING = 'src/faults/fault-recording.ts';
const CONDITIONS = 'src/conditions/interrupt.ts';

/** Misreadings of chapter 5, §9.9 to §9.11, and of what chapter 6 says of the interrupt entry cache. */
export const INTERRUPT_MUTANTS: readonly Mutant[] = [
  {
    name: 'handle-without-bit-15',
    says: 'Address bit 2 is the destination mode of a remappable request too.',
    section: '§5.1.2.2',
    file: REMAP,
    changes: [
      { find: '(HANDLE_15(address, data) << 15) | HANDLE_14_0(address, data)', replace: 'HANDLE_14_0(address, data)' },
    ],
    vectors: 'interrupt-remapping/request-format',
  },
  {
    name: 'index-of-16-bits',
    says: 'Handle and subhandle are added in 16 bits.',
    section: '§5.1.3',
    file: REMAP,
    changes: [
      {
        find: 'withSubhandle ? handle + SUBHANDLE(address, data) : handle',
        replace: 'withSubhandle ? (handle + SUBHANDLE(address, data)) & 0xffff : handle',
      },
    ],
    vectors: 'interrupt-remapping/table',
  },
  {
    name: 'subhandle-in-place-of-low-bits',
    says: 'The subhandle replaces the low bits of the handle.',
    section: '§5.1.3',
    file: REMAP,
    changes: [{ find: 'handle + SUBHANDLE(address, data)', replace: 'handle | SUBHANDLE(address, data)' }],
    vectors: 'interrupt-remapping/request-format',
  },
  {
    name: 'subhandle-always-added',
    says: 'The subhandle counts whatever SHV says.',
    section: '§5.1.3',
    file: REMAP,
    changes: [
      {
        find: 'withSubhandle ? handle + SUBHANDLE(address, data) : handle',
        replace: 'handle + SUBHANDLE(address, data)',
      },
    ],
    vectors: 'interrupt-remapping/request-format',
  },
  {
    name: 'reserved-data-without-subhandle',
    says: 'Data bits 31:16 are reserved with SHV=0 too.',
    section: '§5.1.2.2',
    file: REMAP,
    changes: [
      {
        find: 'if (withSubhandle && DATA_31_16(address, data) !== 0)',
        replace: 'if (DATA_31_16(address, data) !== 0)',
      },
    ],
    vectors: 'interrupt-remapping/request-format',
  },
  {
    name: 'cfis-not-looked-at',
    says: 'In xAPIC mode compatibility-format requests pass with CFIS=0.',
    section: '§5.1.4',
    file: REMAP,
    changes: [{ find: 'if (extended || !unit.compatibilityFormatPasses)', replace: 'if (extended)' }],
    vectors: 'interrupt-remapping/compatibility',
  },
  {
    name: 'cfis-in-x2apic-mode',
    says: 'CFIS=1 lets compatibility-format requests through in x2APIC mode.',
    section: '§5.1.4',
    file: REMAP,
    changes: [
      { find: 'if (extended || !unit.compatibilityFormatPasses)', replace: 'if (!unit.compatibilityFormatPasses)' },
    ],
    vectors: 'interrupt-remapping/compatibility',
  },
  {
    name: 'eimer-for-software-only',
    says: 'EIMER tells software what to write and blocks nothing.',
    section: '§5.1.4',
    file: REMAP,
    changes: [
      {
        find: '  if (!extended && unit.configuration.ECAP.EIMER === 1) return InterruptFault.EXTENDED_MODE_OFF;\n',
        replace: '',
      },
    ],
    vectors: 'interrupt-remapping/extended-mode',
  },
  {
    name: 'eimer-after-the-format',
    says: 'EIMER blocks remappable requests; those in compatibility format go by CFIS.',
    section: '§5.1.4',
    file: REMAP,
    changes: [
      {
        find: 'if (!extended && unit.configuration.ECAP.EIMER === 1)',
        replace: 'if (!extended && unit.configuration.ECAP.EIMER === 1 && FORMAT(request.address, request.data) === 1)',
      },
    ],
    vectors: 'interrupt-remapping/extended-mode',
  },
  {
    name: 'irreq-for-software-only',
    says: 'While remapping is off every request is delivered.',
    section: '§5.1.4',
    file: REMAP,
    changes: [
      {
        find: 'return required ? InterruptFault.REMAPPING_OFF : passCompatibility(request, result);',
        replace: 'return passCompatibility(request, result);',
      },
    ],
    vectors: 'interrupt-remapping/off',
  },
  {
    name: 'irreq-spares-compatibility',
    says: 'IRREQ blocks remappable requests alone.',
    section: '§5.1.4',
    file: REMAP,
    changes: [
      {
        find: 'return required ?',
        replace: 'return required && FORMAT(request.address, request.data) === 1 ?',
      },
    ],
    vectors: 'interrupt-remapping/off',
  },
  {
    name: 'one-entry-too-many',
    says: 'The index that is the number of entries is the last.',
    section: '§5.1.3',
    file: REMAP,
    changes: [{ find: 'index >= table.entries', replace: 'index > table.entries' }],
    vectors: 'interrupt-remapping/table',
  },
  {
    name: 'table-not-held-to-haw',
    says: 'Entries above the host address width are read.',
    section: '§5.1.4.1',
    file: REMAP,
    changes: [{ find: ' || page >= configuration.hostPages', replace: '' }],
    vectors: 'interrupt-remapping/table',
  },
  {
    name: 'programming-before-source',
    says: 'An entry is looked through before its source is checked, whatever the choice.',
    section: '§5.1.4',
    file: REMAP,
    changes: [{ find: `unit.choices.interruptEntryOrder === '26h'`, replace: 'false' }],
    vectors: 'interrupt-remapping/priority',
  },
  {
    name: 'source-before-programming',
    says: 'The source is checked before the entry is looked through, whatever the choice.',
    section: '§5.1.4',
    file: REMAP,
    changes: [{ find: `unit.choices.interruptEntryOrder === '26h'`, replace: 'true' }],
    vectors: 'interrupt-remapping/priority',
  },
  {
    name: 'fpd-needs-presence',
    says: 'FPD of an absent entry is not looked at.',
    section: '§9.9',
    file: REMAP,
    changes: [
      {
        find: '  result.faultProcessingDisabled = FPD(low, 0) === 1;\n  if (P(low, 0) === 0) return InterruptFault.NOT_PRESENT;',
        replace:
          '  if (P(low, 0) === 0) return InterruptFault.NOT_PRESENT;\n  result.faultProcessingDisabled = FPD(low, 0) === 1;',
      },
    ],
    vectors: 'interrupt-remapping/entry',
  },
  {
    name: 'absent-entry-looked-through',
    says: 'Reserved bits of an absent entry are 24h.',
    section: '§9.9',
    file: REMAP,
    changes: [
      {
        find: 'if (P(low, 0) === 0) return InterruptFault.NOT_PRESENT;',
        replace: 'if (P(low, 0) === 0) return judgeProgramming(unit) ?? InterruptFault.NOT_PRESENT;',
      },
    ],
    vectors: 'interrupt-remapping/entry',
  },
  {
    name: 'posting-by-im-alone',
    says: 'IM=1 posts whether or not the unit can.',
    section: '§9.10',
    file: REMAP,
    changes: [{ find: '    if (configuration.CAP.PI === 0) return InterruptFault.RESERVED_IN_ENTRY;\n', replace: '' }],
    vectors: 'interrupt-remapping/units',
  },
  {
    name: 'delivery-mode-3-alone',
    says: 'Of the delivery modes only 011b has no name.',
    section: '§9.9',
    file: REMAP,
    changes: [{ find: 'deliveryMode !== 0b011 && deliveryMode !== 0b110', replace: 'deliveryMode !== 0b011' }],
    vectors: 'interrupt-remapping/entry',
  },
  {
    name: 'nmi-by-level',
    says: 'NMI is level if TM says so.',
    section: '§9.9',
    file: REMAP,
    changes: [{ find: '  deliveryMode === DELIVERY_MODE.NMI ||\n', replace: '' }],
    vectors: 'interrupt-remapping/delivery',
  },
  {
    name: 'lowest-priority-by-edge',
    says: 'Fixed alone may be level.',
    section: '§9.9',
    file: REMAP,
    changes: [
      {
        find: '  deliveryMode === DELIVERY_MODE.NMI ||\n',
        replace: '  deliveryMode === DELIVERY_MODE.NMI ||\n  deliveryMode === DELIVERY_MODE.LOWEST_PRIORITY ||\n',
      },
    ],
    vectors: 'interrupt-remapping/delivery',
  },
  {
    name: 'xapic-destination-in-39-32',
    says: 'In xAPIC mode the destination is the lowest byte of DST.',
    section: '§5.1.4',
    file: REMAP,
    changes: [
      {
        find: 'unit.interruptTable.extended ? destination : (destination >>> 8) & 0xff',
        replace: 'unit.interruptTable.extended ? destination : destination & 0xff',
      },
    ],
    vectors: 'interrupt-remapping/delivery',
  },
  {
    name: 'x2apic-destination-of-8-bits',
    says: 'In x2APIC mode the destination is where xAPIC mode has it.',
    section: '§5.1.4',
    file: REMAP,
    changes: [
      {
        find: 'unit.interruptTable.extended ? destination : (destination >>> 8) & 0xff',
        replace: '(destination >>> 8) & 0xff',
      },
    ],
    vectors: 'interrupt-remapping/delivery',
  },
  {
    name: 'descriptors-below-4-gb',
    says: 'The address of a descriptor is PDAL.',
    section: '§9.10',
    file: REMAP,
    changes: [{ find: 'PDAH(entry) * 2 ** 20 + (low >>> 6)', replace: '(low >>> 6)' }],
    vectors: 'interrupt-remapping/posted-entry',
  },
  {
    name: 'descriptor-at-a-page',
    says: 'PDAL names the page of a descriptor.',
    section: '§9.10',
    file: REMAP,
    changes: [{ find: 'result.descriptorOffset = (low & 0x3f) << 6;', replace: 'result.descriptorOffset = 0;' }],
    vectors: 'interrupt-remapping/posted-entry',
  },
  {
    name: 'bus-bounds-swapped',
    says: 'SID bits 7:0 are the first bus and 15:8 the last.',
    section: '§9.9',
    file: SOURCE,
    changes: [{ find: 'bus >= sid >>> 8 && bus <= (sid & 0xff)', replace: 'bus >= (sid & 0xff) && bus <= sid >>> 8' }],
    vectors: 'interrupt-remapping/source-validation',
  },
  {
    name: 'last-bus-outside',
    says: 'The last bus of a range is not in it.',
    section: '§9.9',
    file: SOURCE,
    changes: [{ find: 'bus <= (sid & 0xff)', replace: 'bus < (sid & 0xff)' }],
    vectors: 'interrupt-remapping/source-validation',
  },
  {
    name: 'sq-from-bit-0',
    says: 'SQ leaves out the function bits from the lowest up.',
    section: '§9.9',
    file: SOURCE,
    changes: [{ find: '[0b000, 0b100, 0b110, 0b111]', replace: '[0b000, 0b001, 0b011, 0b111]' }],
    vectors: 'interrupt-remapping/source-validation',
  },
  {
    name: 'sq-one-step-late',
    says: 'SQ=01b still compares every bit.',
    section: '§9.9',
    file: SOURCE,
    changes: [{ find: '[0b000, 0b100, 0b110, 0b111]', replace: '[0b000, 0b000, 0b100, 0b110]' }],
    vectors: 'interrupt-remapping/source-validation',
  },
  {
    name: 'sq-inverted',
    says: 'SQ leaves out the function bits that it should compare.',
    section: '§9.9',
    file: SOURCE,
    changes: [{ find: '[0b000, 0b100, 0b110, 0b111]', replace: '[0b000, 0b011, 0b001, 0b000]' }],
    vectors: 'interrupt-remapping/source-validation',
  },
  {
    name: 'posting-for-every-source',
    says: 'The source of a posted entry is not checked.',
    section: '§9.10',
    file: SOURCE,
    changes: [
      {
        find: '  switch (sourceValidationType(entry)) {',
        replace:
          '  if (InterruptRemappingEntry.IM(entry) === 1) return undefined;\n  switch (sourceValidationType(entry)) {',
      },
    ],
    vectors: 'interrupt-remapping/posted-entry',
  },
  {
    name: 'xapic-id-beside-its-place',
    says: 'In xAPIC mode DST bits 7:0 are free and 15:8 reserved.',
    section: '§9.9',
    file: RESERVED,
    changes: [{ find: '  [63, 48],\n  [39, 32],', replace: '  [63, 40],' }],
    vectors: 'interrupt-remapping/entry',
  },
  {
    name: 'destination-never-reserved',
    says: 'In xAPIC mode the rest of DST is ignored.',
    section: '§9.9',
    file: RESERVED,
    changes: [
      {
        find: 'reservedMaskOf(InterruptRemappingEntry, DST_BESIDE_XAPIC)',
        replace: 'InterruptRemappingEntry.reservedMask',
      },
    ],
    vectors: 'interrupt-remapping/entry',
  },
  {
    name: 'descriptor-address-unchecked',
    says: 'The address of a descriptor has no reserved bits.',
    section: '§9.10',
    file: RESERVED,
    changes: [
      {
        find: 'reservedMaskOf(PostedInterruptRemappingEntry, [[127, HAW + 64]])',
        replace: 'PostedInterruptRemappingEntry.reservedMask',
      },
    ],
    vectors: 'interrupt-remapping/posted-entry',
  },
  {
    name: 'descriptor-address-one-bit-more',
    says: 'The bit at the host address width belongs to the address of a descriptor.',
    section: '§9.10',
    file: RESERVED,
    changes: [{ find: '[[127, HAW + 64]]', replace: '[[127, HAW + 65]]' }],
    vectors: 'interrupt-remapping/posted-entry',
  },
  {
    name: 'notification-destination-ignored',
    says: 'In xAPIC mode the rest of NDST is ignored.',
    section: '§9.11',
    file: RESERVED,
    changes: [
      {
        find: 'reservedMaskOf(PostedInterruptDescriptor, NDST_BESIDE_XAPIC)',
        replace: 'PostedInterruptDescriptor.reservedMask',
      },
    ],
    vectors: 'interrupt-remapping/posted-descriptor',
  },
  {
    name: 'pir-from-the-top',
    says: 'Vector 0 is the highest bit of PIR.',
    section: '§9.11',
    file: POSTING,
    changes: [
      {
        find: 'replacement[vector >>> 5]! |= 1 << (vector & 31);',
        replace: 'replacement[7 - (vector >>> 5)]! |= 1 << (31 - (vector & 31));',
      },
    ],
    vectors: 'interrupt-remapping/posted-descriptor',
  },
  {
    name: 'pir-words-reversed',
    says: 'Vector 0 is in the highest word of PIR.',
    section: '§9.11',
    file: POSTING,
    changes: [{ find: 'replacement[vector >>> 5]! |=', replace: 'replacement[7 - (vector >>> 5)]! |=' }],
    vectors: 'interrupt-remapping/posted-descriptor',
  },
  {
    name: 'descriptor-written-in-part',
    says: 'Only the part of a posted interrupt descriptor that may change is written.',
    section: '§9',
    file: POSTING,
    changes: [
      {
        find: 'compareAndSwap(page, offset, found, replacement);',
        replace: 'compareAndSwap(page, offset, found.subarray(0, 10), replacement.subarray(0, 10));',
      },
    ],
    vectors: 'interrupt-remapping/posted-descriptor',
  },
  {
    name: 'on-with-every-post',
    says: 'Every post sets ON.',
    section: '§5.2.3',
    file: POSTING,
    changes: [{ find: 'if (notifies) PostedInterruptDescriptor.ON', replace: 'PostedInterruptDescriptor.ON' }],
    vectors: 'interrupt-remapping/posted-descriptor',
  },
  {
    name: 'urgent-leaves-on',
    says: 'A post that notifies because it is urgent leaves ON.',
    section: '§5.2.3',
    file: POSTING,
    changes: [
      {
        find: 'if (notifies) PostedInterruptDescriptor.ON',
        replace: 'if (notifies && PostedInterruptDescriptor.SN(found) === 0) PostedInterruptDescriptor.ON',
      },
    ],
    vectors: 'interrupt-remapping/posted-descriptor',
  },
  {
    name: 'sn-stops-the-urgent',
    says: 'SN suppresses the notification of urgent posts too.',
    section: '§5.2.3',
    file: POSTING,
    changes: [{ find: ' === 1 && !urgent;', replace: ' === 1;' }],
    vectors: 'interrupt-remapping/posted-descriptor',
  },
  {
    name: 'urgent-despite-on',
    says: 'An urgent post notifies while another notification is outstanding.',
    section: '§5.2.3',
    file: POSTING,
    changes: [
      {
        find: 'PostedInterruptDescriptor.ON(found) === 0 && !suppressed',
        replace: '(PostedInterruptDescriptor.ON(found) === 0 || urgent) && !suppressed',
      },
    ],
    vectors: 'interrupt-remapping/posted-descriptor',
  },
  {
    name: 'notified-while-outstanding',
    says: 'Each post notifies, ON or not.',
    section: '§5.2.3',
    file: POSTING,
    changes: [{ find: 'PostedInterruptDescriptor.ON(found) === 0 && !suppressed', replace: '!suppressed' }],
    vectors: 'interrupt-remapping/posted-descriptor',
  },
  {
    name: 'known-vector-not-notified',
    says: 'A vector whose bit is set already is not notified.',
    section: '§5.2.3',
    file: POSTING,
    changes: [
      {
        find: 'PostedInterruptDescriptor.ON(found) === 0 && !suppressed;',
        replace:
          'PostedInterruptDescriptor.ON(found) === 0 && !suppressed && (found[vector >>> 5]! & (1 << (vector & 31))) === 0;',
      },
    ],
    vectors: 'interrupt-remapping/posted-descriptor',
  },
  {
    name: 'posted-and-then-checked',
    says: 'Reserved bits of a descriptor are found after the bit is set.',
    section: '§5.2.3',
    file: POSTING,
    changes: [
      {
        find: '    if (setsReservedBits(found, reservedIn(unit, notifies))) return InterruptFault.RESERVED_IN_DESCRIPTOR;\n',
        replace: '',
      },
      {
        find: '    const destination = PostedInterruptDescriptor.NDST(found);',
        replace:
          '    if (setsReservedBits(found, reservedIn(unit, notifies))) return InterruptFault.RESERVED_IN_DESCRIPTOR;\n    const destination = PostedInterruptDescriptor.NDST(found);',
      },
    ],
    vectors: 'interrupt-remapping/posted-descriptor',
  },
  {
    name: 'ndst-in-the-lowest-byte',
    says: 'In xAPIC mode the destination of a notification is the lowest byte of NDST.',
    section: '§9.11',
    file: POSTING,
    changes: [{ find: '(destination >>> 8) & 0xff', replace: 'destination & 0xff' }],
    vectors: 'interrupt-remapping/posted-descriptor',
  },
  {
    name: 'ndst-of-8-bits',
    says: 'In x2APIC mode the destination of a notification is where xAPIC mode has it.',
    section: '§9.11',
    file: POSTING,
    changes: [
      {
        find: 'unit.interruptTable.extended ? destination : (destination >>> 8) & 0xff',
        replace: '(destination >>> 8) & 0xff',
      },
    ],
    vectors: 'interrupt-remapping/posted-descriptor',
  },
  {
    name: 'notification-with-the-virtual-vector',
    says: 'The notification has the vector that was posted.',
    section: '§5.2.3',
    file: POSTING,
    changes: [
      {
        find: 'result.notificationVector = PostedInterruptDescriptor.NV(found);',
        replace: 'result.notificationVector = vector;',
      },
    ],
    vectors: 'interrupt-remapping/posted-descriptor',
  },
  {
    name: 'write-error-is-no-error',
    says: 'A descriptor that cannot be written counts as posted.',
    section: '§5.2.3',
    file: POSTING,
    changes: [{ find: "    if (swap === 'refused') return InterruptFault.DESCRIPTOR_UNREADABLE;\n", replace: '' }],
    vectors: 'interrupt-remapping/posted-descriptor',
  },
  {
    name: 'table-of-2-to-the-s',
    says: 'The table has 2^S entries.',
    section: '§11.4.10',
    file: COMMANDS,
    changes: [{ find: '2 ** (IRTA_REG.S(address) + 1)', replace: '2 ** IRTA_REG.S(address)' }],
    vectors: 'interrupt-remapping/table',
  },
  {
    name: 'sirtp-keeps-entries',
    says: 'SIRTP leaves the interrupt entry cache alone, ESIRTPS or not.',
    section: '§6.7',
    file: COMMANDS,
    changes: [
      {
        find: '  if (unit.configuration.CAP.ESIRTPS === 1) unit.invalidations.invalidateAllInterrupts();\n  GSTS_REG.IRTPS',
        replace: '  GSTS_REG.IRTPS',
      },
    ],
    vectors: 'invalidation/interrupt-entries',
    caches: 'full',
  },
  {
    name: 'ire-keeps-entries',
    says: 'Turning interrupt remapping off leaves the interrupt entry cache alone.',
    section: '§11.4.4.1',
    file: COMMANDS,
    changes: [
      {
        find: '  if (turnsOff && unit.configuration.CAP.ESIRTPS === 1) unit.invalidations.invalidateAllInterrupts();\n',
        replace: '',
      },
    ],
    vectors: 'invalidation/interrupt-entries',
    caches: 'full',
  },
  {
    name: 'index-mask-as-it-stands',
    says: 'IM of an interrupt entry cache invalidation is the mask itself.',
    section: '§6.5.2.8',
    file: SCOPES,
    changes: [
      {
        find: '(index ^ scope.index) >>> scope.indexMask === 0',
        replace: '((index ^ scope.index) & ~scope.indexMask) === 0',
      },
    ],
    vectors: 'invalidation/interrupt-entries',
    caches: 'full',
  },
  {
    name: 'index-mask-on-one-side',
    says: 'IIDX is compared whole with the masked index of an entry.',
    section: '§6.5.2.8',
    file: SCOPES,
    changes: [
      {
        find: '(index ^ scope.index) >>> scope.indexMask === 0',
        replace: '((index >>> scope.indexMask) << scope.indexMask) === scope.index',
      },
    ],
    vectors: 'invalidation/interrupt-entries',
    caches: 'full',
  },
  {
    name: 'index-mask-ignored',
    says: 'An interrupt entry cache invalidation reaches one index.',
    section: '§6.5.2.8',
    file: SCOPES,
    changes: [{ find: '(index ^ scope.index) >>> scope.indexMask === 0', replace: 'index === scope.index' }],
    vectors: 'invalidation/interrupt-entries',
    caches: 'full',
  },
  {
    name: 'global-by-index',
    says: 'A global invalidation of the interrupt entry cache looks at IIDX.',
    section: '§6.5.2.8',
    file: PERFORM,
    changes: [
      { find: 'invalidateInterrupts({ global: G(words) === 0,', replace: 'invalidateInterrupts({ global: false,' },
    ],
    vectors: 'invalidation/interrupt-entries',
    caches: 'full',
  },
  {
    name: 'entries-at-fault-kept',
    says: 'Entries at fault are kept also with CM=0.',
    section: '§6.4',
    file: REMAP,
    changes: [
      {
        find: '(fault === undefined || configuration.CAP.CM === 1)',
        replace: '(fault === undefined || configuration.CAP.CM <= 1)',
      },
    ],
    vectors: 'invalidation/interrupt-entries',
    caches: 'full',
  },
  {
    name: 'source-checked-once',
    says: 'The source is checked when an entry is fetched.',
    section: '§6.4',
    file: REMAP,
    changes: [
      {
        find: 'if (found === true) return judgeEntry(unit, sourceId, result) ?? perform(unit, result);',
        replace: 'if (found === true) return perform(unit, result);',
      },
    ],
    vectors: 'invalidation/interrupt-entries',
    caches: 'full',
  },
  {
    name: 'cached-beyond-the-table',
    says: 'The index is held against the table when an entry is fetched.',
    section: '§5.1.3',
    file: REMAP,
    changes: [
      {
        find: 'if (index >= table.entries || page',
        replace: 'if ((index >= table.entries && caches?.findInterrupt(index, entry) !== true) || page',
      },
    ],
    vectors: 'invalidation/interrupt-entries',
    caches: 'full',
  },
  {
    name: 'interrupt-record-without-index',
    says: 'FI of an interrupt fault is 0.',
    section: '§11.4.7.6',
    file: RECORDING,
    changes: [{ find: '? index * 2 ** 36 : 0', replace: '? 0 : 0' }],
    vectors: 'interrupt-remapping/fault-records',
  },
  {
    name: 'interrupt-index-from-bit-12',
    says: 'FI has the index where it has the page of other faults.',
    section: '§11.4.7.6',
    file: RECORDING,
    changes: [{ find: '? index * 2 ** 36 : 0', replace: '? index : 0' }],
    vectors: 'interrupt-remapping/fault-records',
  },
  {
    name: 'source-failure-always-recorded',
    says: 'FPD does not suppress 26h.',
    section: '§5.1.4.1',
    file: CONDITIONS,
    changes: [{ find: `interruptRow(0x26, 'Q'`, replace: `interruptRow(0x26, '-'` }],
    vectors: 'interrupt-remapping/source-validation',
  },
  {
    name: 'descriptor-faults-always-recorded',
    says: 'FPD does not suppress 28h.',
    section: '§5.1.4.1',
    file: CONDITIONS,
    changes: [{ find: `interruptRow(0x28, 'Q'`, replace: `interruptRow(0x28, '-'` }],
    vectors: 'interrupt-remapping/posted-descriptor',
  },
];
