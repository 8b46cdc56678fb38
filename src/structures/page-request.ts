import { bit, bits, page } from '../bits/field.ts';
import { structure } from '../bits/structure.ts';

/** Page request descriptor, §7.4.1.1. 256 bits; the unit writes it to the page request queue, reserved bits as 0. */
export const PageRequestDescriptor = structure(
  'page_req_dsc',
  '§7.4.1.1',
  256,
  {
    Type: bits(7, 0, 'Type', { 1: 'page_req_dsc' }),
    PP: bit(8, 'PASID Present', { 0: 'without PASID', 1: 'with PASID' }),
    RID: bits(31, 16, 'Requester Identifier'),
    /** Undefined if PP=0. */
    PASID: bits(51, 32, 'PASID'),
    /** Means something only if PP=1 and RDR=1. */
    EXR: bit(52, 'Execute Requested', { 0: 'no execute access', 1: 'execute access' }),
    /** Means something only if PP=1. */
    PMR: bit(53, 'Privileged Mode Requested', { 0: 'user', 1: 'supervisor' }),
    RDR: bit(64, 'Read Requested', { 0: 'no read access', 1: 'read access' }),
    WRR: bit(65, 'Write Requested', { 0: 'no write access', 1: 'write access' }),
    LPIG: bit(66, 'Last Page in Group', { 0: 'more of the group follow', 1: 'last of its group' }),
    /** Undefined if RDR=0 and WRR=0. */
    PRGI: bits(75, 67, 'Page Request Group Index'),
    ADDR: page(127, 76, 'Address'),
  },
  {
    reserved: [
      [15, 9],
      [63, 54],
      [255, 128],
    ],
  },
);

/** Page group response descriptor, §7.6.1. 256 bits; software writes it to the invalidation queue. */
export const PageGroupResponseDescriptor = structure(
  'page_grp_resp_dsc',
  '§7.6.1',
  256,
  {
    'Type[3:0]': bits(3, 0, 'Type, lower part', { 9: 'page_grp_resp_dsc' }),
    PP: bit(4, 'PASID Present', { 0: 'without PASID', 1: 'with PASID' }),
    'Type[6:4]': bits(11, 9, 'Type, upper part', { 0: 'a defined type' }),
    RC: bits(15, 12, 'Response Code', {
      0: 'Success',
      1: 'Invalid Request',
      2: 'reserved',
      3: 'reserved',
      4: 'reserved',
      5: 'reserved',
      6: 'reserved',
      7: 'reserved',
      8: 'reserved',
      9: 'reserved',
      10: 'reserved',
      11: 'reserved',
      12: 'reserved',
      13: 'reserved',
      14: 'reserved',
      15: 'Response Failure',
    }),
    RID: bits(31, 16, 'Requester Identifier'),
    /** Ignored if PP=0. */
    PASID: bits(51, 32, 'PASID'),
    PRGI: bits(75, 67, 'Page Request Group Index'),
  },
  {
    reserved: [
      [8, 5],
      [63, 52],
      [65, 64],
      [127, 76],
      [255, 128],
    ],
    // LPIG until revision 5.0, and reserved then.
    ignored: [[66, 66]],
  },
);
