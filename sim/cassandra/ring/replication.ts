// Replication strategies: which nodes hold a token, as Cassandra's SimpleStrategy and NetworkTopologyStrategy choose them.

import { RequestError, invalid } from '../request-error.ts'
import type { Consistency } from './consistency.ts'
import { quorumOf } from './consistency.ts'

export type Replication =
  | { readonly kind: 'simple'; readonly replicas: number }
  | { readonly kind: 'network-topology'; readonly replicas: Readonly<Record<string, number>> }
  | { readonly kind: 'local' }

/** From the map of CREATE KEYSPACE. Throws what Cassandra answers to a map that makes no sense. */
export function parseReplication(options: ReadonlyMap<string, string>): Replication {
  const given = options.get('class')
  if (given === undefined) throw invalid('Missing replication strategy class')
  const name = given.slice(given.lastIndexOf('.') + 1)
  const rest = [...options].filter(([option]) => option !== 'class')
  if (name === 'SimpleStrategy') {
    const factor = options.get('replication_factor')
    if (factor === undefined) throw configError('SimpleStrategy requires a replication_factor strategy option.')
    const unknown = rest.find(([option]) => option !== 'replication_factor')
    if (unknown) throw unrecognized(unknown[0], name)
    return { kind: 'simple', replicas: parseFactor(factor) }
  }
  if (name === 'NetworkTopologyStrategy') {
    return { kind: 'network-topology', replicas: Object.fromEntries(rest.map(([dc, n]) => [dc, parseFactor(n)])) }
  }
  throw configError(`Unable to find replication strategy class 'org.apache.cassandra.locator.${name}'`)
}

/** As it stands in system_schema.keyspaces. */
export function formatReplication(replication: Replication): ReadonlyMap<string, string> {
  const prefix = 'org.apache.cassandra.locator.'
  switch (replication.kind) {
    case 'local':
      return new Map([['class', `${prefix}LocalStrategy`]])
    case 'simple':
      return new Map([
        ['class', `${prefix}SimpleStrategy`],
        ['replication_factor', String(replication.replicas)],
      ])
    case 'network-topology':
      return new Map([
        ['class', `${prefix}NetworkTopologyStrategy`],
        ...Object.entries(replication.replicas).map(([dc, count]): [string, string] => [dc, String(count)]),
      ])
  }
}

/** The replicas that a level needs, by the configured factor: nodes that do not exist count too, as in Cassandra. */
export function blockForOf(replication: Replication, consistency: Consistency, localDataCentre: string): number {
  switch (consistency) {
    case 'ANY':
    case 'ONE':
    case 'LOCAL_ONE':
      return 1
    case 'TWO':
      return 2
    case 'THREE':
      return 3
    case 'QUORUM':
    case 'SERIAL':
      return quorumOf(allReplicas(replication))
    case 'ALL':
      return allReplicas(replication)
    case 'LOCAL_QUORUM':
    case 'LOCAL_SERIAL':
      return replication.kind === 'network-topology'
        ? quorumOf(replication.replicas[localDataCentre] ?? 0)
        : quorumOf(allReplicas(replication))
    case 'EACH_QUORUM':
      return replication.kind === 'network-topology'
        ? Object.values(replication.replicas).reduce((sum, count) => sum + quorumOf(count), 0)
        : quorumOf(allReplicas(replication))
  }
}

function allReplicas(replication: Replication): number {
  switch (replication.kind) {
    case 'local':
      return 1
    case 'simple':
      return replication.replicas
    case 'network-topology':
      return Object.values(replication.replicas).reduce((sum, count) => sum + count, 0)
  }
}

function parseFactor(text: string): number {
  if (!/^-?\d{1,9}$/.test(text)) {
    throw configError(`Replication factor must be numeric and non-negative, found '${text}'`)
  }
  const factor = Number(text)
  if (factor < 0) throw configError(`Replication factor must be non-negative but was ${factor}`)
  return factor
}

function unrecognized(option: string, strategy: string): Error {
  return configError(`Unrecognized strategy option {${option}} passed to ${strategy} for keyspace`)
}

function configError(message: string): Error {
  return new RequestError({ kind: 'config-error' }, message)
}
