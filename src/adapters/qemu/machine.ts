import { optionsText, type UnitOptions } from './machine-options.ts';

/** What a machine is built of. It does not change while the machine runs. */
export interface MachineShape {
  readonly options: UnitOptions;
  /** The source-ids at which there is an edu device, rising. */
  readonly sources: readonly number[];
  /** How many windows of memory can be opened. */
  readonly windows: number;
}

/** A machine cannot do what is asked, one with more of these could. */
export class NeedsMachine extends Error {
  readonly more: { readonly source: number } | { readonly windows: number };

  constructor(more: NeedsMachine['more']) {
    super('another machine is needed');
    this.more = more;
  }
}

/** Bytes of ordinary memory, from address 0. */
export const RAM_BYTES = 0x400_0000n;
/** Bytes of a window, and its alignment. */
export const WINDOW_BYTES = 0x20_0000n;

/** The bus of the host bridge, and the two that lead to the windows: no request can come from the latter. */
export const HOST_BUS = 0x00;
export const EXPANDER_BUS = 0xe4;
export const WINDOW_BUS = 0xe5;

/** Where on the host bus the ports for other buses are, a function each, and how many. */
const PORT_DEVICE = 0x1c;
export const PORTS = 16;
const EXPANDER_DEVICE = 0x1e;
/** From this device on the host bus is taken. */
const TAKEN_FROM = PORT_DEVICE;

/** Device and function of a port on the host bus. */
export const portFunction = (port: number): number => (PORT_DEVICE << 3) + port;

/** The buses beyond the host's that have devices, in the order of their ports. */
export const busesOf = ({ sources }: MachineShape): readonly number[] => [
  ...new Set(sources.map((source) => source >>> 8).filter((bus) => bus !== HOST_BUS)),
];

/** Whether there can be a device of this source-id at all. */
export function canBeSource(source: number): boolean {
  const bus = source >>> 8;
  if (bus === HOST_BUS) return source >>> 3 !== 0 && source >>> 3 < TAKEN_FROM;
  return bus !== EXPANDER_BUS && bus !== WINDOW_BUS;
}

/** What QEMU traces: what the unit did, but for each access to its registers. */
const TRACE = ['vtd_*', '-vtd_reg_read', '-vtd_reg_write', '-vtd_reg_write_gcmd'];

/** The arguments of QEMU for a machine whose files are in `folder`. */
export function argumentsOf(shape: MachineShape, folder: string): readonly string[] {
  const machine = 'q35,accel=tcg,memory-backend=ram,hpet=off,pit=off,smm=off,vmport=off';
  return [
    ...['-machine', machine, '-m', `${RAM_BYTES >> 20n}M`, '-object', memory('ram', RAM_BYTES, folder)],
    // The processor is idle for good, so that the time of the devices goes from timer to timer without waiting.
    ...['-icount', 'shift=10,align=off,sleep=off'],
    ...['-display', 'none', '-nodefaults', '-no-user-config'],
    ...device('intel-iommu', optionsText(shape.options)),
    ...windowArguments(shape.windows, folder),
    ...sourceArguments(shape),
    ...TRACE.flatMap((event) => ['-trace', event]),
  ];
}

const device = (...parts: readonly string[]): readonly string[] => ['-device', parts.join(',')];

const memory = (id: string, bytes: bigint, folder: string): string =>
  `memory-backend-file,id=${id},mem-path=${folder}/${id},size=${bytes},share=on`;

/** Memory that can be moved: BARs of devices that do nothing else. Their DMA would pass the remapping unit by. */
function windowArguments(count: number, folder: string): readonly string[] {
  const expander = `addr=${EXPANDER_DEVICE.toString(16)}.0,bus_nr=${EXPANDER_BUS},bypass_iommu=on`;
  return [
    ...device('pxb-pcie', 'id=expander,bus=pcie.0', expander),
    ...device('pcie-root-port', 'id=windows,bus=expander,addr=0.0,chassis=100,slot=100'),
    ...Array.from({ length: count }, (_, i) => [
      ...['-object', memory(windowFile(i), WINDOW_BYTES, folder)],
      ...device('ivshmem-plain', `memdev=${windowFile(i)},bus=windows,addr=${place(i)},multifunction=on`),
    ]).flat(),
  ];
}

/** The file of the memory of a window. */
export const windowFile = (i: number): string => `window${i}`;

function sourceArguments(shape: MachineShape): readonly string[] {
  const buses = busesOf(shape);
  const ports = buses.map((_, port) => {
    const where = `addr=${place(portFunction(port))},chassis=${port + 1},slot=${port + 1}`;
    return device('pcie-root-port', `id=port${port},bus=pcie.0,multifunction=on,power_controller_present=off`, where);
  });
  const devices = shape.sources.map((source) => {
    const bus = source >>> 8 === HOST_BUS ? 'pcie.0' : `port${buses.indexOf(source >>> 8)}`;
    const mask = 'multifunction=on,dma_mask=0xffffffffffffffff';
    return device('edu', `bus=${bus},addr=${place(source & 0xff)}`, mask);
  });
  return [...ports, ...devices].flat();
}

const place = (deviceAndFunction: number): string =>
  `${(deviceAndFunction >>> 3).toString(16)}.${deviceAndFunction & 7}`;
