// Every way in which a request can fail, as the native protocol tells it to a client.

import type { Consistency } from './ring/consistency.ts'

export type WriteType = 'SIMPLE' | 'BATCH' | 'UNLOGGED_BATCH'

/** What an ERROR frame carries besides its message. */
export type ErrorBody =
  | { readonly kind: 'server-error' }
  | { readonly kind: 'protocol-error' }
  | {
      readonly kind: 'unavailable'
      readonly consistency: Consistency
      readonly required: number
      readonly alive: number
    }
  | { readonly kind: 'overloaded' }
  | { readonly kind: 'truncate-error' }
  | {
      readonly kind: 'write-timeout'
      readonly consistency: Consistency
      readonly received: number
      readonly blockFor: number
      readonly writeType: WriteType
    }
  | {
      readonly kind: 'write-failure'
      readonly consistency: Consistency
      readonly received: number
      readonly blockFor: number
      readonly failures: number
      readonly writeType: WriteType
    }
  | {
      readonly kind: 'read-failure'
      readonly consistency: Consistency
      readonly received: number
      readonly blockFor: number
      readonly failures: number
      readonly dataPresent: boolean
    }
  | {
      readonly kind: 'read-timeout'
      readonly consistency: Consistency
      readonly received: number
      readonly blockFor: number
      readonly dataPresent: boolean
    }
  | { readonly kind: 'syntax-error' }
  | { readonly kind: 'unauthorized' }
  | { readonly kind: 'invalid' }
  | { readonly kind: 'config-error' }
  | { readonly kind: 'already-exists'; readonly keyspace: string; readonly table: string }
  | { readonly kind: 'unprepared'; readonly id: Uint8Array }

/**
 * Refused or failed. All kinds but the time-outs, the failures and `server-error` are definite: the request changed nothing.
 * (An `unavailable` batch over several partitions may have written some of them, as in Cassandra.)
 */
export class RequestError extends Error {
  override readonly name = 'RequestError'
  readonly body: ErrorBody

  constructor(body: ErrorBody, message: string) {
    super(message)
    this.body = body
  }
}

/** The statement is well formed and cannot be done. */
export function invalid(message: string): RequestError {
  return new RequestError({ kind: 'invalid' }, message)
}

/** The statement is not CQL, or not the part of it that this server knows. `message` starts with `line L:C`. */
export function syntaxError(message: string): RequestError {
  return new RequestError({ kind: 'syntax-error' }, message)
}
