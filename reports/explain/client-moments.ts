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

/** The first time that each reader saw it, what it saw wrong, and how often all of them did. */
export function readMoments(history: History, found: Found): readonly Moment[] {
  const moments: Moment[] = []
  const seenBy = new Set<string>()
  for (const operation of history) {
    for (const [name, ids] of idsSeenIn(operation, found)) {
      const isFirst = !seenBy.has(`${operation.host} ${name}`)
      const differences = rowsOf(operation).flatMap(row =>
        row.attempt !== undefined && formatAttempt(row.attempt) === name ? (row.difference ?? []) : [],
      )
      if (!isFirst && ids.length === 1 && differences.length === 0) continue
      seenBy.add(`${operation.host} ${name}`)
      moments.push({
        atMicros: operation.returnedMicros,
        host: operation.host,
        what: [
          `sees ${name}${ids.length > 1 ? ` ${ids.length} times` : isFirst ? ' for the first time' : ''}`,
          `as ${[...new Set(ids)].join(', ')}`,
          ...differences.map(difference => `not as it was sent: ${difference}`),
          queryText((operation as QueryOperation).query),
        ].join('; '),
      })
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
