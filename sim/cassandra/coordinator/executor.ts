// Executes prepared statements for one client at a time: the place where CQL meets the cluster.

import { mutationsOf } from './mutation.ts'
import type { TableFragment } from './mutation.ts'
import { sizeOfFragment } from '../data/fragment-size.ts'
import type { NodeSettings } from '../node-settings.ts'
import type { Clock } from '../../../system/runtime/clock.ts'
import type { Reader } from '../read/row-source.ts'
import { runSelect } from '../read/run-select.ts'
import type { Page } from '../read/run-select.ts'
import type { WriteType } from '../request-error.ts'
import { invalid } from '../request-error.ts'
import type { Consistency } from '../ring/consistency.ts'
import type { Table } from '../schema/table.ts'
import type { ModificationPlan } from '../statement/modification-plan.ts'
import type { SelectPlan } from '../statement/select-plan.ts'
import type { Values } from '../statement/variables.ts'
import type { At } from '../statement/written.ts'
import type { ClusterWriter } from './cluster-writer.ts'
import { Timestamps } from './timestamps.ts'

export interface ExecutorParts {
  readonly clock: Clock
  readonly settings: NodeSettings
  readonly writer: ClusterWriter
  /** Throws for levels at which nothing can be read. */
  readonly readerOf: (table: Table, consistency: Consistency) => Reader
}

export interface WriteOptions {
  readonly consistency: Consistency
  /** From the request; the coordinator's clock otherwise. */
  readonly defaultTimestamp: bigint | undefined
}

export interface BatchItem {
  readonly plan: ModificationPlan
  readonly values: Values
}

export class Executor {
  readonly #parts: ExecutorParts
  readonly #timestamps: Timestamps

  constructor(parts: ExecutorParts) {
    this.#parts = parts
    this.#timestamps = new Timestamps(parts.clock)
  }

  select(
    plan: SelectPlan,
    values: Values,
    options: {
      readonly consistency: Consistency
      readonly pageSize: number | undefined
      readonly pagingState: Uint8Array | undefined
    },
  ): Promise<Page> {
    return runSelect(plan, values, { ...options, reader: this.#parts.readerOf(plan.table, options.consistency) })
  }

  async modify(plan: ModificationPlan, values: Values, options: WriteOptions): Promise<void> {
    const parts = plan.fragments(values, this.at(options)).map(fragment => ({ table: plan.table, fragment }))
    await this.#write(parts, { ...options, writeType: 'SIMPLE' })
  }

  /** Resolves with warnings. Mutations of several partitions are not atomic: what some took, others may not have. */
  async batch(
    type: 'LOGGED' | 'UNLOGGED' | 'COUNTER',
    items: readonly BatchItem[],
    options: WriteOptions & { readonly at?: At },
  ): Promise<readonly string[]> {
    if (type === 'COUNTER') throw invalid('Counter batches are not part of this server')
    const at = options.at ?? this.at(options)
    const parts = items.flatMap(({ plan, values }) =>
      plan.fragments(values, at).map(fragment => ({ table: plan.table, fragment })),
    )
    return this.#write(parts, { ...options, writeType: type === 'LOGGED' ? 'BATCH' : 'UNLOGGED_BATCH' })
  }

  at({ defaultTimestamp }: Pick<WriteOptions, 'defaultTimestamp'>): At {
    return {
      atMicros: defaultTimestamp ?? BigInt(this.#timestamps.next()),
      nowSeconds: Math.floor(this.#parts.clock.wallMs() / 1000),
    }
  }

  async #write(
    parts: readonly TableFragment[],
    options: { readonly consistency: Consistency; readonly writeType: WriteType },
  ): Promise<readonly string[]> {
    if (parts.length === 0) return []
    const mutations = mutationsOf(parts)
    const warnings = mutations.length > 1 ? this.#checkBatch(parts, { ...options, mutations: mutations.length }) : []
    // A batch in one partition is atomic by itself, as Cassandra knows, too.
    const writeType = mutations.length === 1 && options.writeType === 'BATCH' ? 'UNLOGGED_BATCH' : options.writeType
    await this.#parts.writer.write(mutations, { consistency: options.consistency, writeType })
    return warnings
  }

  #checkBatch(
    parts: readonly TableFragment[],
    { writeType, mutations }: { readonly writeType: WriteType; readonly mutations: number },
  ): readonly string[] {
    if (writeType === 'SIMPLE') return []
    if (writeType === 'BATCH') throw invalid('Logged batches over several partitions are not part of this server')
    const { batchWarnBytes, batchFailBytes } = this.#parts.settings
    const bytes = parts.reduce((sum, { fragment }) => sum + sizeOfFragment(fragment), 0)
    if (bytes > batchFailBytes) throw invalid('Batch too large')
    if (bytes <= batchWarnBytes) return []
    const tables = [...new Set(parts.map(({ table }) => `${table.keyspace}.${table.name}`))].sort().join(', ')
    return [
      `Batch for [${tables}] is of size ${bytes} over ${mutations} partitions, exceeding specified threshold of ` +
        `${batchWarnBytes} by ${bytes - batchWarnBytes}.`,
    ]
  }
}
