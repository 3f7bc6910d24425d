import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Trace } from '../../../sim/kernel/trace.ts'

function hashOf(note: (trace: Trace) => void): string {
  const trace = new Trace()
  note(trace)
  return trace.hash()
}

it('two different runs of bytes have different hashes, and the same have the same', () => {
  const bytes = fc.uint8Array({ maxLength: 40 })
  fc.assert(
    fc.property(bytes, bytes, (one, other) => {
      const [first, second] = [one, other].map(chunk => hashOf(trace => trace.noteBytes(chunk)))
      expect(first === second).toBe(Buffer.compare(one, other) === 0)
    }),
  )
})

it('every bit of every byte counts, and so does where the bytes were cut', () => {
  const hashes = new Set<string>()
  for (let index = 0; index < 13; index++) {
    for (let bit = 0; bit < 8; bit++) {
      const bytes = new Uint8Array(13)
      bytes[index] = 1 << bit
      hashes.add(hashOf(trace => trace.noteBytes(bytes)))
    }
  }
  for (let cut = 0; cut <= 13; cut++) {
    hashes.add(
      hashOf(trace => {
        trace.noteBytes(new Uint8Array(cut))
        trace.noteBytes(new Uint8Array(13 - cut))
      }),
    )
  }
  expect(hashes.size).toBe(13 * 8 + 14)
})

it('kind, host, time and number of an entry all count, far beyond 32 bits of time', () => {
  const entries: readonly Parameters<Trace['note']>[] = [
    [1, 1, 1, 1],
    [2, 1, 1, 1],
    [1, 2, 1, 1],
    [1, 1, 2, 1],
    [1, 1, 2 ** 32 + 1, 1],
    [1, 1, 2 ** 45 + 1, 1],
    [1, 1, 1, 2],
  ]
  expect(new Set(entries.map(entry => hashOf(trace => trace.note(...entry)))).size).toBe(entries.length)
})
