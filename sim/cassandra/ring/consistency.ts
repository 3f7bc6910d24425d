// Consistency levels: their numbers on the wire, and how many replicas each waits for.

export type Consistency =
  | 'ANY'
  | 'ONE'
  | 'TWO'
  | 'THREE'
  | 'QUORUM'
  | 'ALL'
  | 'LOCAL_QUORUM'
  | 'EACH_QUORUM'
  | 'SERIAL'
  | 'LOCAL_SERIAL'
  | 'LOCAL_ONE'

/** Index is the number on the wire. */
export const CONSISTENCIES: readonly Consistency[] = [
  'ANY',
  'ONE',
  'TWO',
  'THREE',
  'QUORUM',
  'ALL',
  'LOCAL_QUORUM',
  'EACH_QUORUM',
  'SERIAL',
  'LOCAL_SERIAL',
  'LOCAL_ONE',
]

/** Answers of other data centres do not count. */
export function isLocal(consistency: Consistency): boolean {
  return consistency === 'LOCAL_QUORUM' || consistency === 'LOCAL_ONE' || consistency === 'LOCAL_SERIAL'
}

export function quorumOf(replicas: number): number {
  return Math.floor(replicas / 2) + 1
}
