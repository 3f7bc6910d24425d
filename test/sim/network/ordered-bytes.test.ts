import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Connection, ConnectionEvents } from '../../../system/runtime/network.ts'
import type { Runtime } from '../../../system/runtime/runtime.ts'
import { PORT, stage } from './stage.ts'

/** What one side does: writes chunks of these lengths with these waits, obeys or ignores back-pressure, reads with pauses. */
interface Side {
  readonly chunks: readonly { readonly length: number; readonly waitMs: number }[]
  readonly isPatient: boolean
  readonly pausesMs: readonly number[]
}

const anySide: fc.Arbitrary<Side> = fc.record({
  chunks: fc.array(
    fc.record({
      length: fc.oneof(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 300_000 })),
      waitMs: fc.oneof(fc.constant(0), fc.nat(30)),
    }),
    { maxLength: 8 },
  ),
  isPatient: fc.boolean(),
  pausesMs: fc.array(fc.nat(400), { maxLength: 4 }),
})

/** The byte at a position of a side's stream: what is lost, doubled or swapped shows. */
function byteAt(position: number): number {
  return (position ^ (position >>> 8) ^ (position >>> 16)) & 255
}

/** Plays the side on its connection; the answer counts what it has read, and knows the first byte that is wrong. */
function playSide(side: Side, connection: Connection, { clock }: Runtime): Reading {
  const reading: Reading = { bytes: 0, ends: 0, closes: [], firstWrong: undefined }
  const pauses = [...side.pausesMs]
  let drained: () => void = () => undefined
  const events: ConnectionEvents = {
    onData(chunk) {
      for (const byte of chunk) if (byte !== byteAt(reading.bytes++)) reading.firstWrong ??= reading.bytes - 1
      const pauseMs = pauses.shift()
      if (pauseMs === undefined) return
      connection.pause()
      clock.setTimer(pauseMs, () => connection.resume())
    },
    onEnd: () => void reading.ends++,
    onDrain: () => drained(),
    onClose: error => void reading.closes.push(error?.code ?? 'clean'),
  }
  connection.handle(events)
  const write = async (): Promise<void> => {
    let position = 0
    for (const { length, waitMs } of side.chunks) {
      if (waitMs > 0) await clock.sleep(waitMs)
      const from = position
      const isRoom = connection.write(Uint8Array.from({ length }, (_, index) => byteAt(from + index)))
      position += length
      if (!isRoom && side.isPatient) await new Promise<void>(resolve => (drained = resolve))
    }
    connection.end()
  }
  void write()
  return reading
}

interface Reading {
  bytes: number
  ends: number
  readonly closes: string[]
  firstWrong: number | undefined
}

test('bytes arrive in order, once, whatever chunks, pauses, delays and losses', async () => {
  await fc.assert(
    fc.asyncProperty(
      anySide,
      anySide,
      fc.record({
        seed: fc.nat(1e6).map(String),
        loss: fc.constantFrom(0, 0, 0.1, 0.4),
        maxMs: fc.constantFrom(1, 50),
      }),
      async (nearSide, farSide, { seed, loss, maxMs }) => {
        const latency = { minMicros: 100, maxMicros: maxMs * 1000, tailShare: 0.05, tailFactor: 20 }
        const scene = stage({ seed, fabric: { latency } })
        const { rules } = scene.simulation.fabric
        // Who cannot connect has nothing to say: the handshake gets through.
        if (loss > 0) {
          rules.add('lossy', segment =>
            !segment.kind.startsWith('syn') && segment.draw('loss') < loss ? { kind: 'drop' } : { kind: 'pass' },
          )
        }
        const readings: Reading[] = []
        scene.far.start(async ({ runtime }) => {
          await runtime.network.listen({ port: PORT }, connection => {
            readings.push(playSide(farSide, connection, runtime))
          })
        })
        scene.nearDoes(async runtime => {
          await runtime.clock.sleep(1)
          const connection = await runtime.network.connect({ host: '10.0.0.2', port: PORT })
          readings.unshift(playSide(nearSide, connection, runtime))
        })
        await scene.play()
        expect(scene.seen).toEqual([])
        const sum = (side: Side): number => side.chunks.reduce((total, { length }) => total + length, 0)
        const clean = { ends: 1, closes: ['clean'], firstWrong: undefined }
        expect(readings).toEqual([
          { bytes: sum(farSide), ...clean },
          { bytes: sum(nearSide), ...clean },
        ])
        for (const host of [scene.near, scene.far]) expect(scene.simulation.fabric.connectionsOf(host)).toBe(0)
      },
    ),
    { seed: 1, numRuns: 40 },
  )
})
