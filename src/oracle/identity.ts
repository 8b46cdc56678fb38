/** Who answers, as `initialize` says. The version is that of `package.json`; a test holds the two together. */
export const IDENTITY = Object.freeze({ name: 'vtd-model', version: '0.1.0' });

/** The version of the protocol. */
export const PROTOCOL = 1;

/** What this server can do beyond its methods. */
export const FEATURES: readonly string[] = Object.freeze([
  'pasid',
  'translation-requests',
  'translated-requests',
  'no-snoop',
  'memory-poison',
  'invisible-writes',
  'warm-reset',
  'events',
  'device-tlb',
  'page-requests',
  'ats-messages',
  'details',
  'permitted',
  'snapshots',
]);
