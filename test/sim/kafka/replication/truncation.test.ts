import { expect, test } from 'vitest'
import { LeaderEpochs } from '../../../../sim/kafka/log/leader-epochs.ts'
import { divergence, truncationOffset } from '../../../../sim/kafka/replication/truncation.ts'

interface Side {
  readonly epochs: LeaderEpochs
  readonly endOffset: number
}

/** A log in short: the epoch of each of its records. */
function log(...epochsOfRecords: readonly number[]): Side {
  const epochs = new LeaderEpochs()
  for (const [offset, epoch] of epochsOfRecords.entries()) epochs.assign(epoch, offset)
  return { epochs, endOffset: epochsOfRecords.length }
}

/** Follower asks and truncates until the logs agree; answers where it ends then. */
function settle(leader: Side, follower: Side): number {
  const { epochs } = follower
  let { endOffset } = follower
  for (let round = 0; round < 10; round++) {
    const end = divergence(leader, { fetchOffset: endOffset, lastFetchedEpoch: epochs.latest })
    if (end === undefined) return endOffset
    endOffset = truncationOffset({ epochs, endOffset }, end)
    epochs.truncateTo(endOffset)
  }
  throw new Error('they never agree')
}

test.each([
  { leader: [0, 0, 0], follower: [0, 0], keeps: 2, why: 'a follower that is behind keeps all' },
  { leader: [0, 0, 1], follower: [0, 0, 0, 0], keeps: 2, why: 'what the old leader wrote alone goes' },
  { leader: [0, 0, 2, 2], follower: [0, 0, 1, 1], keeps: 2, why: 'an epoch that the leader does not know goes' },
  { leader: [0, 0, 1, 3], follower: [0, 0, 1, 2, 2], keeps: 3, why: 'back to the last common record' },
  { leader: [0, 3], follower: [0, 1, 2], keeps: 1, why: 'over several epochs' },
  { leader: [4, 4], follower: [1, 2], keeps: 0, why: 'nothing in common' },
  { leader: [0, 1, 2, 5], follower: [0, 3, 3, 4, 4], keeps: 1, why: 'a zombie that led twice, alone' },
  { leader: [0, 0], follower: [], keeps: 0, why: 'an empty log has nothing to lose' },
  { leader: [], follower: [0, 0], keeps: 0, why: 'a leader without a log is believed' },
])('$leader and $follower: $why', ({ leader, follower, keeps }) => {
  expect(settle(log(...leader), log(...follower))).toBe(keeps)
})
