// Frames and messages come in chunks that are cut anywhere.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MessageReader, encodeMessage, greeting } from '../../../sim/cassandra/messaging/message-codec.ts'
import { FrameReader } from '../../../sim/cassandra/native/frame-reader.ts'
import { FRAME_BYTES_MAX } from '../../../sim/cassandra/native/protocol.ts'
import { decodePageState, encodePageState } from '../../../sim/cassandra/read/page-state.ts'
import type { PageState } from '../../../sim/cassandra/read/page-state.ts'
import { frame } from './frames.ts'

const bodies = fc.array(fc.uint8Array({ maxLength: 30 }), { minLength: 1, maxLength: 5 })
const cuts = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 })

function* chunksOf(bytes: Buffer, lengths: readonly number[]): Generator<Buffer> {
  for (let at = 0, index = 0; at < bytes.length; index++) {
    const length = lengths[index % lengths.length] ?? 1
    yield bytes.subarray(at, at + length)
    at += length
  }
}

test('frames are what was sent, wherever the chunks are cut', () => {
  fc.assert(
    fc.property(bodies, cuts, (sent, lengths) => {
      const bytes = Buffer.concat(sent.map((body, index) => frame({ opcode: 7, stream: index }, body)))
      const reader = new FrameReader()
      const received: unknown[] = []
      for (const chunk of chunksOf(bytes, lengths)) {
        reader.add(chunk)
        for (let next = reader.next(); next !== undefined; next = reader.next()) received.push(next)
      }
      expect(received).toEqual(sent.map((body, stream) => ({ opcode: 7, flags: 0, stream, body: Buffer.from(body) })))
    }),
    { seed: 21 },
  )
})

test('a frame that is too large is left out, and the next one is found', () => {
  const reader = new FrameReader()
  const head = frame({ opcode: 7, stream: 5 })
  head.writeInt32BE(FRAME_BYTES_MAX + 10, 5)
  reader.add(Buffer.concat([head, Buffer.alloc(100)]))
  expect(reader.next()).toMatchObject({ stream: 5, error: { name: 'RequestError' } })
  reader.add(Buffer.alloc(FRAME_BYTES_MAX + 10 - 100 - 1))
  expect(reader.next()).toBeUndefined()
  reader.add(Buffer.concat([Buffer.alloc(1), frame({ opcode: 5, stream: 6 })]))
  expect(reader.next()).toMatchObject({ stream: 6, opcode: 5 })
})

test('messages are what was sent, wherever the chunks are cut; who does not greet is no node', () => {
  fc.assert(
    fc.property(bodies, cuts, (sent, lengths) => {
      const messages = sent.map((body, id) => encodeMessage({ verb: 3, id }, writer => writer.raw(body)))
      const reader = new MessageReader({ isGreeted: false })
      const received: unknown[] = []
      for (const chunk of chunksOf(Buffer.concat([greeting(), ...messages]), lengths)) {
        reader.add(chunk)
        for (let next = reader.next(); next !== undefined; next = reader.next()) received.push(next)
      }
      expect(received).toEqual(sent.map((body, id) => ({ verb: 3, id, body: Buffer.from(body) })))
    }),
    { seed: 22 },
  )
  const reader = new MessageReader({ isGreeted: false })
  reader.add(Buffer.from('GET / HTTP/1.1'))
  expect(() => reader.next()).toThrow('not a node')
})

test('a page state is what it was made of, and nothing else is one', () => {
  const key = fc.uint8Array({ maxLength: 20 }).map(bytes => Buffer.from(bytes))
  const place = fc.uint8Array({ maxLength: 20 }).map(bytes => Buffer.from(bytes).toString('latin1'))
  const position = fc.oneof(
    fc.tuple(key, place).map(([of, at]) => ({ kind: 'row', key: of, place: at }) as const),
    key.map(of => ({ kind: 'partition', key: of }) as const),
    fc
      .uint8Array({ minLength: 8, maxLength: 8 })
      .map(bytes => ({ kind: 'token', token: Buffer.from(bytes).toString('latin1') }) as const),
  )
  const remaining = fc.oneof(fc.nat({ max: 2 ** 31 }), fc.constant(Infinity))
  fc.assert(
    fc.property(position, remaining, fc.uint8Array({ maxLength: 30 }), (at, left, noise) => {
      const state: PageState = { position: at, remaining: left }
      const bytes = encodePageState(state)
      expect(decodePageState(bytes)).toEqual(state)
      expect(() => decodePageState(Buffer.concat([bytes, Buffer.from([1])]))).toThrow(
        'Invalid value for the paging state',
      )
      try {
        decodePageState(noise)
      } catch (error) {
        expect(error).toMatchObject({ name: 'RequestError', body: { kind: 'protocol-error' } })
      }
    }),
    { seed: 23 },
  )
})
