import type { Mutant } from './mutant.ts';

const LEGACY = 'src/dma-remapping/legacy-mode.ts';
const SCALABLE = 'src/dma-remapping/scalable-mode.ts';
const STAGES = 'src/dma-remapping/stages.ts';
const WALK = 'src/dma-remapping/second-stage.ts';
const FIRST = 'src/dma-remapping/first-stage.ts';
const PASID_ENTRY = 'src/dma-remapping/pasid-entry.ts';
const CACHED_CONTEXT = 'src/dma-remapping/cached-context.ts';
const WALKED = 'src/dma-remapping/walked-tables.ts';
const HOST = 'src/dma-remapping/host-permission.ts';
const USED = 'src/dma-remapping/used-entries.ts';

/** Misreadings of chapter 6 that show only where something is cached: what may be kept, and what an entry may answer. */
export const CACHE_FILLING_MUTANTS: readonly Mutant[] = [
  {
    name: 'absent-context-entry-kept',
    says: 'A context entry at fault is kept although CM is 0.',
    section: '§6.2.2',
    file: CACHED_CONTEXT,
    changes: [{ find: '(fault === undefined || unit.configuration.CAP.CM === 1)', replace: 'true' }],
    vectors: 'invalidation/effects-legacy-context',
    caches: 'full',
  },
  {
    name: 'absent-scalable-context-entry-kept',
    says: 'A scalable-mode context entry at fault is kept although CM is 0.',
    section: '§6.2.2',
    file: CACHED_CONTEXT,
    changes: [{ find: '(fault === undefined || unit.configuration.CAP.CM === 1)', replace: 'true' }],
    vectors: 'invalidation/effects-scalable-context',
    caches: 'full',
  },
  {
    name: 'absent-pasid-entry-kept',
    says: 'A PASID-table entry at fault is kept although CM is 0.',
    section: '§6.2.3',
    file: PASID_ENTRY,
    changes: [{ find: '(fault === undefined || unit.configuration.CAP.CM === 1)', replace: 'true' }],
    vectors: 'invalidation/effects-pasid-table',
    caches: 'full',
  },
  {
    name: 'absent-context-entry-in-its-domain',
    says: 'In caching mode a context entry at fault is kept with its own domain-id.',
    section: '§6.2.2',
    file: CACHED_CONTEXT,
    changes: [{ find: 'fault === undefined ? entries.domainId(words) : 0', replace: 'entries.domainId(words)' }],
    vectors: 'invalidation/effects-legacy-units',
    caches: 'full',
  },
  {
    name: 'absent-pasid-entry-in-its-domain',
    says: 'In caching mode a PASID-table entry at fault is kept with its own domain-id.',
    section: '§6.2.3',
    file: PASID_ENTRY,
    changes: [{ find: 'fault === undefined ? into.domainId : 0', replace: 'DID(into.words)' }],
    vectors: 'invalidation/effects-scalable-units',
    caches: 'full',
  },
  {
    name: 'absent-page-kept',
    says: 'The IOTLB keeps an absent page although CM is 0, in legacy mode.',
    section: '§6.2.4.1',
    file: LEGACY,
    changes: [{ find: 'return configuration.CAP.CM === 1;', replace: 'return true;' }],
    vectors: 'invalidation/effects-legacy-leaves',
    caches: 'full',
  },
  {
    name: 'absent-second-stage-page-kept',
    says: 'The IOTLB keeps what the second stage refused although CM is 0.',
    section: '§6.2.4.1',
    file: STAGES,
    changes: [
      { find: 'return configuration.CAP.CM === 1 && SECOND_STAGE', replace: 'return SECOND_STAGE' },
      { find: '{ configuration }: DmaRemapping,\n  entry', replace: '_: DmaRemapping,\n  entry' },
    ],
    vectors: 'invalidation/effects-second-stage',
    caches: 'full',
  },
  {
    name: 'absent-first-stage-page-kept',
    says: 'In caching mode the IOTLB keeps faults of the first stage too.',
    section: '§6.1',
    file: STAGES,
    changes: [
      {
        find: 'return configuration.CAP.CM === 1 && SECOND_STAGE_FAULTS.has(unmapped);',
        replace: 'return configuration.CAP.CM === 1;',
      },
    ],
    vectors: 'invalidation/effects-first-stage-tables',
    caches: 'full',
  },
  {
    name: 'absent-table-kept',
    says: 'Paging-structure caches keep an entry that permits nothing although CM is 0.',
    section: '§6.2.5.5',
    file: WALKED,
    changes: [{ find: 'if (!this.#cachingMode || level === 0) return;', replace: 'if (level === 0) return;' }],
    vectors: 'invalidation/effects-legacy-tables',
    caches: 'full',
  },
  {
    name: 'kept-before-accessed-flags',
    says: 'Paging-structure caches keep entries whose accessed flags a blocked request did not set.',
    section: '§6.2.5',
    file: WALKED,
    changes: [{ find: 'if (!flagsSet && !walked.accessed) continue;', replace: '' }],
    vectors: 'invalidation/effects-flags-and-rights',
    caches: 'full',
  },
  {
    name: 'second-stage-kept-before-accessed-flags',
    says: 'The second-stage caches keep entries whose accessed flags a blocked request did not set.',
    section: '§6.2.5',
    file: WALKED,
    changes: [
      {
        find: 'if (!flagsSet && !walked.accessed) continue;',
        replace: 'if (!flagsSet && !walked.accessed && walked.firstStage) continue;',
      },
    ],
    vectors: 'invalidation/effects-flags-and-rights',
    caches: 'full',
  },
  {
    name: 'nested-table-kept-by-read-permission',
    says: 'A nested table is kept if the second stage lets it be read, though with SSADE=1 that is not enough to use it.',
    section: '§6.2.5',
    file: FIRST,
    changes: [
      {
        find: `const fault = reachFirstStageTable(unit, pasid, table, top, used, walked, place);
        if (fault !== undefined) return fault;`,
        replace: `const fault = reachFirstStageTable(unit, pasid, table, top, used, walked, place);
        if (fault !== undefined) {
          const readable = { ...pasid, secondStageFlags: false };
          if (walked === undefined || top) return fault;
          if (reachFirstStageTable(unit, readable, table, top, used, walked, place) !== undefined) return fault;
          keepPlace(walked, input, level, result, accessed);
          return fault;
        }`,
      },
    ],
    vectors: 'invalidation/effects-nested',
    caches: 'full',
  },
  {
    name: 'leaf-kept-before-accessed-flags',
    says: 'The IOTLB keeps a page whose accessed flags a blocked request did not set.',
    section: '§6.2.4.1',
    file: STAGES,
    changes: [{ find: 'RIGHTS_FAULTS.has(fault) && used.allAccessed(entry);', replace: 'RIGHTS_FAULTS.has(fault);' }],
    vectors: 'invalidation/effects-flags-and-rights',
    caches: 'full',
  },
  {
    name: 'extended-accessed-not-asked',
    says: 'The IOTLB keeps a page of which EA is not set although EAFE is 1.',
    section: '§6.2.4.1',
    file: USED,
    changes: [
      {
        find: '    const firstStage = FIRST_STAGE_A | (rules.extendedAccessed ? FIRST_STAGE_EA : 0);',
        replace: '    const firstStage = FIRST_STAGE_A;',
      },
    ],
    vectors: 'invalidation/effects-flags-and-rights',
    caches: 'full',
  },
  {
    name: 'write-through-a-clean-entry',
    says: 'A write that hits a page which was only read does not set D.',
    section: '§6.2.4.1',
    file: SCALABLE,
    changes: [{ find: 'translation.writeReady || (request', replace: 'true || (request' }],
    vectors: 'invalidation/effects-flags-and-rights',
    caches: 'full',
  },
  {
    name: 'first-stage-leaf-alone-is-dirty',
    says: 'A page is ready for writes when D of the first stage is set.',
    section: '§6.2.4.1',
    file: USED,
    changes: [{ find: '(this.#low[last]! & SECOND_STAGE_D) !== 0', replace: 'true' }],
    vectors: 'invalidation/effects-flags-and-rights',
    caches: 'full',
  },
  {
    name: 'hit-without-rights',
    says: 'What hits the IOTLB is answered without a look at its rights.',
    section: '§6.2.4.1',
    file: SCALABLE,
    changes: [
      {
        find: '    judgeRights(unit, request, isSupervisor(request, translation), translation)\n',
        replace: '    (judgeRights(unit, request, isSupervisor(request, translation), translation), undefined)\n',
      },
    ],
    vectors: 'invalidation/effects-first-stage',
    caches: 'full',
  },
  {
    name: 'hit-without-sre',
    says: 'SRE is not looked at when a supervisor request hits the IOTLB.',
    section: '§6.2.4.1',
    file: SCALABLE,
    changes: [{ find: '    judgePrivilege(unit, request, translation) ??\n', replace: '' }],
    vectors: 'invalidation/effects-flags-and-rights',
    caches: 'full',
  },
  {
    name: 'hit-before-the-device-tlb-check',
    says: 'A translation request that hits the IOTLB is answered without a look at DTE.',
    section: '§6.2.4',
    file: SCALABLE,
    changes: [
      {
        find: 'if (caches !== undefined && request.addressType === ADDRESS_TYPE.untranslated) {',
        replace: 'if (caches !== undefined && request.addressType !== ADDRESS_TYPE.translated) {',
      },
    ],
    vectors: 'invalidation/effects-host-permission',
    caches: 'full',
  },
  {
    name: 'translated-request-hits-the-iotlb',
    says: 'A translated request is served by the IOTLB.',
    section: '§6.2.4',
    file: SCALABLE,
    changes: [
      {
        find: 'if (caches !== undefined && request.addressType === ADDRESS_TYPE.untranslated) {',
        replace: 'if (caches !== undefined && request.addressType !== ADDRESS_TYPE.translation) {',
      },
    ],
    vectors: 'invalidation/effects-host-permission',
    caches: 'full',
  },
  {
    name: 'legacy-hit-before-the-device-tlb-check',
    says: 'A translation request that hits the IOTLB is answered without a look at TT.',
    section: '§6.2.7',
    file: LEGACY,
    changes: [
      {
        find: 'if (caches !== undefined && request.addressType === ADDRESS_TYPE.untranslated) {',
        replace: 'if (caches !== undefined && request.addressType !== ADDRESS_TYPE.translated) {',
      },
    ],
    vectors: 'invalidation/effects-legacy-leaves',
    caches: 'full',
  },
  {
    name: 'legacy-translated-request-hits-the-iotlb',
    says: 'A translated request is served by the IOTLB in legacy mode.',
    section: '§6.2.7',
    file: LEGACY,
    changes: [
      {
        find: 'if (caches !== undefined && request.addressType === ADDRESS_TYPE.untranslated) {',
        replace: 'if (caches !== undefined && request.addressType !== ADDRESS_TYPE.translation) {',
      },
    ],
    vectors: 'invalidation/effects-legacy-leaves',
    caches: 'full',
  },
  {
    name: 'second-stage-entry-with-its-own-rights',
    says: 'A paging-structure entry of the second stage has its own rights, not those of the entries above.',
    section: '§6.2.5',
    file: WALK,
    changes: [
      {
        find: 'walked.addSecondStage(input, level - 1, table, permission, accessed);',
        replace: 'walked.addSecondStage(input, level - 1, table, allowed, accessed);',
      },
    ],
    vectors: 'invalidation/effects-legacy-tables',
    caches: 'full',
  },
  {
    name: 'second-stage-rights-start-anew',
    says: 'A walk that begins at a cached table begins with all rights.',
    section: '§6.2.5',
    file: WALK,
    changes: [{ find: '    permission = start.rights;\n', replace: '' }],
    vectors: 'invalidation/effects-flags-and-rights',
    caches: 'full',
  },
  {
    name: 'first-stage-entry-without-user',
    says: 'A paging-structure entry of the first stage does not hold U/S.',
    section: '§6.2.5',
    file: FIRST,
    changes: [{ find: '(user ? USER : 0);', replace: 'USER;' }],
    vectors: 'invalidation/effects-flags-and-rights',
    caches: 'full',
  },
  {
    name: 'first-stage-entry-without-write',
    says: 'A paging-structure entry of the first stage does not hold R/W.',
    section: '§6.2.5',
    file: FIRST,
    changes: [{ find: 'place.rights = (writable ? WRITE : 0)', replace: 'place.rights = WRITE' }],
    vectors: 'invalidation/effects-flags-and-rights',
    caches: 'full',
  },
  {
    name: 'flag-in-a-table-known-from-the-cache',
    says: 'A flag set in a nested table that the caches know leaves the second-stage entry of its page.',
    section: '§3.8.1',
    file: FIRST,
    changes: [
      {
        find: 'if (known && nested && pasid.secondStageFlags &&',
        replace: 'if (known && nested && pasid.secondStageFlags && level < 0 &&',
      },
    ],
    vectors: 'invalidation/effects-nested',
    caches: 'full',
  },
  {
    name: 'host-permission-in-the-domain',
    says: 'Host permissions are kept with the domain-id of the PASID-table entry.',
    section: '§6.2.1',
    file: HOST,
    changes: [{ find: 'PasidTableEntry.HPTDID(pasidEntry);', replace: 'PasidTableEntry.DID(pasidEntry);' }],
    vectors: 'invalidation/effects-host-permission',
    caches: 'full',
  },
  {
    name: 'empty-host-permission-entry-kept',
    says: 'A host permission entry without any permission is kept.',
    section: '§6.2.6',
    file: HOST,
    changes: [
      {
        find: 'if (permission !== 0 || permitsSomething(permissions))',
        replace: 'if (permission !== 0 || permitsSomething(permissions) || permissions > 0)',
      },
    ],
    vectors: 'invalidation/effects-host-permission',
    caches: 'full',
  },
  {
    name: 'host-permission-with-a-reserved-bit-kept',
    says: 'The permission of a host permission entry is kept although the entry has a reserved bit set.',
    section: '§9.12',
    file: HOST,
    changes: [
      {
        find: 'if (setsReservedBits(entry, unit.reserved.hostPermission[LEVELS.length - level]!)) return Fault.HPT_2;',
        replace: `if (setsReservedBits(entry, unit.reserved.hostPermission[LEVELS.length - level]!)) {
      if (level === 1) caches?.keepHostPermission(request, domainId, 1, permissionAt(page % 32));
      return Fault.HPT_2;
    }`,
      },
    ],
    vectors: 'invalidation/effects-host-permission',
    caches: 'full',
  },
  {
    name: 'known-second-stage-rights-from-r-and-w',
    says: 'The rights that are kept of a second-stage table are those of R and W under SSIRWE too.',
    section: '§6.2.5',
    file: WALK,
    changes: [
      {
        find: 'walked.addSecondStage(input, level - 1, table, permission, accessed);',
        replace: 'walked.addSecondStage(input, level - 1, table, ioPermissions ? low & 3 : permission, accessed);',
      },
    ],
    vectors: 'invalidation/effects-flags-and-rights',
    caches: 'full',
  },
];
