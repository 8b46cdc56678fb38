/** `error`: the document forbids it, or systems refuse the table. `warning`: it is odd, or no system minds. `note`: to know. */
export type Severity = 'error' | 'warning' | 'note';

/** What a table, or a table and its platform, must keep to. */
export interface Rule {
  readonly severity: Severity;
  /** Where it is said, or what it is about. */
  readonly section: string;
  /** What has to be. */
  readonly requires: string;
  /** What to do if it is not. */
  readonly mend: string;
}

const error = (section: string, requires: string, mend: string): Rule => ({
  severity: 'error',
  section,
  requires,
  mend,
});
const warning = (section: string, requires: string, mend: string): Rule => ({
  severity: 'warning',
  section,
  requires,
  mend,
});
const note = (section: string, requires: string, mend: string): Rule => ({ severity: 'note', section, requires, mend });

/** Rules that the bytes of a table break or keep, §8.1 to §8.9. */
const OF_THE_TABLE = {
  signature: error('§8.1', 'the table begins with "DMAR"', 'take the table with this signature'),
  'table-length': error(
    '§8.1',
    'Length is 48 or more, and as many bytes are there',
    'set Length to 48 plus the lengths of all structures, then the checksum',
  ),
  'trailing-bytes': warning('§8.1', 'nothing follows the table', 'cut what is after it, or set Length to hold it'),
  revision: error('§8.1', 'Revision is 1', 'set it to 1, then the checksum'),
  checksum: error('§8.1', 'all bytes sum up to 0 modulo 256', 'change Checksum so that they do'),
  'host-address-width': error(
    '§8.1',
    'the width is more than that of a page, and that of the processors or more',
    'set it to the physical address width of the platform, less 1',
  ),
  'opt-out-without-remapping': warning(
    '§8.1',
    'X2APIC_OPT_OUT is 0 where INTR_REMAP is 0: it has no meaning then',
    'clear X2APIC_OPT_OUT, or set INTR_REMAP',
  ),
  reserved: warning('§8', 'reserved bits and bytes are 0', 'write them as 0'),
  'no-unit': error('§8.1', 'there is a DRHD', 'add one for each remapping unit, or leave out the table'),

  'structure-length': error(
    '§8.2',
    'Length holds what the type needs, and ends within the table',
    'set it to the bytes of the structure with all that is in it',
  ),
  'structure-order': error('§8.2', 'structures come in ascending order of their types', 'move it up'),
  'structure-type': note('§8.2', 'types above 6 are skipped by their Length', 'nothing, if software knows the type'),

  'scope-length': error(
    '§8.3.1',
    'Length is 6 and 2 for each pair of the path, of which there is one or more, and ends within the structure',
    'count the pairs, and the entries of the structure',
  ),
  'scope-type': warning('§8.3.1', 'Type is 1 to 5', 'leave out what no software knows'),
  'scope-type-here': error(
    '§8.3.1',
    'ATSR has entries of type 02h alone, SATC of 01h, SIDP of 01h and 05h',
    'leave the entry out, or give it the type of what it names',
  ),
  'scope-path-length': error(
    '§8.3.1',
    'types 04h and 05h, and all of SATC and SIDP, have a path of one pair',
    'name the device by its own bus, device and function',
  ),
  'scope-path': error(
    '§8.3.1',
    'a device is 0 to 31, a function 0 to 7',
    'write the device at the even offset and the function behind it, 8 bits each',
  ),
  'scope-enumeration-id': warning('§8.3.1', 'Enumeration ID is 0 with types 01h and 02h', 'write it as 0'),
  'scope-twice': error('§8.3', 'a device is listed by one unit', 'leave it to the unit that it belongs to'),
  'source-id-shared': warning(
    '§8.3.1',
    'I/O APICs and HPETs have source-ids of their own',
    'write the source-id that the requests of each carry',
  ),

  'register-base': error(
    '§8.3',
    'Register Base Address is where the registers of a unit are',
    'write the address, or leave out a unit that is turned off',
  ),
  'register-alignment': error(
    '§8.3',
    'Register Base Address is a multiple of the size of the register set, 2^Size pages of 4 KiB',
    'place the registers at such an address',
  ),
  'register-overlap': error(
    '§8.3',
    'no two units have registers in common',
    'give each its own address, and Size its own number of pages',
  ),
  'include-all-twice': error('§8.3', 'one unit of a segment has INCLUDE_PCI_ALL', 'clear it in all but the last'),
  'include-all-last': error('§8.3', 'a unit with INCLUDE_PCI_ALL is the last of its segment', 'move it behind them'),
  'include-all-scope': error(
    '§8.3',
    'a unit with INCLUDE_PCI_ALL lists no PCI devices',
    'leave out the entries of types 01h and 02h: the flag covers them',
  ),
  'empty-unit': warning(
    '§8.3',
    'a unit without INCLUDE_PCI_ALL lists something',
    'list its devices, or set INCLUDE_PCI_ALL',
  ),
  'segment-without-unit': error('§8.3', 'each segment with devices has a unit', 'add a DRHD, or mend the number'),

  'region-order': error('§8.4', 'the limit is above the base', 'write the address of the last byte as the limit'),
  'region-alignment': error(
    '§8.4',
    'the base is a multiple of 4 KiB, and so is the limit plus 1',
    'widen the region to whole pages',
  ),
  'region-beyond-width': warning('§8.4', 'the region is below 2^HAW', 'mend the addresses, or Host Address Width'),
  'region-overlap': warning(
    '§8.4',
    'regions do not overlap',
    'make one region for all the devices, or separate the two',
  ),
  'region-without-device': error('§8.4', 'a region lists a device or more', 'list who uses it, or leave it out'),
  'region-scope-type': warning(
    '§8.4',
    'regions are for devices that access memory, which I/O APICs and HPETs do not',
    'leave the entry out',
  ),
  'region-device-without-unit': error(
    '§8.4',
    'a device with a region is covered by a unit',
    'list the device in the unit that it belongs to, or leave out the region',
  ),

  'all-ports-scope': error('§8.5', 'with ALL_PORTS there is no scope', 'clear ALL_PORTS, or leave out the entries'),
  'ports-empty': warning('§8.5', 'without ALL_PORTS a root port is listed', 'list one, or leave out the ATSR'),
  'ports-twice': warning('§8.5', 'a segment has one ATSR', 'join them'),

  'affinity-length': error('§8.6', 'the Length of an RHSA is 20', 'set it to 20'),
  'affinity-base': error('§8.6', 'Register Base Address is that of a DRHD', 'copy it from the DRHD'),
  'affinity-missing': error('§8.6', 'if a unit has an RHSA, each has', 'add one for the unit'),
  'affinity-twice': error('§8.6', 'a unit has one RHSA', 'keep the one with the right domain'),

  'name-end': error('§8.7', 'ACPI Object Name ends with a zero byte, its only one', 'add it, and count it in Length'),
  'name-path': error(
    '§8.7',
    'ACPI Object Name is a path in ASCII from the root',
    'begin it with a backslash, as in \\_SB.PCI0.UA00',
  ),
  'device-number-twice': error('§8.7', 'ACPI Device Numbers differ', 'number the devices anew, scopes too'),
  'name-without-scope': error(
    '§8.7',
    'an ANDD is referred to by the scope of a unit',
    'add an entry of type 05h with its number',
  ),
  'scope-without-name': error(
    '§8.7',
    'an entry of type 05h has the number of an ANDD',
    'add the ANDD, or mend Enumeration ID',
  ),

  'cache-flags-twice': error(
    '§8.8',
    'the devices of a segment with the same flags are in one SATC',
    'join the two structures',
  ),
  'properties-differ': warning(
    '§8.9',
    'SIDP and SATC say the same of a device',
    'set ATC_REQUIRED in both or in neither: software that knows SIDP ignores SATC',
  ),
} as const satisfies Readonly<Record<string, Rule>>;

/** Rules that need facts of the platform beside the table: registers, other tables, PCI functions, memory. */
const OF_THE_PLATFORM = {
  'remapping-required': error('§8.1', 'INTR_REMAP is 1 if a unit has ECAP_REG.IRREQ', 'set INTR_REMAP'),
  'extended-mode-required': error('§8.1', 'X2APIC_OPT_OUT is 0 if a unit has ECAP_REG.EIMER', 'clear X2APIC_OPT_OUT'),
  'remapping-missing': warning('§8.1', 'with INTR_REMAP each unit has ECAP_REG.IR', 'clear INTR_REMAP'),
  'guest-address-width': error(
    '§11.4.2',
    'CAP_REG.MGAW of each unit is as wide as HAW',
    'lower Host Address Width, if that is what is wrong',
  ),
  'unit-unreadable': error(
    '§8.3',
    'the capability registers do not read as all ones or zero',
    'turn the unit on and decode its address, or leave out the DRHD',
  ),
  'register-set-size': warning(
    '§8.3',
    'Size has room for the registers that FRO, NFR and IRO announce',
    'raise Size, and the alignment with it',
  ),
  'ports-missing': warning(
    '§8.5',
    'a segment of a unit with ECAP_REG.DT has an ATSR: without it no device below a root port may use ATS',
    'add an ATSR for the segment',
  ),
  'ports-without-device-tlb': warning(
    '§8.5',
    'an ATSR is for a segment of which a unit has ECAP_REG.DT',
    'leave out the ATSR',
  ),
  'io-apic-unlisted': error(
    '§8.3.1.1',
    'with INTR_REMAP each I/O APIC of the MADT is in the scope of a unit',
    'add an entry of type 03h with its id to the unit that it belongs to',
  ),
  'io-apic-unknown': error(
    '§8.3.1',
    'Enumeration ID of type 03h is the id of an I/O APIC in the MADT',
    'copy the id from the MADT',
  ),
  'hpet-unlisted': error(
    '§8.3.1.2',
    'with INTR_REMAP each HPET that sends messages is in the scope of a unit',
    'add an entry of type 04h with its number',
  ),
  'hpet-unknown': error(
    '§8.3.1',
    'Enumeration ID of type 04h is the number of an HPET that sends messages',
    'copy the number from the HPET table, or leave the entry out',
  ),
  'source-id': warning(
    '§8.3.1',
    'an entry for an I/O APIC or HPET comes to the source-id of its requests',
    'write bus, device and function of the source-id',
  ),
  'scope-absent': warning('§8.3.1', 'an entry names a device that is there', 'leave out the entry'),
  'scope-kind': warning(
    '§8.3.1',
    'type 01h names an endpoint and 02h a bridge',
    'give the entry the type of what it names',
  ),
  'scope-swapped': error(
    '§8.3.1',
    'a path has the device first, then the function, 8 bits each',
    'exchange the two bytes',
  ),
  'scope-bus': error(
    '§8.3.1',
    'a path to a device behind a bridge goes through the bridge: its bus number may change',
    'start at the root bus, with a pair for each bridge on the way',
  ),
  'virtual-function': error(
    '§8.3.3',
    'a physical function is listed and not its virtual functions',
    'name the physical function',
  ),
  'region-memory': warning(
    '§8.4',
    'the memory map reports a region as reserved',
    'reserve it in the map, or else it is handed out as RAM',
  ),
  'region-missing': warning(
    '§8.4',
    'a device that firmware leaves with DMA going on has a region',
    'add an RMRR, or stop the device before the system starts',
  ),
  'region-large': note(
    '§8.4',
    'a region of more than 16 MiB is for a display',
    'report what the device needs, and no more',
  ),
  'open-bus-master': note(
    '§8.1',
    'with DMA_CTRL_PLATFORM_OPT_IN_FLAG no device can access memory at hand-over but in regions',
    'clear Bus Master Enable before hand-over, or clear the flag',
  ),
} as const satisfies Readonly<Record<string, Rule>>;

/** Every rule of a DMAR table by its id. */
export const DMAR_RULES = Object.freeze({ ...OF_THE_TABLE, ...OF_THE_PLATFORM });

export type RuleId = keyof typeof DMAR_RULES;
