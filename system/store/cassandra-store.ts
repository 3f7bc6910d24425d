// The block store on Cassandra.

import type { Client } from 'cassandra-driver'
import { types } from 'cassandra-driver'
import type { Configuration } from '../configuration.ts'
import type { BlockStore, ReadLevel } from './block-store.ts'
import { bufferOf } from './bytes.ts'
import { decodeProgress, encodeProgress } from './progress.ts'
import { decodeSegment, encodeSegment } from './segment.ts'

export function cassandraStore(client: Client, configuration: Configuration): BlockStore {
  const { keyspace, localDataCentre } = configuration.cassandra

  const write = async (statement: string, parameters: readonly unknown[]): Promise<void> => {
    await client.execute(statement, [...parameters], { isIdempotent: true, consistency: WRITE_LEVEL })
  }

  /** All pages. */
  const read = async (
    statement: string,
    parameters: readonly unknown[],
    options: { readonly level: types.consistencies; readonly beforePage?: () => void },
  ): Promise<readonly types.Row[]> => {
    const rows: types.Row[] = []
    let pageState: string | undefined
    do {
      options.beforePage?.()
      const page = await client.execute(statement, [...parameters], {
        isIdempotent: true,
        consistency: options.level,
        fetchSize: PAGE_ROWS,
        ...(pageState === undefined ? {} : { pageState }),
      })
      for (const row of page.rows) rows.push(row)
      pageState = page.pageState ?? undefined
    } while (pageState !== undefined)
    return rows
  }

  return {
    async writeBlock(block, atMicros) {
      const query = `INSERT INTO ${keyspace}.block (id, piece, value) VALUES (?, ?, ?) USING TIMESTAMP ?`
      const id = Buffer.from(block.id, 'hex')
      const inserts = block.pieces.map((piece, index) => ({
        query,
        params: [id, index, bufferOf(piece), BigInt(atMicros)],
      }))
      await client.batch(inserts, { prepare: true, logged: false, isIdempotent: true, consistency: WRITE_LEVEL })
    },

    async writeCatalog(key, atMicros) {
      await write(
        `INSERT INTO ${keyspace}.catalog (project, collection, month, log, partition) VALUES (?, ?, ?, ?, ?)
           USING TIMESTAMP ?`,
        [key.project, key.collection, key.month, key.log, key.partition, BigInt(atMicros)],
      )
    },

    async writeSegment(key, row) {
      await write(
        `INSERT INTO ${keyspace}.segment
           (project, collection, month, log, partition, start_offset, end_offset, id, value)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) USING TIMESTAMP ?`,
        [
          ...[key.project, key.collection, key.month, key.log, key.partition],
          ...[BigInt(row.start), BigInt(row.end), Buffer.from(row.id, 'hex'), bufferOf(encodeSegment(row))],
          BigInt(row.atMicros),
        ],
      )
    },

    async writeProgress(place, progress) {
      await write(
        `INSERT INTO ${keyspace}.progress (log, partition, data_centre, value) VALUES (?, ?, ?, ?) USING TIMESTAMP ?`,
        [place.log, place.partition, localDataCentre, bufferOf(encodeProgress(progress)), BigInt(progress.end)],
      )
    },

    async readProgress(place) {
      const [row] = await read(
        `SELECT value FROM ${keyspace}.progress WHERE log = ? AND partition = ? AND data_centre = ?`,
        [place.log, place.partition, localDataCentre],
        { level: INDEX_LEVEL },
      )
      return row === undefined ? undefined : decodeProgress(row['value'] as Buffer)
    },

    async readCatalog(name) {
      const rows = await read(
        `SELECT month, log, partition FROM ${keyspace}.catalog WHERE project = ? AND collection = ?`,
        [name.project, name.collection],
        { level: INDEX_LEVEL },
      )
      return rows.map(row => ({
        ...{ project: name.project, collection: name.collection },
        ...{ month: Number(row['month']), log: Number(row['log']), partition: Number(row['partition']) },
      }))
    },

    async readSegments(key, beforePage) {
      const rows = await read(
        `SELECT start_offset, end_offset, id, value FROM ${keyspace}.segment
           WHERE project = ? AND collection = ? AND month = ? AND log = ? AND partition = ?`,
        [key.project, key.collection, key.month, key.log, key.partition],
        { level: INDEX_LEVEL, beforePage },
      )
      return rows.map(row => ({
        start: Number(row['start_offset']),
        end: Number(row['end_offset']),
        id: (row['id'] as Buffer).toString('hex'),
        ...decodeSegment(row['value'] as Buffer),
      }))
    },

    async readPieces(id, pieces, level) {
      const key = Buffer.from(id, 'hex')
      const options = { level: LEVELS[level] }
      const statement = `SELECT piece, value FROM ${keyspace}.block WHERE id = ?`
      const answers =
        pieces === 'all'
          ? [await read(statement, [key], options)]
          : await Promise.all(pieces.map(piece => read(`${statement} AND piece = ?`, [key, piece], options)))
      return new Map(answers.flat().map(row => [Number(row['piece']), row['value'] as Buffer]))
    },
  }
}

const WRITE_LEVEL: types.consistencies = types.consistencies.localQuorum

/** Progress, catalog and index: quorums of readers and writers meet, so what was acknowledged is seen. */
const INDEX_LEVEL: types.consistencies = types.consistencies.localQuorum

/** Blocks never change, so one replica is enough if it has the block. */
const LEVELS: Readonly<Record<ReadLevel, types.consistencies>> = {
  'local-one': types.consistencies.localOne,
  'local-quorum': types.consistencies.localQuorum,
  quorum: types.consistencies.quorum,
}

const PAGE_ROWS = 1_000
