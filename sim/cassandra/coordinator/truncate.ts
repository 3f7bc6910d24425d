// TRUNCATE: every node forgets the table at once, or the client is told that it did not happen everywhere.

import type { Body, Messaging } from '../messaging/messaging.ts'
import { VERB } from '../messaging/verb.ts'
import type { NodeSettings } from '../node-settings.ts'
import { RequestError } from '../request-error.ts'
import type { Table } from '../schema/table.ts'
import type { Membership } from './membership.ts'

export interface TruncateParts {
  readonly membership: Membership
  readonly messaging: Messaging
  readonly settings: NodeSettings
  readonly truncateHere: (storageName: string) => Promise<void>
}

/** Rejects with Unavailable unless all nodes are believed alive, with a truncate error unless all have done it in time. */
export async function truncateEverywhere(
  { membership, messaging, settings, truncateHere }: TruncateParts,
  { table, peers }: { readonly table: Table; readonly peers: readonly string[] },
): Promise<void> {
  const alive = peers.filter(address => membership.isAlive(address))
  if (alive.length < peers.length) {
    const body = {
      kind: 'unavailable',
      consistency: 'ALL',
      required: peers.length + 1,
      alive: alive.length + 1,
    } as const
    throw new RequestError(body, 'Cannot achieve consistency level ALL')
  }
  const { storageName } = table
  const body: Body = { sizeHint: storageName.length + 2, write: writer => writer.binary(storageName) }
  const timeoutMs = settings.truncateTimeoutMs
  const [, ...answers] = await Promise.all([
    truncateHere(storageName),
    ...peers.map(address => messaging.ask(address, { verb: VERB.truncate, timeoutMs, body })),
  ])
  if (answers.every(answer => answer !== undefined)) return
  throw new RequestError({ kind: 'truncate-error' }, 'Truncate timed out - received only some of the responses')
}
