// Where a follower's log parts from its leader's, and how far the follower must go back.

import type { EpochEnd, LeaderEpochs } from '../log/leader-epochs.ts'
import { NO_EPOCH } from '../log/leader-epochs.ts'

/**
 * Leader's side: the follower says that its log ends at `fetchOffset` with a batch of `lastFetchedEpoch`. Undefined if the
 * leader's log agrees; otherwise the largest epoch that both may know, and where it ends here.
 */
export function divergence(
  leader: { readonly epochs: LeaderEpochs; readonly endOffset: number },
  follower: { readonly fetchOffset: number; readonly lastFetchedEpoch: number },
): EpochEnd | undefined {
  if (follower.lastFetchedEpoch === NO_EPOCH) return undefined
  const end = leader.epochs.endOf(follower.lastFetchedEpoch, leader.endOffset)
  if (end === undefined) return { epoch: NO_EPOCH, endOffset: 0 }
  const agrees = end.epoch === follower.lastFetchedEpoch && end.endOffset >= follower.fetchOffset
  return agrees ? undefined : end
}

/**
 * Follower's side: where its log must end. If it does not know the epoch that the leader names, it goes back to the end of
 * the last one below, and asks again.
 */
export function truncationOffset(
  follower: { readonly epochs: LeaderEpochs; readonly endOffset: number },
  leaderEnd: EpochEnd,
): number {
  if (leaderEnd.epoch === NO_EPOCH) return Math.min(leaderEnd.endOffset, follower.endOffset)
  const own = follower.epochs.endOf(leaderEnd.epoch, follower.endOffset)
  if (own === undefined) return Math.min(leaderEnd.endOffset, follower.endOffset)
  if (own.epoch !== leaderEnd.epoch) return Math.min(own.endOffset, follower.endOffset)
  return Math.min(own.endOffset, leaderEnd.endOffset, follower.endOffset)
}
