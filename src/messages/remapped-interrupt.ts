import type { PageNumber } from '../bits/page-number.ts';

/**
 * What interrupt remapping makes of a request, §5.1.4, §5.2.3, in plain numbers. Whoever asks owns the storage, which is
 * used again from request to request.
 */
export interface RemappedInterrupt {
  /** The interrupt index, low 16 bits; -1 for a request in compatibility format. */
  index: number;
  /** FPD of the entry that was used. */
  faultProcessingDisabled: boolean;
  /** IM: the request was posted. */
  posted: boolean;
  /** V, or VV where it was posted. */
  vector: number;
  deliveryMode: number;
  /** 0 edge, 1 level. */
  triggerMode: number;
  redirectionHint: number;
  /** 0 physical, 1 logical. */
  destinationMode: number;
  /** 8 bits, or 32 with EIME; of a posted one NDST. */
  destination: number;
  /** Where the posted interrupt descriptor stands. */
  descriptorPage: PageNumber;
  descriptorOffset: number;
  /** Posted: a notification goes out, with this vector. */
  notifies: boolean;
  notificationVector: number;
}

/** Storage for {@link RemappedInterrupt}, §5.1.4. */
export const newRemappedInterrupt = (): RemappedInterrupt => ({
  index: -1,
  faultProcessingDisabled: false,
  posted: false,
  vector: 0,
  deliveryMode: 0,
  triggerMode: 0,
  redirectionHint: 0,
  destinationMode: 0,
  destination: 0,
  descriptorPage: 0,
  descriptorOffset: 0,
  notifies: false,
  notificationVector: 0,
});
