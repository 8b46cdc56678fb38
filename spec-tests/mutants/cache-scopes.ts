import type { Mutant } from './mutant.ts';

const SCOPES = 'src/caches/scopes.ts';

/** Misreadings of chapter 6 that show only where something is cached: which entries an invalidation names. */
export const CACHE_SCOPE_MUTANTS: readonly Mutant[] = [
  {
    name: 'global-context-invalidation-in-a-domain',
    says: 'A global context-cache invalidation reaches the entries of the domain that it names.',
    section: '§6.5.2.1',
    file: SCOPES,
    changes: [
      {
        find: 'domainId: number): boolean {\n  if (scope.granularity === Granularity.GLOBAL) return true;\n  if (scope.domainId !== undefined',
        replace: 'domainId: number): boolean {\n  if (scope.domainId !== undefined',
      },
      {
        find: 'return scope.granularity === Granularity.DOMAIN || ((sourceId',
        replace: 'return scope.granularity !== Granularity.DEVICE || ((sourceId',
      },
    ],
    vectors: 'invalidation/effects-legacy-context',
    caches: 'full',
  },
  {
    name: 'domain-context-invalidation-of-a-device',
    says: 'A domain-selective context-cache invalidation compares the source-id too.',
    section: '§6.5.2.1',
    file: SCOPES,
    changes: [{ find: 'return scope.granularity === Granularity.DOMAIN || ((sourceId', replace: 'return ((sourceId' }],
    vectors: 'invalidation/effects-legacy-context',
    caches: 'full',
  },
  {
    name: 'function-mask-ignored',
    says: 'FM is not looked at: a context-cache invalidation reaches one source-id.',
    section: '§6.5.2.1',
    file: SCOPES,
    changes: [{ find: '& ~scope.functionMask) === 0', replace: ') === 0' }],
    vectors: 'invalidation/effects-legacy-switch',
    caches: 'full',
  },
  {
    name: 'device-number-alone',
    says: 'A device-selective context-cache invalidation compares the bits that FM names.',
    section: '§6.5.2.1',
    file: SCOPES,
    changes: [
      {
        find: '& ~scope.functionMask) === 0',
        replace: '& scope.functionMask) === 0 && sourceId >>> 3 !== scope.sourceId >>> 3',
      },
    ],
    vectors: 'invalidation/effects-fault-processing',
    caches: 'full',
  },
  {
    name: 'global-pasid-invalidation-in-a-domain',
    says: 'A global PASID-cache invalidation reaches the entries of the domain that it names.',
    section: '§6.5.2.2',
    file: SCOPES,
    changes: [
      {
        find: 'pasid: number): boolean {\n  if (scope.granularity === Granularity.GLOBAL) return true;\n',
        replace: 'pasid: number): boolean {\n',
      },
      {
        find: 'return scope.granularity === Granularity.DOMAIN || scope.pasid === pasid;',
        replace: 'return scope.granularity !== Granularity.PASID || scope.pasid === pasid;',
      },
    ],
    vectors: 'invalidation/effects-pasid-table',
    caches: 'full',
  },
  {
    name: 'domain-pasid-invalidation-of-a-pasid',
    says: 'A domain-selective PASID-cache invalidation compares the PASID too.',
    section: '§6.5.2.2',
    file: SCOPES,
    changes: [
      {
        find: 'return scope.granularity === Granularity.DOMAIN || scope.pasid === pasid;',
        replace: 'return scope.pasid === pasid;',
      },
    ],
    vectors: 'invalidation/effects-pasid-table',
    caches: 'full',
  },
  {
    name: 'global-iotlb-invalidation-in-a-domain',
    says: 'A global IOTLB invalidation reaches the entries of the domain that it names.',
    section: '§6.5.2.3',
    file: SCOPES,
    changes: [
      {
        find: 'tags: TranslationTags): boolean {\n  if (scope.granularity === Granularity.GLOBAL) return true;\n',
        replace: 'tags: TranslationTags): boolean {\n',
      },
      {
        find: '    scope.granularity === Granularity.DOMAIN || hasFirstStage',
        replace: '    scope.granularity !== Granularity.PAGE || hasFirstStage',
      },
    ],
    vectors: 'invalidation/effects-legacy-context',
    caches: 'full',
  },
  {
    name: 'global-invalidation-spares-second-stage-tables',
    says: 'A global IOTLB invalidation reaches the second-stage tables of the domain that it names.',
    section: '§6.5.2.3',
    file: SCOPES,
    changes: [
      {
        find: 'return scope.granularity === Granularity.DOMAIN || (!scope.leavesOnly && overlaps(',
        replace: 'return scope.granularity !== Granularity.PAGE || (!scope.leavesOnly && overlaps(',
      },
      {
        find: '  if (scope.granularity === Granularity.GLOBAL) return true;\n  if (scope.domainId !== tags.domainId) return false;\n  return scope.granularity',
        replace: '  if (scope.domainId !== tags.domainId) return false;\n  return scope.granularity',
      },
    ],
    vectors: 'invalidation/effects-legacy-tables',
    caches: 'full',
  },
  {
    name: 'domain-invalidation-at-a-page',
    says: 'A domain-selective IOTLB invalidation compares the address too.',
    section: '§6.5.2.3',
    file: SCOPES,
    changes: [{ find: '    scope.granularity === Granularity.DOMAIN || hasFirstStage', replace: '    hasFirstStage' }],
    vectors: 'invalidation/effects-legacy-leaves',
    caches: 'full',
  },
  {
    name: 'page-invalidation-by-address-in-the-first-stage',
    says: 'A page-selective IOTLB invalidation reaches first-stage translations at its address alone.',
    section: '§6.5.2.3',
    file: SCOPES,
    changes: [
      {
        find: 'Granularity.DOMAIN || hasFirstStage(tags.stages) || overlaps',
        replace: 'Granularity.DOMAIN || overlaps',
      },
    ],
    vectors: 'invalidation/effects-first-stage',
    caches: 'full',
  },
  {
    name: 'page-invalidation-by-address-in-nested',
    says: 'A page-selective IOTLB invalidation reaches nested translations by the address of the request.',
    section: '§6.5.2.3',
    file: SCOPES,
    changes: [
      {
        find: 'Granularity.DOMAIN || hasFirstStage(tags.stages) || overlaps',
        replace: 'Granularity.DOMAIN || tags.stages === PGTT.FIRST_STAGE || overlaps',
      },
    ],
    vectors: 'invalidation/effects-nested',
    caches: 'full',
  },
  {
    name: 'page-invalidation-spares-the-first-stage',
    says: 'A page-selective IOTLB invalidation is about second-stage translations and leaves those of the first stage.',
    section: '§6.5.2.3',
    file: SCOPES,
    changes: [
      {
        find: 'Granularity.DOMAIN || hasFirstStage(tags.stages) || overlaps(scope',
        replace: 'Granularity.DOMAIN || tags.stages === PGTT.NESTED || overlaps(scope',
      },
    ],
    vectors: 'invalidation/effects-first-stage',
    caches: 'full',
  },
  {
    name: 'page-invalidation-spares-pass-through',
    says: 'A page-selective IOTLB invalidation leaves pass-through, which has no pages.',
    section: '§6.5.2.3',
    file: SCOPES,
    changes: [
      {
        find: 'Granularity.DOMAIN || hasFirstStage(tags.stages) || overlaps(scope',
        replace:
          'Granularity.DOMAIN || hasFirstStage(tags.stages) || tags.stages !== PGTT.PASS_THROUGH && overlaps(scope',
      },
    ],
    vectors: 'invalidation/effects-pasid-directory',
    caches: 'full',
  },
  {
    name: 'pass-through-in-no-domain',
    says: 'A domain-selective IOTLB invalidation leaves pass-through.',
    section: '§6.5.2.3',
    file: SCOPES,
    changes: [
      {
        find: 'Granularity.DOMAIN || hasFirstStage(tags.stages) || overlaps(scope',
        replace:
          'Granularity.DOMAIN && tags.stages !== PGTT.PASS_THROUGH || hasFirstStage(tags.stages) || overlaps(scope',
      },
    ],
    vectors: 'invalidation/effects-legacy-context',
    caches: 'full',
  },
  {
    name: 'domain-invalidation-spares-the-first-stage',
    says: 'A domain-selective IOTLB invalidation leaves first-stage translations to p_iotlb_inv_dsc.',
    section: '§6.5.2.3',
    file: SCOPES,
    changes: [
      {
        find: '    scope.granularity === Granularity.DOMAIN || hasFirstStage(tags.stages) ||',
        replace: '    (scope.granularity === Granularity.DOMAIN && tags.stages !== PGTT.FIRST_STAGE) ||',
      },
    ],
    vectors: 'invalidation/effects-first-stage',
    caches: 'full',
  },
  {
    name: 'domain-invalidation-spares-first-stage-tables',
    says: 'A domain-selective IOTLB invalidation leaves first-stage tables to p_iotlb_inv_dsc.',
    section: '§6.5.2.3',
    file: SCOPES,
    changes: [
      {
        find: 'return scope.granularity === Granularity.GLOBAL || scope.domainId === tags.domainId;',
        replace: 'return scope.granularity === Granularity.GLOBAL;',
      },
    ],
    vectors: 'invalidation/effects-first-stage-tables',
    caches: 'full',
  },
  {
    name: 'page-invalidation-of-first-stage-tables-by-address',
    says: 'A page-selective IOTLB invalidation reaches first-stage tables at its address alone.',
    section: '§6.5.2.3',
    file: SCOPES,
    changes: [
      {
        find: 'return scope.granularity === Granularity.GLOBAL || scope.domainId === tags.domainId;',
        replace:
          'return scope.granularity === Granularity.GLOBAL || (scope.domainId === tags.domainId && (scope.granularity === Granularity.DOMAIN || overlaps(scope, tags.page, tags.pages)));',
      },
    ],
    vectors: 'invalidation/effects-first-stage-tables',
    caches: 'full',
  },
  {
    name: 'ih-spares-first-stage-tables-of-the-domain',
    says: 'With IH=1 a page-selective IOTLB invalidation leaves first-stage tables.',
    section: '§6.5.2.3',
    file: SCOPES,
    changes: [
      {
        find: 'return scope.granularity === Granularity.GLOBAL || scope.domainId === tags.domainId;',
        replace:
          'return scope.granularity === Granularity.GLOBAL || (scope.domainId === tags.domainId && (scope.granularity === Granularity.DOMAIN || !scope.leavesOnly));',
      },
    ],
    vectors: 'invalidation/effects-first-stage-tables',
    caches: 'full',
  },
  {
    name: 'page-invalidation-spares-second-stage-tables',
    says: 'A page-selective IOTLB invalidation leaves second-stage tables whatever IH is.',
    section: '§6.5.2.3',
    file: SCOPES,
    changes: [
      {
        find: 'return scope.granularity === Granularity.DOMAIN || (!scope.leavesOnly && overlaps(scope, tags.page, tags.pages));',
        replace: 'return scope.granularity === Granularity.DOMAIN;',
      },
    ],
    vectors: 'invalidation/effects-legacy-tables',
    caches: 'full',
  },
  {
    name: 'ih-inverted',
    says: 'IH=1 has second-stage tables go, IH=0 leaves them.',
    section: '§6.5.2.3',
    file: SCOPES,
    changes: [{ find: '|| (!scope.leavesOnly && overlaps(', replace: '|| (scope.leavesOnly && overlaps(' }],
    vectors: 'invalidation/effects-legacy-tables',
    caches: 'full',
  },
  {
    name: 'domain-invalidation-spares-second-stage-tables',
    says: 'A domain-selective IOTLB invalidation with IH=1 leaves second-stage tables.',
    section: '§6.5.2.3',
    file: SCOPES,
    changes: [
      {
        find: 'return scope.granularity === Granularity.DOMAIN || (!scope.leavesOnly && overlaps(',
        replace: 'return !scope.leavesOnly && (scope.granularity === Granularity.DOMAIN || overlaps(',
      },
    ],
    vectors: 'invalidation/effects-legacy-tables',
    caches: 'full',
  },
  {
    name: 'ih-inverted-in-the-first-stage',
    says: 'IH=1 of p_iotlb_inv_dsc has first-stage tables go, IH=0 leaves them.',
    section: '§6.5.2.4',
    file: SCOPES,
    changes: [{ find: '|| (!scope.leavesOnly && overlapsTag(', replace: '|| (scope.leavesOnly && overlapsTag(' }],
    vectors: 'invalidation/effects-first-stage-tables',
    caches: 'full',
  },
  {
    name: 'pasid-page-invalidation-spares-tables',
    says: 'A page-selective p_iotlb_inv_dsc leaves first-stage tables whatever IH is.',
    section: '§6.5.2.4',
    file: SCOPES,
    changes: [
      {
        find: 'return scope.granularity === Granularity.PASID || (!scope.leavesOnly && overlapsTag(scope, tags));',
        replace: 'return scope.granularity === Granularity.PASID;',
      },
    ],
    vectors: 'invalidation/effects-first-stage-tables',
    caches: 'full',
  },
  {
    name: 'pasid-invalidation-of-tables-at-a-page',
    says: 'A PASID-selective p_iotlb_inv_dsc compares the address of first-stage tables too.',
    section: '§6.5.2.4',
    file: SCOPES,
    changes: [
      {
        find: 'return scope.granularity === Granularity.PASID || (!scope.leavesOnly && overlapsTag(',
        replace: 'return (!scope.leavesOnly && overlapsTag(',
      },
    ],
    vectors: 'invalidation/effects-first-stage-tables',
    caches: 'full',
  },
  {
    name: 'pasid-invalidation-at-a-page',
    says: 'A PASID-selective p_iotlb_inv_dsc compares the address of first-stage translations too.',
    section: '§6.5.2.4',
    file: SCOPES,
    changes: [
      {
        find: 'Granularity.PASID || (hasFirstStage(tags.stages) && overlapsTag',
        replace: 'Granularity.PASID && !hasFirstStage(tags.stages) || (hasFirstStage(tags.stages) && overlapsTag',
      },
    ],
    vectors: 'invalidation/effects-first-stage',
    caches: 'full',
  },
  {
    name: 'pasid-invalidation-spares-the-second-stage',
    says: 'A PASID-selective p_iotlb_inv_dsc reaches entries with a first stage only.',
    section: '§6.5.2.4',
    file: SCOPES,
    changes: [
      {
        find: 'return scope.granularity === Granularity.PASID || (hasFirstStage(tags.stages) && overlapsTag(scope, tags));',
        replace:
          'return hasFirstStage(tags.stages) && (scope.granularity === Granularity.PASID || overlapsTag(scope, tags));',
      },
    ],
    vectors: 'invalidation/effects-pasid-table',
    caches: 'full',
  },
  {
    name: 'pasid-invalidation-spares-pass-through',
    says: 'A PASID-selective p_iotlb_inv_dsc leaves pass-through.',
    section: '§6.5.2.4',
    file: SCOPES,
    changes: [
      {
        find: 'Granularity.PASID || (hasFirstStage(tags.stages) && overlapsTag',
        replace: 'Granularity.PASID && tags.stages !== PGTT.PASS_THROUGH || (hasFirstStage(tags.stages) && overlapsTag',
      },
    ],
    vectors: 'invalidation/effects-pasid-directory',
    caches: 'full',
  },
  {
    name: 'pasid-page-invalidation-spares-nested',
    says: 'A page-selective p_iotlb_inv_dsc reaches first-stage translations, not nested ones.',
    section: '§6.5.2.4',
    file: SCOPES,
    changes: [
      {
        find: '(hasFirstStage(tags.stages) && overlapsTag',
        replace: '(tags.stages === PGTT.FIRST_STAGE && overlapsTag',
      },
    ],
    vectors: 'invalidation/effects-nested',
    caches: 'full',
  },
  {
    name: 'pasid-page-invalidation-of-the-second-stage',
    says: 'A page-selective p_iotlb_inv_dsc reaches translations without first stage only.',
    section: '§6.5.2.4',
    file: SCOPES,
    changes: [
      { find: '(hasFirstStage(tags.stages) && overlapsTag', replace: '(!hasFirstStage(tags.stages) && overlapsTag' },
    ],
    vectors: 'invalidation/effects-first-stage',
    caches: 'full',
  },
  {
    name: 'pasid-page-invalidation-reaches-nothing',
    says: 'p_iotlb_inv_dsc does what it says with PASID granularity only.',
    section: '§6.5.2.4',
    file: SCOPES,
    changes: [
      {
        find: 'return scope.granularity === Granularity.PASID || (hasFirstStage(tags.stages) && overlapsTag(scope, tags));',
        replace: 'return scope.granularity === Granularity.PASID;',
      },
    ],
    vectors: 'invalidation/effects-first-stage',
    caches: 'full',
  },
  {
    name: 'address-mask-one-less',
    says: 'AM=1 is one page, AM=2 two.',
    section: '§6.5.2.3',
    file: SCOPES,
    changes: [
      {
        find: 'const larger = Math.max(POWER_OF_2[Math.min(range.addressMask, 52)]!, pages);',
        replace: 'const larger = Math.max(POWER_OF_2[Math.max(Math.min(range.addressMask, 52) - 1, 0)]!, pages);',
      },
    ],
    vectors: 'invalidation/effects-legacy-leaves',
    caches: 'full',
  },
  {
    name: 'address-mask-counts-pages',
    says: 'AM is the number of pages after the first.',
    section: '§6.5.2.3',
    file: SCOPES,
    changes: [
      {
        find: '  const larger = Math.max(POWER_OF_2[Math.min(range.addressMask, 52)]!, pages);\n  return Math.floor(range.page / larger) === Math.floor(page / larger);',
        replace: '  return range.page < page + pages && page <= range.page + range.addressMask;',
      },
    ],
    vectors: 'invalidation/effects-legacy-leaves',
    caches: 'full',
  },
  {
    name: 'range-not-aligned',
    says: 'The range of an invalidation begins with its address, aligned or not.',
    section: '§6.5.2.3',
    file: SCOPES,
    changes: [
      {
        find: '  const larger = Math.max(POWER_OF_2[Math.min(range.addressMask, 52)]!, pages);\n  return Math.floor(range.page / larger) === Math.floor(page / larger);',
        replace:
          '  return range.page < page + pages && page < range.page + POWER_OF_2[Math.min(range.addressMask, 52)]!;',
      },
    ],
    vectors: 'invalidation/effects-legacy-leaves',
    caches: 'full',
  },
  {
    name: 'entry-by-its-first-page',
    says: 'An entry is in the range of an invalidation if its first page is.',
    section: '§6.5.2.3',
    file: SCOPES,
    changes: [
      {
        find: 'const larger = Math.max(POWER_OF_2[Math.min(range.addressMask, 52)]!, pages);',
        replace: 'const larger = Math.max(POWER_OF_2[Math.min(range.addressMask, 52)]!, Math.min(pages, 1));',
      },
    ],
    vectors: 'invalidation/effects-legacy-tables',
    caches: 'full',
  },
  {
    name: 'entry-wholly-in-the-range',
    says: 'An entry goes if all of its pages are in the range of an invalidation.',
    section: '§6.5.2.3',
    file: SCOPES,
    changes: [
      {
        find: '  return Math.floor(range.page / larger) === Math.floor(page / larger);',
        replace:
          '  return POWER_OF_2[Math.min(range.addressMask, 52)]! >= pages && Math.floor(range.page / larger) === Math.floor(page / larger);',
      },
    ],
    vectors: 'invalidation/effects-legacy-tables',
    caches: 'full',
  },
  {
    name: 'mask-on-the-address-alone',
    says: 'AM clears bits of the address of the command, which is then compared with all bits of the entry.',
    section: '§6.5.2.3',
    file: SCOPES,
    changes: [
      {
        find: '  return Math.floor(range.page / larger) === Math.floor(page / larger);',
        replace: '  return range.page - (range.page % larger) === page;',
      },
    ],
    vectors: 'invalidation/effects-legacy-leaves',
    caches: 'full',
  },
  {
    name: 'mask-on-the-entry-alone',
    says: 'AM clears bits of the address of the entry, which is then compared with all bits of that of the command.',
    section: '§6.5.2.3',
    file: SCOPES,
    changes: [
      {
        find: '  return Math.floor(range.page / larger) === Math.floor(page / larger);',
        replace: '  return range.page === page - (page % larger);',
      },
    ],
    vectors: 'invalidation/effects-legacy-leaves',
    caches: 'full',
  },
  {
    name: 'address-mask-of-five-bits',
    says: 'AM has five bits.',
    section: '§6.5.2.4',
    file: SCOPES,
    changes: [
      {
        find: 'const larger = Math.max(POWER_OF_2[Math.min(range.addressMask, 52)]!, pages);',
        replace: 'const larger = Math.max(POWER_OF_2[range.addressMask % 32]!, pages);',
      },
    ],
    vectors: 'invalidation/effects-first-stage',
    caches: 'full',
  },
  {
    name: 'all-address-bits-in-the-first-stage',
    says: 'p_iotlb_inv_dsc compares address bits that no tag holds.',
    section: '§6.5.2.4',
    file: SCOPES,
    changes: [
      {
        find: 'return overlaps({ page: range.page % limit, addressMask: range.addressMask }, tags.page % limit, tags.pages);',
        replace: 'return overlaps(range, tags.page, tags.pages);',
      },
    ],
    vectors: 'invalidation/effects-first-stage',
    caches: 'full',
  },
  {
    name: 'global-host-permission-invalidation-in-a-domain',
    says: 'A global hpt_inv_desc reaches the HPT domain that it names.',
    section: '§6.5.2.7',
    file: SCOPES,
    changes: [
      {
        find: '  if (scope.granularity === Granularity.GLOBAL) return true;\n  if (scope.domainId !== domainId || level > scope.levels) return false;\n  return scope.granularity === Granularity.DOMAIN',
        replace:
          '  if (scope.domainId !== domainId || level > scope.levels) return false;\n  return scope.granularity !== Granularity.PAGE',
      },
    ],
    vectors: 'invalidation/effects-host-permission',
    caches: 'full',
  },
  {
    name: 'domain-host-permission-invalidation-at-a-page',
    says: 'A domain-selective hpt_inv_desc compares the address too.',
    section: '§6.5.2.7',
    file: SCOPES,
    changes: [
      {
        find: '  return scope.granularity === Granularity.DOMAIN || overlaps(scope, page, pages);',
        replace: '  return overlaps(scope, page, pages);',
      },
    ],
    vectors: 'invalidation/effects-host-permission',
    caches: 'full',
  },
  {
    name: 'host-permission-levels-from-the-top',
    says: 'IH of hpt_inv_desc counts the levels from the top.',
    section: '§6.5.2.7',
    file: SCOPES,
    changes: [{ find: 'level > scope.levels)', replace: 'level < 5 - scope.levels)' }],
    vectors: 'invalidation/effects-host-permission',
    caches: 'full',
  },
  {
    name: 'one-host-permission-level',
    says: 'IH of hpt_inv_desc names one level, that above it stays and so do those below.',
    section: '§6.5.2.7',
    file: SCOPES,
    changes: [{ find: 'level > scope.levels)', replace: 'level !== scope.levels && scope.levels !== 4)' }],
    vectors: 'invalidation/effects-host-permission',
    caches: 'full',
  },
];
