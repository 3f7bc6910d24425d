// Random streams that are keyed, not drawn in order: a stream is a function of the seed and of what it is for.

import seedrandom from 'seedrandom'
import type { Entropy } from '../../system/runtime/entropy.ts'

/** The stream of `seed`. Forking costs nothing until the fork is drawn from. */
export function keyedEntropy(seed: string): Entropy {
  let stream: seedrandom.PRNG | undefined
  const next = (): seedrandom.PRNG => (stream ??= seedrandom.alea(seed))
  const uint32 = (): number => next().int32() >>> 0
  return {
    fork: label => keyedEntropy(`${seed}/${label.length}:${label}`),
    float: () => next()(),
    uint32,
    below(bound) {
      if (!Number.isInteger(bound) || bound < 1 || bound > 2 ** 32) throw new RangeError(`no bound: ${bound}`)
      return Math.floor(next()() * bound)
    },
    bytes(length) {
      const bytes = new Uint8Array(length)
      for (let index = 0; index < length; index++) bytes[index] = uint32() >>> 24
      return bytes
    },
  }
}
