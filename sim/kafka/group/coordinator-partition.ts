// Which partition of __consumer_offsets holds a group, and with it which broker looks after it.

export const OFFSETS_TOPIC = '__consumer_offsets'

/** The hash of Java's String, as Kafka takes it. */
export function partitionOfGroup(groupId: string, partitions: number): number {
  let hash = 0
  for (let index = 0; index < groupId.length; index++) hash = (Math.imul(31, hash) + groupId.charCodeAt(index)) | 0
  return (hash === -(2 ** 31) ? 0 : Math.abs(hash)) % partitions
}
