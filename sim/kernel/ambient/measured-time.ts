// Time that is measured rather than told: monotonic, from the start of the process.

import os from 'node:os'
import { performance } from 'node:perf_hooks'
import { current } from '../current.ts'
import { uptimeMicros } from './owner.ts'
import { dressed, replace, route, routeGetter } from './replace.ts'
import type { AnyFunction } from './replace.ts'
import { trap } from './trap.ts'

export function routeMeasuredTime(): void {
  routeHrtime()
  route(process, 'uptime', () => micros() / 1e6)
  route(os, 'uptime', () => Math.floor(BOOTED_BEFORE_SECONDS + (current.world?.nowMicros ?? 0) / 1e6))
  const prototype = Object.getPrototypeOf(performance) as object
  replaceNow(prototype)
  routeGetter(prototype, 'timeOrigin', () => Date.now() - micros() / 1000)
  for (const name of [
    'mark',
    'measure',
    'markResourceTiming',
    'timerify',
    'eventLoopUtilization',
    'getEntries',
    'toJSON',
  ]) {
    trap(prototype, name, `performance.${name}`, 'it would answer with real time')
  }
  routeGetter(Event.prototype, 'timeStamp', () => micros() / 1000)
}

const BOOTED_BEFORE_SECONDS = 86_400

function micros(): number {
  const { world } = current
  return world === undefined ? 0 : uptimeMicros(world)
}

function replaceNow(prototype: object): void {
  const real = performance.now.bind(performance)
  replace(prototype, 'now', () => (current.world === undefined ? real() : micros() / 1000))
}

/** Counted from the world's beginning: a number without a meaning of its own, as the real one is. */
function routeHrtime(): void {
  const real = process.hrtime
  const bigint = real.bigint
  const hrtime = (since?: [number, number]): [number, number] => {
    const { world } = current
    if (world === undefined) return real(since)
    const seconds = Math.floor(world.nowMicros / 1e6)
    const nanos = (world.nowMicros % 1e6) * 1000
    if (since === undefined) return [seconds, nanos]
    const borrow = nanos < since[1] ? 1 : 0
    return [seconds - since[0] - borrow, nanos - since[1] + borrow * 1e9]
  }
  const routed = dressed(hrtime as unknown as AnyFunction, real as unknown as AnyFunction)
  replace(routed, 'bigint', () => (current.world === undefined ? bigint() : BigInt(current.world.nowMicros) * 1000n))
  replace(process, 'hrtime', routed)
}
