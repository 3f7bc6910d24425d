// Randomness: each process has its own streams, by what they are for.

import crypto from 'node:crypto'
import { current } from '../current.ts'
import type { Entropy } from '../../../system/runtime/entropy.ts'
import { perProcess } from './owner.ts'
import { replace, route } from './replace.ts'
import { armImmediate } from './timers.ts'

const floats: () => Entropy = perProcess(({ entropy }) => entropy.fork('Math.random'))
const secrets: () => Entropy = perProcess(({ entropy }) => entropy.fork('crypto'))

type Done = (error: Error | null, value: unknown) => void

export function routeRandomness(): void {
  const { random } = Math
  replace(Math, 'random', () => (current.world === undefined ? random() : floats().float()))
  route(crypto, 'randomBytes', ([size, done]) => given(Buffer.from(secrets().bytes(size as number)), done))
  route(crypto, 'randomUUID', () => uuid())
  route(crypto, 'randomInt', args => randomInt(args))
  route(crypto, 'randomFillSync', ([into, offset, size]) => filled(into, offset, size))
  route(crypto, 'randomFill', args => {
    const done = args.pop()
    const [into, offset, size] = args
    return given(filled(into, offset, size), done)
  })
  const prototype = Object.getPrototypeOf(crypto.webcrypto) as object
  route(prototype, 'getRandomValues', ([into]) => filled(into))
  route(prototype, 'randomUUID', () => uuid())
}

function filled(into: unknown, offset: unknown = 0, size?: unknown): unknown {
  const view = into as ArrayBufferView | ArrayBuffer
  const whole = ArrayBuffer.isView(view)
    ? new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
    : new Uint8Array(view)
  // Counted in elements of what is filled.
  const width = ArrayBuffer.isView(view) && 'BYTES_PER_ELEMENT' in view ? (view.BYTES_PER_ELEMENT as number) : 1
  const from = (offset as number) * width
  const to = size === undefined ? whole.length : from + (size as number) * width
  if (!(from >= 0 && to >= from && to <= whole.length)) throw new RangeError(`out of range: ${from} to ${to}`)
  whole.set(secrets().bytes(to - from), from)
  return into
}

function uuid(): string {
  const bytes = Buffer.from(secrets().bytes(16))
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/** `([min,] max[, done])` */
function randomInt(args: unknown[]): unknown {
  const numbers = args.filter(arg => typeof arg === 'number')
  const [min, max] = numbers.length === 1 ? [0, numbers[0] as number] : (numbers as [number, number])
  if (!(Number.isSafeInteger(min) && Number.isSafeInteger(max) && max > min && max - min < 2 ** 48)) {
    throw new RangeError(`no range: ${min} to ${max}`)
  }
  const stream = secrets()
  const draw = stream.uint32() * 2 ** 20 + (stream.uint32() >>> 12)
  return given(min + Math.floor((draw / 2 ** 52) * (max - min)), args[numbers.length])
}

/** Through the callback, if there is one: never before the call has returned. */
function given(value: unknown, done: unknown): unknown {
  if (done === undefined) return value
  armImmediate(() => (done as Done)(null, value))
  return undefined
}
