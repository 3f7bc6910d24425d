// Which partitions a project's records may go to: the best k of a rendezvous hash. Few, so that a project's events lie
// together; more than one, so that a partition without a leader stops nobody.

import { createHash } from 'node:crypto'

/** The first is where a project's records go when all is well. The order never changes while `partitions` does not. */
export function candidatesOf(project: string, options: { partitions: number; candidates: number }): readonly number[] {
  const weighed = Array.from({ length: options.partitions }, (_, partition) => {
    const digest = createHash('sha256').update(`${project}/${partition}`).digest()
    return { partition, weight: digest.readUIntBE(0, 6) }
  })
  weighed.sort((a, b) => b.weight - a.weight || a.partition - b.partition)
  return weighed.slice(0, options.candidates).map(({ partition }) => partition)
}
