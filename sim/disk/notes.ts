// What a disk adds to the trace beside its entries: a kind that no entry has, the key of the file, and two numbers.

/** Position and length. */
export const WRITE_NOTE = 32
/** The new size. */
export const TRUNCATE_NOTE = 33
/** Opened (0), renamed (1), removed (2), and the size. */
export const NAME_NOTE = 34
/** The size that is left, and what the disk has lost so far. */
export const POWER_LOSS_NOTE = 35
