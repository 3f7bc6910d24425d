// What a storage engine must hold: the plainest model of it, and all states that it went through since a process began.
//
// The engine logs in the order of the calls and a power loss takes a tail of the log: so what is found after a restart must
// be one of those states, all tables and partitions at once.

import type { Fragment } from '../../../../sim/cassandra/data/fragment.ts'
import { mergeFragments } from '../../../../sim/cassandra/data/fragment.ts'
import type { Write } from '../../../../sim/cassandra/storage/storage-engine.ts'

export type Act =
  { readonly kind: 'apply'; readonly writes: readonly Write[] } | { readonly kind: 'drop'; readonly table: string }

export type State = ReadonlyMap<string, Fragment>

export function placeIn(table: string, key: Uint8Array): string {
  return `${table} ${Buffer.from(key).toString()}`
}

interface Begun {
  readonly after: State
  acknowledgedMicros: number | undefined
}

export class TableModel {
  #base: State = new Map()
  #begun: Begun[] = []

  /** How many acts have begun since the process did. */
  get begun(): number {
    return this.#begun.length
  }

  /** How many of the first acts have been acknowledged, without a gap. */
  get acknowledged(): number {
    const open = this.#begun.findIndex(({ acknowledgedMicros }) => acknowledgedMicros === undefined)
    return open < 0 ? this.#begun.length : open
  }

  /** How many of the first acts had been acknowledged at that moment. */
  acknowledgedBefore(micros: number): number {
    const later = this.#begun.findIndex(({ acknowledgedMicros = Infinity }) => acknowledgedMicros > micros)
    return later < 0 ? this.#begun.length : later
  }

  begin(act: Act): number {
    const after = new Map(this.after(this.#begun.length))
    if (act.kind === 'drop') {
      for (const place of after.keys()) if (place.startsWith(`${act.table} `)) after.delete(place)
    } else {
      for (const { table, fragment } of act.writes) {
        const place = placeIn(table, fragment.key)
        const known = after.get(place)
        after.set(place, known === undefined ? fragment : mergeFragments(known, fragment))
      }
    }
    return this.#begun.push({ after, acknowledgedMicros: undefined }) - 1
  }

  acknowledge(act: number, nowMicros: number): void {
    const begun = this.#begun[act]
    if (begun !== undefined) begun.acknowledgedMicros = nowMicros
  }

  /** After so many of the acts. */
  after(acts: number): State {
    return this.#begun[acts - 1]?.after ?? this.#base
  }

  /** A new process begins with the state after so many acts of the old one. */
  goOnFrom(acts: number): void {
    this.#base = this.after(acts)
    this.#begun = []
  }
}
