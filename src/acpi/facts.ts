/**
 * What is known of a platform beside its DMAR table. A check that needs what is left out is not made.
 */
export interface PlatformFacts {
  /** MAXPHYADDR of the processors, in bits. */
  readonly physicalAddressWidth?: number;
  /** What the registers of units read. */
  readonly units?: readonly UnitFacts[];
  /** Every I/O APIC of the MADT. */
  readonly ioApics?: readonly IoApicFacts[];
  /** Every HPET that can send messages. */
  readonly hpets?: readonly HpetFacts[];
  /** Every PCI function, bridges too. */
  readonly functions?: readonly FunctionFacts[];
  /** What the memory map reserves: addresses of the first and the last byte. */
  readonly reservedMemory?: readonly { readonly base: bigint; readonly limit: bigint }[];
}

export interface UnitFacts {
  readonly registerBaseAddress: bigint;
  /** CAP_REG. */
  readonly capabilities: bigint;
  /** ECAP_REG. */
  readonly extendedCapabilities: bigint;
}

export interface IoApicFacts {
  /** The I/O APIC id of the MADT. */
  readonly id: number;
  /** 16 bits: what its requests carry. */
  readonly sourceId?: number;
}

export interface HpetFacts {
  /** The HPET number of the HPET table. */
  readonly number: number;
  /** 16 bits: what its requests carry. */
  readonly sourceId?: number;
}

/** A PCI function as firmware has numbered it. */
export interface FunctionFacts {
  /** Default 0. */
  readonly segment?: number;
  /** 16 bits: bus 15:8, device 7:3, function 2:0; with `ari` bus 15:8, function 7:0. */
  readonly sourceId: number;
  /** What it has behind it, if it is a bridge. */
  readonly bridge?: BridgeFacts;
  /** It is a function of an ARI device: below its port there is device 0 alone, with functions 0 to 255. */
  readonly ari?: boolean;
  /** It is a virtual function: the source-id of its physical function. */
  readonly physicalFunction?: number;
  /** Phantom Functions Supported, 0 to 3, where they are enabled: how many upper bits of the function number it varies. */
  readonly phantomBits?: number;
  /** Base Class, 8 bits. */
  readonly baseClass?: number;
  /** Firmware has it access memory when the system takes over: a display, a USB keyboard, a management controller. */
  readonly firmwareDma?: boolean;
  /** Bus Master Enable when the system takes over. */
  readonly busMaster?: boolean;
}

export interface BridgeFacts {
  /**
   * `pcie`: a root port, or a port of a switch, which passes requests as they are; `pcie-to-pci`: from PCI Express to PCI
   * or PCI-X; `pci`: between conventional PCI buses.
   */
  readonly kind: 'pcie' | 'pcie-to-pci' | 'pci';
  /** 8 bits. The primary bus is that of its source-id. */
  readonly secondaryBus: number;
  /** 8 bits: the last bus behind it. */
  readonly subordinateBus: number;
}
