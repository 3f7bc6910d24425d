// Node's timers in virtual time: each is an entry of the process that armed it, in the asynchronous scope in which it did.

import { AsyncResource } from 'node:async_hooks'
import timers from 'node:timers'
import { current } from '../current.ts'
import type { Entry } from '../entry-queue.ts'
import { timerMicros } from '../host-clock.ts'
import type { Host } from '../host.ts'
import type { World } from '../world.ts'
import { perProcess } from './owner.ts'
import { dressed, replace } from './replace.ts'
import type { AnyFunction } from './replace.ts'

type Callback = (this: unknown, ...args: unknown[]) => void

/** What `setTimeout`, `setInterval` and `setImmediate` give out inside a run. */
export class SimulatedTimer {
  readonly #world: World
  readonly #host: Host | undefined = current.host
  readonly #incarnation: number = current.incarnation
  readonly #scope: AsyncResource
  readonly #kind: 'timer' | 'immediate'
  readonly #delayMicros: number
  readonly #repeats: boolean
  #fire: () => void
  #entry: Entry | undefined
  #isCleared = false
  #isRef = true

  constructor(
    world: World,
    options: { readonly kind: 'timer' | 'immediate'; readonly delayMicros: number; readonly repeats: boolean },
    callback: Callback,
    args: unknown[],
  ) {
    this.#world = world
    this.#kind = options.kind
    this.#delayMicros = options.delayMicros
    this.#repeats = options.repeats
    this.#scope = new AsyncResource(options.kind === 'timer' ? 'Timeout' : 'Immediate', { requireManualDestroy: true })
    this.#fire = () => {
      const entry = this.#entry
      callback.apply(this, args)
      if (this.#repeats && this.#entry === entry && !this.#isCleared) this.#arm()
    }
    this.#arm()
  }

  /** Starts it again, also from within its own callback; not once it is cleared. */
  refresh(): this {
    if (this.#isCleared) return this
    this.#entry?.cancel()
    this.#arm()
    return this
  }

  close(): this {
    this.#isCleared = true
    this.#entry?.cancel()
    this.#entry = undefined
    return this
  }

  /** A world does not end while it has entries: whether a timer would keep a process alive changes nothing. */
  ref(): this {
    this.#isRef = true
    return this
  }

  unref(): this {
    this.#isRef = false
    return this
  }

  hasRef(): boolean {
    return this.#isRef
  }

  [Symbol.dispose](): void {
    this.close()
  }

  [Symbol.toPrimitive](): number {
    return numbers().of(this)
  }

  #arm(): void {
    this.#entry = this.#world.arm(this.#delayMicros, {
      host: this.#host,
      incarnation: this.#incarnation,
      kind: this.#kind,
      scope: this.#scope,
      fire: this.#fire,
    })
  }
}

/** Timers that were turned into numbers, as the web has them, by these. */
class TimerNumbers {
  readonly #timers = new Map<number, SimulatedTimer>()
  readonly #numbers = new Map<SimulatedTimer, number>()

  of(timer: SimulatedTimer): number {
    const number = this.#numbers.get(timer) ?? this.#numbers.size + 1
    this.#numbers.set(timer, number)
    this.#timers.set(number, timer)
    return number
  }

  timer(number: unknown): SimulatedTimer | undefined {
    return this.#timers.get(Number(number))
  }
}

const numbers: () => TimerNumbers = perProcess(() => new TimerNumbers())

export function armTimeout(delayMs: unknown, callback: Callback, args: unknown[] = [], repeats = false): unknown {
  const { world } = current
  if (world === undefined) throw new Error('no world is running')
  return new SimulatedTimer(
    world,
    { kind: 'timer', delayMicros: timerMicros(Number(delayMs)), repeats },
    checked(callback),
    args,
  )
}

export function armImmediate(callback: Callback, args: unknown[] = []): unknown {
  const { world } = current
  if (world === undefined) throw new Error('no world is running')
  return new SimulatedTimer(world, { kind: 'immediate', delayMicros: 0, repeats: false }, checked(callback), args)
}

export function routeTimers(): void {
  const real = {
    setTimeout: globalThis.setTimeout as unknown as AnyFunction,
    setInterval: globalThis.setInterval as unknown as AnyFunction,
    setImmediate: globalThis.setImmediate as unknown as AnyFunction,
  }
  const routed = {
    setTimeout(callback: Callback, delayMs: unknown, ...args: unknown[]): unknown {
      return current.world === undefined
        ? real.setTimeout(callback, delayMs, ...args)
        : armTimeout(delayMs, callback, args)
    },
    setInterval(callback: Callback, delayMs: unknown, ...args: unknown[]): unknown {
      return current.world === undefined
        ? real.setInterval(callback, delayMs, ...args)
        : armTimeout(delayMs, callback, args, true)
    },
    setImmediate(callback: Callback, ...args: unknown[]): unknown {
      return current.world === undefined ? real.setImmediate(callback, ...args) : armImmediate(callback, args)
    },
  }
  for (const name of ['setTimeout', 'setInterval', 'setImmediate'] as const) {
    install(name, dressed(routed[name] as AnyFunction, real[name]))
  }
  for (const name of ['clearTimeout', 'clearInterval', 'clearImmediate'] as const) {
    const clear = globalThis[name] as unknown as AnyFunction
    install(
      name,
      dressed(timer => clearTimer(timer, clear), clear),
    )
  }
}

function clearTimer(timer: unknown, clear: AnyFunction): void {
  if (timer instanceof SimulatedTimer) timer.close()
  else if (current.world !== undefined && (typeof timer === 'number' || typeof timer === 'string')) {
    numbers().timer(timer)?.close()
  } else clear(timer)
}

function install(name: keyof typeof timers & keyof typeof globalThis, value: AnyFunction): void {
  replace(globalThis, name, value)
  replace(timers, name, value)
}

function checked(callback: Callback): Callback {
  if (typeof callback === 'function') return callback
  throw Object.assign(new TypeError('The "callback" argument must be of type function.'), {
    code: 'ERR_INVALID_ARG_TYPE',
  })
}
