import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FrameSplitter } from '../../../../sim/kafka/wire/frames.ts'
import { MalformedRequest } from '../../../../sim/kafka/wire/malformed-request.ts'
import { WireReader } from '../../../../sim/kafka/wire/wire-reader.ts'
import { WireWriter } from '../../../../sim/kafka/wire/wire-writer.ts'

const SEED = 20260101

test('what was written is read again', () => {
  const values = fc.record(
    {
      i8: fc.integer({ min: -128, max: 127 }),
      i16: fc.integer({ min: -32_768, max: 32_767 }),
      i32: fc.integer(),
      i64: fc.maxSafeInteger(),
      string: fc.string({ unit: 'grapheme' }),
      bytes: fc.uint8Array().map(bytes => Buffer.from(bytes)),
      numbers: fc.array(fc.integer()),
    },
    { noNullPrototype: true },
  )
  const property = fc.property(values, each => {
    const writer = new WireWriter(8).i8(each.i8).i16(each.i16).i32(each.i32).i64(each.i64).string(each.string)
    writer
      .bytes(each.bytes)
      .array(each.numbers, (w, n) => void w.i32(n))
      .nullableString(null)
      .nullableBytes(null)
    const reader = new WireReader(writer.finish())
    const read = {
      i8: reader.i8(),
      i16: reader.i16(),
      i32: reader.i32(),
      i64: reader.i64(),
      string: reader.string(),
      bytes: reader.bytes(),
      numbers: reader.array(r => r.i32()),
    }
    expect(read).toEqual(each)
    expect([reader.nullableString(), reader.nullableBytes(), reader.remaining]).toEqual([null, null, 0])
  })
  fc.assert(property, { seed: SEED })
})

test.each([
  { claims: 'a string longer than the rest', bytes: [0, 5, 65], read: (r: WireReader) => r.string() },
  { claims: 'a string of a negative length', bytes: [0xff, 0xfe], read: (r: WireReader) => r.string() },
  { claims: 'a null where none may be', bytes: [0xff, 0xff], read: (r: WireReader) => r.string() },
  {
    claims: 'a billion elements',
    bytes: [0x3b, 0x9a, 0xca, 0, 1],
    read: (r: WireReader) => r.array(each => each.i8()),
  },
  { claims: 'bytes of a negative length', bytes: [0xff, 0xff, 0xff, 0xf0], read: (r: WireReader) => r.bytes() },
  { claims: 'nothing at all', bytes: [], read: (r: WireReader) => r.i64() },
])('bytes that claim $claims are refused', ({ bytes, read }) => {
  expect(() => read(new WireReader(Buffer.from(bytes)))).toThrow(MalformedRequest)
})

test('frames are the same, wherever the stream is cut', () => {
  const bodies = fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 10 })
  const property = fc.property(bodies, fc.integer({ min: 1, max: 20 }), (frames, step) => {
    const stream = Buffer.concat(frames.flatMap(body => [lengthOf(body.length), Buffer.from(body)]))
    const splitter = new FrameSplitter(1_000)
    const found: Buffer[] = []
    for (let at = 0; at < stream.length; at += step) found.push(...splitter.push(stream.subarray(at, at + step)))
    expect(found.map(frame => [...frame])).toEqual(frames.map(body => [...body]))
  })
  fc.assert(property, { seed: SEED })
})

test('a frame over the limit, or of a negative length, is refused before it has come', () => {
  expect(() => new FrameSplitter(1_000).push(lengthOf(1_001))).toThrow(MalformedRequest)
  expect(() => new FrameSplitter(1_000).push(lengthOf(-1))).toThrow(MalformedRequest)
})

function lengthOf(length: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(length)
  return bytes
}
