// How long the parts of a consumer's conversation with Kafka take at most.

/** Long enough for a pause of the process, short enough that a crashed worker's partitions soon go on elsewhere. */
export const SESSION_TIMEOUT_MS = 10_000
export const REBALANCE_TIMEOUT_MS = 10_000

/** Well below the session's time-out: some may be lost. */
export const HEARTBEAT_MS = 2_000

/**
 * A broker with nothing new answers a fetch after so long; one with something new answers at once. Heartbeats go out between
 * fetches, so it must stay well below the session's time-out.
 */
export const FETCH_WAIT_MS = 3_000

/** How often the group is told how far we are; nothing rests on it. */
export const DISPLAY_COMMIT_MS = 5_000
