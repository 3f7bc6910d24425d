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

/**
 * A 32-bit key for `hashDraw`, from a seed and what it is for.
 * FNV-1a, then the finaliser of MurmurHash3, as near labels would else give near keys.
 */
export function drawKey(label: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < label.length; index++) hash = Math.imul(hash ^ label.charCodeAt(index), 0x01000193)
  return scrambled(hash)
}

/** A draw for one of many: uniform in [0, 2^32), a function of the key and the counter alone, in a few nanoseconds. */
export function hashDraw(key: number, counter: number): number {
  return scrambled(Math.imul(scrambled(key + Math.imul(counter, 0x9e3779b1)), 0x85ebca6b) ^ key)
}

function scrambled(word: number): number {
  let mixed = word
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
