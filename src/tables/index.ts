export type { Allocator } from '../builder/allocator.ts';
export { type BuildOptions, type BuiltTables, buildTables, turnOn } from '../builder/build.ts';
export type {
  DeviceDescription,
  DomainDescription,
  InterruptDescription,
  MappingDescription,
  TablesDescription,
} from '../builder/description.ts';
export { changeText, diffTables, type TablesChange, type Target } from './diff.ts';
export {
  type InterruptEntry,
  type InterruptListing,
  type InterruptUnit,
  listInterrupts,
} from './interrupts.ts';
export type * from './items.ts';
export { type Listing, type ListOptions, listTables, walkTables, whyNotListed } from './list.ts';
