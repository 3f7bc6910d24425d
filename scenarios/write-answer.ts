// What a client makes of the answer to a request with events: the fate of each.

import type { Fate, Reply, WriteItem } from './history.ts'
import type { HttpOutcome } from './http-client.ts'

export interface WriteAnswer {
  readonly reply: Reply
  /** One for each item, in their order. */
  readonly fates: readonly Fate[]
}

/** `items` as they were sent. A status that promises fates with a body that does not tell them leaves them unknown. */
export function writeAnswerOf(form: 'single' | 'bulk', items: readonly WriteItem[], outcome: HttpOutcome): WriteAnswer {
  const all = (reply: Reply, fate: Fate): WriteAnswer => ({ reply, fates: items.map(() => fate) })
  if (outcome.kind === 'not-sent') return all({ kind: 'not-sent', why: outcome.why }, FAILED)
  if (outcome.kind === 'unknown') return all({ kind: 'none', why: outcome.why }, UNKNOWN)
  const { status, body } = outcome.answer
  const said = parse(body)
  if (status === 200 && form === 'bulk') {
    const fates = bulkFates(items, said)
    if (fates !== undefined) return { reply: { kind: 'status', status }, fates }
  }
  if (status === 201 && form === 'single' && isObject(said) && said['created'] === true) {
    return all({ kind: 'status', status }, { kind: 'accepted' })
  }
  const reply = replyOf(status, said)
  if (reply.kind === 'status' && reply.code !== undefined) return all(reply, fateOf(status, reply.code))
  return all({ kind: 'strange', status, what: JSON.stringify(said)?.slice(0, 200) ?? 'no JSON' }, UNKNOWN)
}

/** Of an answer that is no success: its status with the code and the message of its body. */
export function replyOf(status: number, said: unknown): Reply {
  const { error_code: code, message } = isObject(said) ? said : {}
  if (typeof code !== 'string' || typeof message !== 'string') {
    return { kind: 'strange', status, what: JSON.stringify(said)?.slice(0, 200) ?? 'no JSON' }
  }
  return { kind: 'status', status, code, message }
}

/** Undefined: no JSON. */
export function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8')) as unknown
  } catch {
    return undefined
  }
}

const FAILED: Fate = { kind: 'failed' }
const UNKNOWN: Fate = { kind: 'unknown' }

/** The API says of 503 that nothing was stored, as of a request that came too slowly, and of every other 5xx nothing at all. */
function fateOf(status: number, code: string): Fate {
  if (status === 408) return FAILED
  if (status < 500) return { kind: 'refused', code }
  return status === 503 && code === 'ServiceUnavailableError' ? FAILED : UNKNOWN
}

function bulkFates(items: readonly WriteItem[], said: unknown): readonly Fate[] | undefined {
  if (!isObject(said)) return undefined
  const next = new Map<string, number>()
  const fates: Fate[] = []
  for (const { collection } of items) {
    const index = next.get(collection) ?? 0
    next.set(collection, index + 1)
    const results = Object.hasOwn(said, collection) ? said[collection] : undefined
    const fate = Array.isArray(results) ? bulkFate(results[index]) : undefined
    if (fate === undefined) return undefined
    fates.push(fate)
  }
  const isAll = [...next].every(([collection, count]) => (said[collection] as unknown[]).length === count)
  return isAll && Object.keys(said).length === next.size ? fates : undefined
}

function bulkFate(result: unknown): Fate | undefined {
  if (!isObject(result)) return undefined
  if (result['success'] === true) return { kind: 'accepted' }
  const { error } = result
  return isObject(error) && typeof error['name'] === 'string' ? { kind: 'refused', code: error['name'] } : undefined
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
