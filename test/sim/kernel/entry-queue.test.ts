import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Entry, EntryQueue } from '../../../sim/kernel/entry-queue.ts'

function entry(atMicros: number, sequence: number): Entry {
  return new Entry(atMicros, sequence, {
    kind: 'world',
    host: undefined,
    incarnation: 0,
    scope: undefined,
    fire: () => undefined,
  })
}

const steps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ push: fc.nat(20) }, { noNullPrototype: true }) },
    { weight: 2, arbitrary: fc.constant('pop' as const) },
    { weight: 1, arbitrary: fc.record({ removeAt: fc.nat(20) }, { noNullPrototype: true }) },
  ),
  { maxLength: 200 },
)

it('gives entries back in the order of their times and numbers, whatever was pushed, popped and removed between', () => {
  fc.assert(
    fc.property(steps, all => {
      const queue = new EntryQueue()
      let model: Entry[] = []
      let sequence = 0
      for (const step of all) {
        if (step === 'pop') {
          model.sort((a, b) => a.atMicros - b.atMicros || a.sequence - b.sequence)
          expect(queue.pop()).toBe(model.shift())
        } else if ('push' in step) {
          const pushed = entry(step.push, sequence++)
          queue.push(pushed)
          model.push(pushed)
        } else {
          const kept = model.filter(({ atMicros }) => atMicros !== step.removeAt)
          expect(queue.removeWhere(({ atMicros }) => atMicros === step.removeAt)).toBe(model.length - kept.length)
          model = kept
        }
        expect(queue.length).toBe(model.length)
      }
    }),
  )
})
