// What nodes say to each other.

export const VERB = {
  /** Answers: the request was done, or could not be done. */
  done: 0,
  failed: 1,
  /** A part of a mutation to be applied. */
  mutate: 2,
  /** One partition. */
  read: 3,
  /** The digest of the answer to a read. */
  digest: 4,
  scan: 5,
  truncate: 6,
  /** What the sender knows of all nodes, answered with what the receiver knows. */
  gossip: 7,
  /** The same, and the schema. */
  exchange: 8,
} as const

export interface Message {
  readonly verb: number
  /** By which an answer finds its request. */
  readonly id: number
  readonly body: Buffer
}

/** Length of all that follows, verb, id. */
export const MESSAGE_HEAD_BYTES = 9

/** What a node sends first on a connection: one that does not begin so is not from a node. */
export const MAGIC = 0xca552dfa

/** Larger than the largest mutation with its head. */
export const MESSAGE_BYTES_MAX: number = 32 * 1024 * 1024
