import type { Choices } from './choices.ts';
import type { UnitParameters } from './unit-parameters.ts';

/** A unit that exists. */
export interface Preset {
  /** What it is, and who saw these values where. */
  readonly title: string;
  readonly unit: UnitParameters;
  /** Freedoms that this unit is known to take otherwise than by default. */
  readonly choices?: Partial<Choices>;
}

/** What every QEMU does: it follows a revision before 4.1 in this, and Linux sets AW whatever the unit has. */
export const QEMU_CHOICES: Partial<Choices> = Object.freeze({ addressWidthWithoutSecondStage: 'ignored' });

/** The freedoms that QEMU takes beyond its tables. Versions 7.2 and 11 were asked: docs/findings.md. */
export const QEMU_UNIT_CHOICES: Partial<Choices> = Object.freeze({
  ...QEMU_CHOICES,
  addressTopBits: 'keep',
  // It has one record.
  compressFaults: true,
  faultAddressWidth: 'untruncated',
  passThroughPointer: 'reserved',
  reservedSourceValidation: '26h',
  reservedDeliveryMode: 'delivered',
});

const unit = (version: number, hostAddressWidth: number, capabilities: bigint, extendedCapabilities: bigint) =>
  Object.freeze({ version, hostAddressWidth, capabilities, extendedCapabilities });

/** Units of real hardware and of emulators, with VER_REG, CAP_REG and ECAP_REG as software reads them there. */
export const PRESETS = Object.freeze({
  'qemu-7.2': {
    title: 'QEMU 7.2 intel-iommu, intremap=on, aw-bits=48; Linux 6.1 boot',
    unit: unit(0x10, 48, 0xd2008c222f0606n, 0xf00f4an),
    choices: QEMU_UNIT_CHOICES,
  },
  'qemu-10-first-stage': {
    title: 'QEMU 10 intel-iommu, scalable mode with first-stage translation; Linux boot',
    unit: unit(0x10, 48, 0x1d2008c222f0606n, 0x880000f00f5an),
    choices: QEMU_UNIT_CHOICES,
  },
  'qemu-11-second-stage': {
    title: 'QEMU 11 intel-iommu, scalable mode with second-stage translation; Linux boot',
    unit: unit(0x10, 48, 0x80d2008c222f0606n, 0x480080f00f4an),
    choices: QEMU_UNIT_CHOICES,
  },
  'client-2015': {
    title: 'Client processors from 2015 on, the unit of all devices but graphics; boot logs',
    unit: unit(0x10, 39, 0xd2008c40660462n, 0xf050dan),
  },
  'xeon-2017': {
    title: 'Xeon Scalable of 2017 to 2019; boot logs',
    unit: unit(0x10, 46, 0x8d2078c106f0466n, 0xf020dfn),
  },
  'xeon-2023': {
    title: 'Xeon Scalable of 2023, scalable mode with nested translation; boot logs',
    unit: unit(0x60, 52, 0x19ed008c40780c66n, 0x3ee9e86f050dfn),
  },
} satisfies Record<string, Preset>);
