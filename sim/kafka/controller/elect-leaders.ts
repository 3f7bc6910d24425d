// Who leads a partition, and who is in sync, after a broker has gone or come back. Only an in-sync replica is elected.

import { NO_LEADER } from '../metadata/metadata-record.ts'
import type { PartitionRecord } from '../metadata/metadata-record.ts'

/** The first replica, in the order of preference, that is in sync and active. */
function electable(partition: PartitionRecord, isActive: (brokerId: number) => boolean): number {
  return partition.replicas.find(id => partition.isr.includes(id) && isActive(id)) ?? NO_LEADER
}

/**
 * The broker is fenced: it leaves the in-sync set, unless it is the last one in it, and leads no more. Undefined if nothing
 * changes. `isActive` already says no for it.
 */
export function withoutBroker(
  partition: PartitionRecord,
  brokerId: number,
  isActive: (brokerId: number) => boolean,
): PartitionRecord | undefined {
  if (!partition.isr.includes(brokerId) && partition.leader !== brokerId) return undefined
  const others = partition.isr.filter(id => id !== brokerId)
  const isr = others.length === 0 ? partition.isr : others
  const leader =
    partition.leader === brokerId || partition.leader === NO_LEADER
      ? electable({ ...partition, isr }, isActive)
      : partition.leader
  if (leader === partition.leader && isr.length === partition.isr.length) return undefined
  return changed(partition, { isr, leader })
}

/** A partition without a leader gets one, if an in-sync replica is active. */
export function withLeader(
  partition: PartitionRecord,
  isActive: (brokerId: number) => boolean,
): PartitionRecord | undefined {
  if (partition.leader !== NO_LEADER) return undefined
  const leader = electable(partition, isActive)
  return leader === NO_LEADER ? undefined : changed(partition, { isr: partition.isr, leader })
}

/** Leadership goes to the first replica, if it is in sync and active. */
export function withPreferredLeader(
  partition: PartitionRecord,
  isActive: (brokerId: number) => boolean,
): PartitionRecord | undefined {
  const [preferred] = partition.replicas
  if (preferred === undefined || partition.leader === preferred) return undefined
  if (!partition.isr.includes(preferred) || !isActive(preferred)) return undefined
  return changed(partition, { isr: partition.isr, leader: preferred })
}

/** The leader's own proposal. */
export function withIsr(partition: PartitionRecord, isr: readonly number[]): PartitionRecord {
  return changed(partition, { isr, leader: partition.leader })
}

function changed(
  partition: PartitionRecord,
  to: { readonly isr: readonly number[]; readonly leader: number },
): PartitionRecord {
  return {
    ...partition,
    ...to,
    leaderEpoch: to.leader === partition.leader ? partition.leaderEpoch : partition.leaderEpoch + 1,
    partitionEpoch: partition.partitionEpoch + 1,
  }
}
