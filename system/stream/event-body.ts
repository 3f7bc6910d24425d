// The body of a recorded event: parsed, and without what the server itself says about the event.

import { bufferOf } from '../store/bytes.ts'

/** This event cannot be stored; its record goes on without it. */
export class PoisonError extends Error {
  override readonly name = 'PoisonError'
}

/** The write hosts accept only what passes here; what does not was damaged, or written by something else. Throws PoisonError. */
export function parseEventBody(body: Uint8Array): Readonly<Record<string, unknown>> {
  const event = parse(body)
  if (!isObject(event)) throw new PoisonError('the body is no JSON object')
  if (!isWithinDepth(event, EVENT_DEPTH_MAX)) throw new PoisonError(`the body is nested deeper than ${EVENT_DEPTH_MAX}`)
  if (!Object.hasOwn(event, 'keen')) return event
  const keen = event['keen']
  if (!isObject(keen)) throw new PoisonError('the property keen is no object')
  const kept = Object.entries(keen).filter(([key]) => !SERVER_PROPERTIES.includes(key))
  // Another member of the same name keeps its place; one that is empty now is gone.
  const entries = Object.entries(event)
  return Object.fromEntries(
    kept.length === 0
      ? entries.filter(([key]) => key !== 'keen')
      : entries.map(([key, value]) => (key === 'keen' ? [key, Object.fromEntries(kept)] : [key, value])),
  )
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bufferOf(body)))
  } catch (error) {
    throw new PoisonError(`the body is no JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function isWithinDepth(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (depth === 0) return false
  const members: readonly unknown[] = Array.isArray(value) ? value : Object.values(value)
  return members.every(member => isWithinDepth(member, depth - 1))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Set by the server from the record, or asked of it and not part of the event. */
const SERVER_PROPERTIES: readonly string[] = ['timestamp', 'created_at', 'id', 'addons', 'uniqueness_token']

/** What a configuration can allow at most; beyond it, walking an event could exhaust the stack. */
const EVENT_DEPTH_MAX = 1_000
