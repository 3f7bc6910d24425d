// Every limit of a query has a name, and an error says which one was met.

export interface QueryLimits {
  /** From the start of a query to its last read; Keen's own. */
  readonly queryDeadlineMs: number
  /** Events that one extraction gives; Keen's own for what is not sent by mail. */
  readonly extractionEventsMax: number
  /** JSON of an extraction, estimated from below; Keen's own. */
  readonly responseBytesMax: number
  /** Reads from the store that one query has under way. */
  readonly queryReadsMax: number
}

export const DEFAULT_QUERY_LIMITS: QueryLimits = {
  queryDeadlineMs: 300_000,
  extractionEventsMax: 100_000,
  responseBytesMax: 150_000_000,
  queryReadsMax: 16,
}
