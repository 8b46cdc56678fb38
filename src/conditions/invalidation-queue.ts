/** IQERCD_REG.IQEI: why the invalidation queue stopped with an error, §11.4.9.9. */
export const QueueError = Object.freeze({
  INVALID_TAIL: 1,
  FETCH: 2,
  DESCRIPTOR_TYPE: 3,
  RESERVED_FIELD: 4,
  DESCRIPTOR_WIDTH: 5,
  MISALIGNED_TAIL: 6,
  TRANSLATION_TABLE_MODE: 7,
});
