// The object `keen` at the top of an event. Only there is the name special; deeper it is ordinary data.

import type { EpochMs } from '../runtime/clock.ts'
import type { Refusal, RefusalName } from './refusal.ts'
import { parseTimestamp } from './timestamp.ts'

export type KeenVerdict =
  | { readonly kind: 'keen'; readonly timestamp: EpochMs | undefined }
  | { readonly kind: 'refused'; readonly refusal: Refusal }

/**
 * Takes `timestamp` and `location`. `id` and `created_at` are the server's; an unknown key is refused. `addons` and
 * `uniqueness_token` ask for work that is not done here: an event that asks is refused, as the client would otherwise
 * believe that its event was enriched, or protected against being stored twice. An empty list of add-ons asks for nothing.
 */
export function validateKeen(keen: unknown): KeenVerdict {
  if (typeof keen !== 'object' || keen === null || Array.isArray(keen)) {
    return refused('InvalidKeenNamespacePropertyError', 'The property keen must be an object.')
  }
  let timestamp: EpochMs | undefined
  for (const [key, value] of Object.entries(keen) as [string, unknown][]) {
    if (key === 'timestamp') {
      timestamp = typeof value === 'string' ? parseTimestamp(value) : undefined
      if (timestamp === undefined) {
        return refused('InvalidPropertyValueError', 'The property keen.timestamp must be a date and time in ISO 8601.')
      }
    } else if (key === 'location') {
      const refusal = refuseLocation(value)
      if (refusal !== undefined) return { kind: 'refused', refusal }
    } else if (!(key === 'addons' && Array.isArray(value) && value.length === 0)) {
      return refused('InvalidKeenNamespacePropertyError', WHY_NOT.get(key) ?? unknownKey(key))
    }
  }
  return { kind: 'keen', timestamp }
}

function refuseLocation(location: unknown): Refusal | undefined {
  const name = 'InvalidPropertyValueError'
  if (typeof location !== 'object' || location === null || Array.isArray(location)) {
    return { name, description: 'The property keen.location must be an object with coordinates.' }
  }
  const coordinates = (location as Record<string, unknown>)['coordinates']
  if (coordinates === undefined) return undefined
  const isPair = Array.isArray(coordinates) && coordinates.length === 2 && coordinates.every(isNumber)
  if (isPair) return undefined
  return { name, description: 'The property keen.location.coordinates must be [longitude, latitude], two numbers.' }
}

const WHY_NOT: ReadonlyMap<string, string> = new Map([
  ['id', 'The property keen.id is set by the server and cannot be sent.'],
  ['created_at', 'The property keen.created_at is set by the server and cannot be sent.'],
  ['addons', 'The property keen.addons is not supported: no enrichment is installed, and the event was not stored.'],
  [
    'uniqueness_token',
    'The property keen.uniqueness_token is not supported: repeats are not recognised, and the event was not stored.',
  ],
])

function unknownKey(key: string): string {
  return `The property keen.${key.slice(0, KEY_LENGTH_SHOWN)} is not one that a client may send.`
}

const KEY_LENGTH_SHOWN = 256

function isNumber(value: unknown): boolean {
  return typeof value === 'number'
}

function refused(name: RefusalName, description: string): KeenVerdict {
  return { kind: 'refused', refusal: { name, description } }
}
