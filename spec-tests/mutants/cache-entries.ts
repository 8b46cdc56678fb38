import type { Mutant } from './mutant.ts';

const CONTEXTS = 'src/caches/context-cache.ts';
const PASIDS = 'src/caches/pasid-cache.ts';
const IOTLB = 'src/caches/iotlb.ts';
const TABLES = 'src/caches/table-cache.ts';
const HPT = 'src/caches/host-permission-cache.ts';
const CACHES = 'src/caches/caches.ts';

/** Misreadings of chapter 6 that show only where something is cached: tags and contents of entries. */
export const CACHE_ENTRY_MUTANTS: readonly Mutant[] = [
  {
    name: 'context-cache-of-a-device',
    says: 'The functions of a device share an entry of the context-cache.',
    section: '§6.2.1',
    file: CONTEXTS,
    changes: [
      { find: 'this.store.find(sourceId, words.length', replace: 'this.store.find(sourceId >>> 3, words.length' },
      { find: 'this.store.insert(sourceId, words.length', replace: 'this.store.insert(sourceId >>> 3, words.length' },
    ],
    vectors: 'invalidation/effects-fault-processing',
    caches: 'full',
  },
  {
    name: 'context-cache-of-a-bus',
    says: 'The context-cache leaves the bus number out of its tags.',
    section: '§6.2.1',
    file: CONTEXTS,
    changes: [
      { find: 'this.store.find(sourceId, words.length', replace: 'this.store.find(sourceId & 0xff, 0' },
      { find: 'this.store.insert(sourceId, words.length', replace: 'this.store.insert(sourceId & 0xff, 0' },
    ],
    vectors: 'invalidation/effects-fault-processing',
    caches: 'full',
  },
  {
    name: 'pasid-cache-without-source-id',
    says: 'All devices share the PASID-cache entries of a PASID.',
    section: '§6.2.1',
    file: PASIDS,
    changes: [
      { find: 'this.store.find(sourceId, pasid', replace: 'this.store.find(0, pasid' },
      { find: 'this.store.insert(sourceId, pasid', replace: 'this.store.insert(0, pasid' },
    ],
    vectors: 'invalidation/effects-first-stage',
    caches: 'full',
  },
  {
    name: 'pasid-cache-without-pasid',
    says: 'A device has one entry in the PASID-cache.',
    section: '§6.2.1',
    file: PASIDS,
    changes: [
      { find: 'this.store.find(sourceId, pasid, 0', replace: 'this.store.find(sourceId, content.words.length, 0' },
      { find: 'this.store.insert(sourceId, pasid, 0', replace: 'this.store.insert(sourceId, content.words.length, 0' },
    ],
    vectors: 'invalidation/effects-first-stage-tables',
    caches: 'full',
  },
  {
    name: 'pasid-cache-forgets-the-directory',
    says: 'A PASID-cache entry does not know FPD of the directory.',
    section: '§6.2.3',
    file: PASIDS,
    changes: [
      {
        find: 'content.directoryFaultProcessingDisabled = from[entry + DIRECTORY_FPD] === 1;',
        replace: 'content.directoryFaultProcessingDisabled = false;',
      },
    ],
    vectors: 'invalidation/effects-fault-processing',
    caches: 'full',
  },
  {
    name: 'iotlb-without-source-id',
    says: 'All devices share IOTLB entries.',
    section: '§6.2.1',
    file: IOTLB,
    changes: [
      {
        find: 'store.find(page | 0, highWordOf(page), sourceId,',
        replace: 'store.find(page | 0, highWordOf(page), 0,',
      },
      {
        find: 'store.find(first | 0, highWordOf(first) + size * SIZE, sourceId,',
        replace: 'store.find(first | 0, highWordOf(first) + size * SIZE, 0,',
      },
      {
        find: 'store.insert(first | 0, highWordOf(first) + size * SIZE, sourceId,',
        replace: 'store.insert(first | 0, highWordOf(first) + size * SIZE, 0,',
      },
    ],
    vectors: 'invalidation/effects-first-stage',
    caches: 'full',
  },
  {
    name: 'iotlb-without-pasid',
    says: 'The PASIDs of a device share IOTLB entries.',
    section: '§6.2.1',
    file: IOTLB,
    changes: [
      {
        find: 'store.find(page | 0, highWordOf(page), sourceId, pasid',
        replace: 'store.find(page | 0, highWordOf(page), sourceId, Math.min(pasid, 0)',
      },
      {
        find: 'store.find(first | 0, highWordOf(first) + size * SIZE, sourceId, pasid',
        replace: 'store.find(first | 0, highWordOf(first) + size * SIZE, sourceId, Math.min(pasid, 0)',
      },
      {
        find: 'store.insert(first | 0, highWordOf(first) + size * SIZE, sourceId, pasid',
        replace: 'store.insert(first | 0, highWordOf(first) + size * SIZE, sourceId, Math.min(pasid, 0)',
      },
    ],
    vectors: 'invalidation/effects-flags-and-rights',
    caches: 'full',
  },
  {
    name: 'iotlb-without-pasid-mark',
    says: 'A request without PASID shares IOTLB entries with PASID 0.',
    section: '§6.2.1',
    file: IOTLB,
    changes: [
      {
        find: 'store.find(page | 0, highWordOf(page), sourceId, pasid',
        replace: 'store.find(page | 0, highWordOf(page), sourceId, Math.max(pasid, 0)',
      },
      {
        find: 'store.find(first | 0, highWordOf(first) + size * SIZE, sourceId, pasid',
        replace: 'store.find(first | 0, highWordOf(first) + size * SIZE, sourceId, Math.max(pasid, 0)',
      },
      {
        find: 'store.insert(first | 0, highWordOf(first) + size * SIZE, sourceId, pasid',
        replace: 'store.insert(first | 0, highWordOf(first) + size * SIZE, sourceId, Math.max(pasid, 0)',
      },
    ],
    vectors: 'invalidation/effects-pasid-table',
    caches: 'full',
  },
  {
    name: 'pasid-hits-no-pasid-unasked',
    says: 'A request with PASID is served by what a request without has left, and SCT.9 is not met.',
    section: '§6.2.1',
    file: IOTLB,
    changes: [
      {
        find: 'this.#pasidHitsNoPasid = pasidHitsNoPasid;',
        replace: 'this.#pasidHitsNoPasid = true;',
      },
    ],
    vectors: 'invalidation/effects-shared',
    caches: 'full',
  },
  {
    name: 'rid-pasid-not-in-the-tag',
    says: 'What a request without PASID leaves in the IOTLB has no PASID, so that p_iotlb_inv_dsc does not reach it.',
    section: '§6.2.1',
    file: IOTLB,
    changes: [{ find: 'into[entry + PASID] = translation.pasid;', replace: 'into[entry + PASID] = pasid;' }],
    vectors: 'invalidation/effects-first-stage',
    caches: 'full',
  },
  {
    name: 'large-page-looked-up-as-its-first',
    says: 'A hit of a large page gives its first page.',
    section: '§6.2.4',
    file: IOTLB,
    changes: [{ find: 'from[entry + HOST_HIGH]!) + inside;', replace: 'from[entry + HOST_HIGH]!);' }],
    vectors: 'invalidation/effects-first-stage',
    caches: 'full',
  },
  {
    name: 'large-page-kept-as-accessed',
    says: 'A large page is kept with the page that was accessed as its first.',
    section: '§6.2.4',
    file: IOTLB,
    changes: [{ find: 'const host = translation.page - inside;', replace: 'const host = translation.page;' }],
    vectors: 'invalidation/effects-first-stage',
    caches: 'full',
  },
  {
    name: 'large-page-entry-of-next-size',
    says: 'A 2 MB page is kept as if it had 1 GB.',
    section: '§6.2.4',
    file: IOTLB,
    changes: [{ find: 'leafPages >= PAGES[2] ? 2 : leafPages', replace: 'leafPages >= PAGES[1] ? 2 : leafPages' }],
    vectors: 'invalidation/effects-legacy-tables',
    caches: 'full',
  },
  {
    name: 'iotlb-forgets-read-write',
    says: 'An IOTLB entry does not hold R/W of the first stage.',
    section: '§6.2.4',
    file: IOTLB,
    changes: [{ find: 'translation.writable = (flags & WRITABLE) !== 0;', replace: 'translation.writable = true;' }],
    vectors: 'invalidation/effects-first-stage',
    caches: 'full',
  },
  {
    name: 'iotlb-forgets-user',
    says: 'An IOTLB entry does not hold U/S of the first stage.',
    section: '§6.2.4',
    file: IOTLB,
    changes: [{ find: 'translation.user = (flags & USER) !== 0;', replace: 'translation.user = true;' }],
    vectors: 'invalidation/effects-flags-and-rights',
    caches: 'full',
  },
  {
    name: 'iotlb-forgets-snoop',
    says: 'An IOTLB entry does not hold SNP.',
    section: '§6.2.4',
    file: IOTLB,
    changes: [
      { find: 'translation.leafSnooped = (flags & SNOOPED) !== 0;', replace: 'translation.leafSnooped = false;' },
    ],
    vectors: 'invalidation/effects-legacy-leaves',
    caches: 'full',
  },
  {
    name: 'iotlb-forgets-sre',
    says: 'An IOTLB entry does not hold SRE.',
    section: '§6.2.4',
    file: IOTLB,
    changes: [
      {
        find: 'translation.supervisorAllowed = (flags & SUPERVISOR_ALLOWED) !== 0;',
        replace: 'translation.supervisorAllowed = true;',
      },
    ],
    vectors: 'invalidation/effects-flags-and-rights',
    caches: 'full',
  },
  {
    name: 'iotlb-forgets-wpe',
    says: 'An IOTLB entry does not hold WPE.',
    section: '§6.2.4',
    file: IOTLB,
    changes: [
      {
        find: 'translation.writeProtected = (flags & WRITE_PROTECTED) !== 0;',
        replace: 'translation.writeProtected = false;',
      },
    ],
    vectors: 'invalidation/effects-flags-and-rights',
    caches: 'full',
  },
  {
    name: 'iotlb-forgets-rid-priv',
    says: 'An IOTLB entry does not hold RID_PRIV.',
    section: '§6.2.4',
    file: IOTLB,
    changes: [
      {
        find: 'translation.ownPrivilege = (flags & OWN_PRIVILEGE) !== 0;',
        replace: 'translation.ownPrivilege = false;',
      },
    ],
    vectors: 'invalidation/effects-flags-and-rights',
    caches: 'full',
  },
  {
    name: 'iotlb-forgets-second-stage-read',
    says: 'A nested IOTLB entry does not hold the read permission of the second stage.',
    section: '§6.2.4',
    file: IOTLB,
    changes: [
      {
        find: 'translation.secondStagePermission = flags & SECOND_STAGE_RIGHTS;',
        replace: 'translation.secondStagePermission = (flags & SECOND_STAGE_RIGHTS) | 1;',
      },
    ],
    vectors: 'invalidation/effects-legacy-units',
    caches: 'full',
  },
  {
    name: 'iotlb-forgets-second-stage-write',
    says: 'An IOTLB entry does not hold the write permission of the second stage.',
    section: '§6.2.4',
    file: IOTLB,
    changes: [
      {
        find: 'translation.secondStagePermission = flags & SECOND_STAGE_RIGHTS;',
        replace: 'translation.secondStagePermission = (flags & SECOND_STAGE_RIGHTS) | 2;',
      },
    ],
    vectors: 'invalidation/effects-legacy-leaves',
    caches: 'full',
  },
  {
    name: 'iotlb-forgets-the-memory-type',
    says: 'An IOTLB entry does not hold the memory type.',
    section: '§6.2.4',
    file: IOTLB,
    changes: [
      {
        find: 'translation.memoryType = MEMORY_TYPES[(kind / TYPE) & 7]!;',
        replace: 'translation.memoryType = MEMORY_TYPES[0]!;',
      },
    ],
    vectors: 'dma-remapping/scalable-mode/memory-type',
    caches: 'full',
  },
  {
    name: 'cached-translation-fault-in-domain-0',
    says: 'In caching mode a translation that faulted is kept with domain-id 0.',
    section: '§6.2.4.1',
    file: IOTLB,
    changes: [
      {
        find: 'into[entry + DOMAIN_ID] = translation.domainId;',
        replace:
          'into[entry + DOMAIN_ID] = fault === undefined && translation.secondStagePermission !== 0 ? translation.domainId : 0;',
      },
    ],
    vectors: 'invalidation/effects-flags-and-rights',
    caches: 'full',
  },
  {
    name: 'first-stage-tag-of-57-bits',
    says: 'Tags of a four-level first stage hold address bits up to 56.',
    section: '§6.2.1',
    file: IOTLB,
    changes: [{ find: 'const FOUR_LEVEL_TAG = 36;', replace: 'const FOUR_LEVEL_TAG = 45;' }],
    vectors: 'invalidation/effects-first-stage',
    caches: 'full',
  },
  {
    name: 'table-entry-forgets-rights',
    says: 'What leads to a lower table forgets the rights of the entries above.',
    section: '§6.2.5',
    file: TABLES,
    changes: [{ find: 'place.rights = flags & (PLACE_LEVEL - 1);', replace: 'place.rights = PLACE_LEVEL - 1;' }],
    vectors: 'invalidation/effects-flags-and-rights',
    caches: 'full',
  },
  {
    name: 'table-entry-forgets-nested-write',
    says: 'What leads to a nested table forgets that the second stage does not let it be written.',
    section: '§6.2.5',
    file: TABLES,
    changes: [{ find: 'place.writable = (flags & WRITABLE) !== 0;', replace: 'place.writable = true;' }],
    vectors: 'invalidation/effects-nested',
    caches: 'full',
  },
  {
    name: 'table-fault-without-row',
    says: 'In caching mode an entry with a reserved bit is kept as an absent one.',
    section: '§6.2.5.5',
    file: TABLES,
    changes: [
      {
        find: 'place.fault = flags < FAULT ? undefined : TRANSLATION_FAULTS',
        replace: 'place.fault = flags >= 0 ? undefined : TRANSLATION_FAULTS',
      },
    ],
    vectors: 'invalidation/effects-legacy-units',
    caches: 'full',
  },
  {
    name: 'table-tag-of-57-bits',
    says: 'Tags of tables of a four-level first stage hold address bits up to 56.',
    section: '§6.2.1',
    file: TABLES,
    changes: [{ find: '=== 0 ? FOUR_LEVEL_TAG :', replace: '=== 0 ? FIVE_LEVEL_TAG :' }],
    vectors: 'invalidation/effects-first-stage-tables',
    caches: 'full',
  },
  {
    name: 'host-permission-without-source-id',
    says: 'Devices share cached host permissions.',
    section: '§6.2.1',
    file: HPT,
    changes: [
      { find: 'level * LEVEL, sourceId, pasid);\n      if', replace: 'level * LEVEL, 0, pasid);\n      if' },
      { find: 'level * LEVEL, sourceId, pasid);\n    if', replace: 'level * LEVEL, 0, pasid);\n    if' },
    ],
    vectors: 'invalidation/effects-host-permission',
    caches: 'full',
  },
  {
    name: 'host-permission-without-pasid',
    says: 'The PASIDs of a device share cached host permissions.',
    section: '§6.2.1',
    file: HPT,
    changes: [
      { find: 'level * LEVEL, sourceId, pasid);\n      if', replace: 'level * LEVEL, sourceId, 0);\n      if' },
      { find: 'level * LEVEL, sourceId, pasid);\n    if', replace: 'level * LEVEL, sourceId, 0);\n    if' },
    ],
    vectors: 'invalidation/effects-host-permission',
    caches: 'full',
  },
  {
    name: 'host-permission-tables-of-all',
    says: 'HPT domains share what is known of host permission tables.',
    section: '§6.2.1',
    file: HPT,
    changes: [
      {
        find: 'this.tables.find(span | 0, highWordOf(span) + level * LEVEL, domainId',
        replace: 'this.tables.find(span | 0, highWordOf(span) + level * LEVEL, 0',
      },
      {
        find: 'this.tables.insert(span | 0, highWordOf(span) + level * LEVEL, domainId',
        replace: 'this.tables.insert(span | 0, highWordOf(span) + level * LEVEL, 0',
      },
    ],
    vectors: 'invalidation/effects-host-permission',
    caches: 'full',
  },
  {
    name: 'host-permission-tables-stay',
    says: 'hpt_inv_desc reaches permissions and leaves the entries that lead to them.',
    section: '§6.5.2.7',
    file: HPT,
    changes: [
      {
        find: '    tables.removeWhere((entry) => mustGo(scope, tables.words, entry, tables.words[entry + DOMAIN_ID]!, ENTRY_BITS));\n',
        replace: '',
      },
    ],
    vectors: 'invalidation/effects-host-permission',
    caches: 'full',
  },
  {
    name: 'host-permissions-stay',
    says: 'hpt_inv_desc reaches the entries that lead to permissions and leaves these.',
    section: '§6.5.2.7',
    file: HPT,
    changes: [
      { find: '    leaves.removeWhere((entry) =>\n', replace: '    leaves.removeWhere((entry) => entry < 0 &&\n' },
    ],
    vectors: 'invalidation/effects-host-permission',
    caches: 'full',
  },
  {
    name: 'host-permission-of-its-whole-entry',
    says: 'A cached permission counts for all pages of its entry.',
    section: '§6.2.6',
    file: HPT,
    changes: [
      { find: 'const PERMISSION_BITS = [0, 0, 9, 18, 0]', replace: 'const PERMISSION_BITS = [0, 5, 13, 21, 0]' },
    ],
    vectors: 'invalidation/effects-host-permission',
    caches: 'full',
  },
  {
    name: 'fault-of-the-whole-large-page',
    says: 'In caching mode a fault behind a large first-stage page is kept for all of it.',
    section: '§6.2.4.1',
    file: CACHES,
    changes: [{ find: 'fault !== undefined || stages ===', replace: 'stages ===' }],
    vectors: 'invalidation/effects-more-units',
    caches: 'full',
  },
  {
    name: 'nested-read-right-not-kept',
    says: 'An IOTLB entry of a nested translation does not know whether the second stage lets its page be read.',
    section: '§6.2.4',
    file: IOTLB,
    changes: [
      {
        find: 'translation.secondStagePermission = flags & SECOND_STAGE_RIGHTS;',
        replace:
          'translation.secondStagePermission = (flags & SECOND_STAGE_RIGHTS) | (translation.stages === 3 ? 1 : 0);',
      },
    ],
    vectors: 'invalidation/effects-nested',
    caches: 'full',
  },
  {
    name: 'nested-snp-not-kept',
    says: 'An IOTLB entry of a nested translation does not know SNP of the second-stage leaf.',
    section: '§6.2.4',
    file: IOTLB,
    changes: [
      {
        find: 'translation.leafSnooped = (flags & SNOOPED) !== 0;',
        replace: 'translation.leafSnooped = (flags & SNOOPED) !== 0 && translation.stages !== 3;',
      },
    ],
    vectors: 'invalidation/effects-nested',
    caches: 'full',
  },
];
