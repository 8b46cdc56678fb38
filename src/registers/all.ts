import * as capability from './capability.ts';
import * as enhancedCommand from './enhanced-command.ts';
import * as fault from './fault.ts';
import * as global from './global.ts';
import * as interruptRemapping from './interrupt-remapping.ts';
import * as invalidation from './invalidation.ts';
import * as memoryTypeRange from './memory-type-range.ts';
import * as pageRequest from './page-request.ts';
import * as performance from './performance.ts';
import * as protectedMemory from './protected-memory.ts';
import * as resourceDirector from './resource-director.ts';
import * as virtualCommand from './virtual-command.ts';

/** Every register of chapter 11 by name. Those that a unit has several of are here once. */
export const REGISTERS = Object.freeze({
  ...capability,
  ...global,
  ...invalidation,
  ...fault,
  ...protectedMemory,
  ...interruptRemapping,
  ...pageRequest,
  ...memoryTypeRange,
  ...performance,
  ...enhancedCommand,
  ...resourceDirector,
  ...virtualCommand,
});
