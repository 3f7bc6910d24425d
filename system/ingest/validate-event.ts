// Whether a parsed JSON value is an event, and when it happened.

import type { EpochMs } from '../runtime/clock.ts'
import { validateKeen } from './keen-namespace.ts'
import { refusePropertyName } from './names.ts'
import type { Refusal } from './refusal.ts'

export type EventVerdict =
  | { readonly kind: 'event'; readonly timestamp: EpochMs | undefined }
  | { readonly kind: 'refused'; readonly refusal: Refusal }

/** `timestamp` is keen.timestamp, undefined when the client sent none. The depth was checked before: it recurses. */
export function validateEvent(value: unknown): EventVerdict {
  if (!isObject(value)) return refused({ name: 'InvalidEventError', description: 'An event must be a JSON object.' })
  const refusal = refuseObject(value)
  if (refusal !== undefined) return refused(refusal)
  if (!Object.hasOwn(value, 'keen')) return { kind: 'event', timestamp: undefined }
  const keen = validateKeen(value['keen'])
  return keen.kind === 'refused' ? keen : { kind: 'event', timestamp: keen.timestamp }
}

function refuseValue(value: unknown): Refusal | undefined {
  if (typeof value === 'string') return refuseString(value)
  if (typeof value === 'number') return refuseNumber(value)
  if (Array.isArray(value)) {
    for (const item of value as unknown[]) {
      const refusal = refuseValue(item)
      if (refusal !== undefined) return refusal
    }
    return undefined
  }
  return isObject(value) ? refuseObject(value) : undefined
}

function refuseObject(value: Record<string, unknown>): Refusal | undefined {
  for (const key of Object.keys(value)) {
    const refusal = refusePropertyName(key) ?? refuseValue(value[key])
    if (refusal !== undefined) return refusal
  }
  return undefined
}

function refuseString(value: string): Refusal | undefined {
  if (value.length < STRING_LENGTH_LIMIT) return undefined
  const description = `A string value must be shorter than ${STRING_LENGTH_LIMIT} characters; this one has ${value.length}.`
  return { name: 'InvalidPropertyValueError', description }
}

/** A number of JSON is a double here, and the double that 2^63 − 1 becomes is 2^63. */
function refuseNumber(value: number): Refusal | undefined {
  if (value >= -NUMBER_MAX && value <= NUMBER_MAX) return undefined
  return { name: 'InvalidPropertyValueError', description: `A number must lie between -2^63 and 2^63 - 1: ${value}` }
}

const STRING_LENGTH_LIMIT = 10_000
const NUMBER_MAX = 2 ** 63

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function refused(refusal: Refusal): EventVerdict {
  return { kind: 'refused', refusal }
}
