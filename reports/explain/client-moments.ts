// What clients did with an event and what they saw of it.

import { formatAttempt } from '../../scenarios/history.ts'
import type { Fate, QueryOperation, Reply, WriteOperation } from '../../scenarios/history.ts'
import type { History } from '../../scenarios/history.ts'
import type { Query } from '../../scenarios/query.ts'
import type { Moment } from './moment.ts'
import { rowsOf } from './subject.ts'
import type { Found } from './subject.ts'

/** Each request that carried one of the attempts, and what came back. */
export function sendMoments(history: History, found: Found): readonly Moment[] {
  return history.flatMap(operation =>
    operation.kind === 'write' ? [...sentIn(operation, found)].flatMap(name => momentsOf(operation, name, found)) : [],
  )
}

/** What each reader saw of it for the first time: that it is there, that it is there twice, that it is another one. */
export function readMoments(history: History, found: Found): readonly Moment[] {
  const moments: Moment[] = []
  const seen = new Set<string>()
  for (const operation of history) {
    const { host, returnedMicros } = operation
    for (const [name, ids] of idsSeenIn(operation, found)) {
      const differences = rowsOf(operation).flatMap(row =>
        row.attempt !== undefined && formatAttempt(row.attempt) === name ? (row.difference ?? []) : [],
      )
      const sight = JSON.stringify([host, name, ids.toSorted(), differences])
      if (seen.has(sight)) continue
      seen.add(sight)
      const what = [
        `sees ${name}${ids.length > 1 ? ` ${ids.length} times` : ''} for the first time`,
        `as ${[...new Set(ids)].join(', ')}`,
        ...differences.map(difference => `not as it was sent: ${difference}`),
        queryText((operation as QueryOperation).query),
      ]
      moments.push({ atMicros: returnedMicros, host, what: what.join('; ') })
    }
  }
  return moments
}

/** The names of the attempts in the answer, each with the ids of its rows. */
export function idsSeenIn(operation: History[number], found: Found): ReadonlyMap<string, readonly string[]> {
  const seen = new Map<string, string[]>()
  for (const { attempt, id } of rowsOf(operation)) {
    if (attempt === undefined) continue
    const name = formatAttempt(attempt)
    if (found.has(name)) seen.set(name, [...(seen.get(name) ?? []), id ?? 'an event without an id'])
  }
  return seen
}

function sentIn(operation: WriteOperation, found: Found): ReadonlySet<string> {
  const names = operation.items.flatMap(({ what }) => (what.kind === 'event' ? [formatAttempt(what.attempt)] : []))
  return new Set(names.filter(name => found.has(name)))
}

function momentsOf(operation: WriteOperation, name: string, found: Found): readonly Moment[] {
  const { host, form, project, items, invokedMicros, returnedMicros, reply } = operation
  const item = items.find(({ what }) => what.kind === 'event' && formatAttempt(what.attempt) === name)
  if (item === undefined || !found.has(name)) return []
  const others = form === 'single' ? 'alone' : `in bulk, one of ${items.length}`
  return [
    { atMicros: invokedMicros, host, what: `sends ${name} to ${project}, collection ${item.collection}, ${others}` },
    { atMicros: returnedMicros, host, what: `${name} is ${fateText(item.fate)}: ${replyText(reply)}` },
  ]
}

function queryText({ collection, filters, timeframe }: Query): string {
  const tests = filters.map(({ property_name, operator, property_value }) => {
    return `${property_name} ${operator} ${JSON.stringify(property_value)}`
  })
  return [
    `extraction of ${collection}`,
    ...(tests.length === 0 ? [] : [`where ${tests.join(' and ')}`]),
    ...(timeframe === undefined
      ? []
      : [`in ${typeof timeframe === 'string' ? timeframe : `${timeframe.start} to ${timeframe.end}`}`]),
  ].join(' ')
}

function fateText(fate: Fate): string {
  switch (fate.kind) {
    case 'accepted':
      return 'accepted'
    case 'refused':
      return `refused as ${fate.code}`
    case 'failed':
      return 'certainly not stored'
    case 'unknown':
      return 'of unknown fate'
  }
}

function replyText(reply: Reply): string {
  switch (reply.kind) {
    case 'status':
      return [`status ${reply.status}`, ...(reply.code === undefined ? [] : [reply.code, reply.message ?? ''])].join(
        ' ',
      )
    case 'not-sent':
      return `the request could not be sent, ${reply.why}`
    case 'none':
      return `no answer, ${reply.why}`
    case 'strange':
      return `status ${reply.status} with an answer that is none, ${reply.what}`
  }
}
