// Dates: the wall clock of the host, right or wrong.

import { current } from '../current.ts'
import { wallMs } from './owner.ts'
import { dressed, replace, route } from './replace.ts'
import type { AnyFunction } from './replace.ts'

export function routeDates(): void {
  const RealDate = Date
  const { now } = RealDate
  const date = function (this: unknown, ...args: unknown[]): unknown {
    const { world } = current
    const from = world !== undefined && args.length === 0 ? [wallMs(world)] : args
    if (new.target !== undefined) return Reflect.construct(RealDate, from, new.target) as unknown
    return new RealDate(world === undefined ? now() : wallMs(world)).toString()
  }
  const RoutedDate = dressed(date, RealDate as unknown as AnyFunction)
  replace(RoutedDate, 'now', () => (current.world === undefined ? now() : wallMs(current.world)))
  // One prototype, so that a date is a Date whoever made it.
  replace(RealDate.prototype, 'constructor', RoutedDate)
  replace(globalThis, 'Date', RoutedDate)
  routeFormats()
  routeTemporal()
}

/** A format without a date means now. */
function routeFormats(): void {
  const { prototype } = Intl.DateTimeFormat
  const { formatToParts } = prototype
  const format = Object.getOwnPropertyDescriptor(prototype, 'format')
  if (format?.get === undefined) throw new Error('nothing to replace: Intl.DateTimeFormat.prototype.format')
  const { get } = format
  Object.defineProperty(prototype, 'format', {
    ...format,
    get(this: Intl.DateTimeFormat) {
      const real = get.call(this) as (date?: Date | number) => string
      return current.world === undefined ? real : (date?: Date | number) => real(date ?? Date.now())
    },
  })
  route(prototype, 'formatToParts', ([date], self) =>
    formatToParts.call(self as Intl.DateTimeFormat, (date as Date | number | undefined) ?? Date.now()),
  )
}

/** As much of it as the present needs; TypeScript 6 does not know it. */
interface Temporal {
  readonly Instant: { fromEpochMilliseconds(ms: number): Instant }
  readonly Now: object
}

interface Instant {
  toZonedDateTimeISO(zone: unknown): { toPlainDateTime(): unknown; toPlainDate(): unknown; toPlainTime(): unknown }
}

function routeTemporal(): void {
  const temporal = (globalThis as { Temporal?: Temporal }).Temporal
  if (temporal === undefined) return
  const { Instant, Now } = temporal
  const here = ([zone]: unknown[]): ReturnType<Instant['toZonedDateTimeISO']> =>
    Instant.fromEpochMilliseconds(Date.now()).toZonedDateTimeISO(zone ?? 'UTC')
  route(Now, 'instant', () => Instant.fromEpochMilliseconds(Date.now()))
  route(Now, 'timeZoneId', () => 'UTC')
  route(Now, 'zonedDateTimeISO', here)
  route(Now, 'plainDateTimeISO', args => here(args).toPlainDateTime())
  route(Now, 'plainDateISO', args => here(args).toPlainDate())
  route(Now, 'plainTimeISO', args => here(args).toPlainTime())
}
