// Changes the schema of the cluster, and brings nodes to the same schema: whoever hears of another version asks for it.

import type { Runtime } from '../../../system/runtime/runtime.ts'
import type { SchemaStatement } from '../cql/syntax.ts'
import type { Gossiper } from '../gossip/gossiper.ts'
import { readStates, writeStates } from '../gossip/node-state.ts'
import type { Body, Messaging } from '../messaging/messaging.ts'
import { VERB } from '../messaging/verb.ts'
import { formatUuid, stampUuid } from '../types/uuid-text.ts'
import { ByteReader } from '../wire/byte-reader.ts'
import type { SchemaChange } from './change-schema.ts'
import { changeSchema } from './change-schema.ts'
import type { SchemaKeeper } from './schema-keeper.ts'
import { parseSchema, serializeSchema } from './schema.ts'

export interface SchemaAgreementParts {
  readonly runtime: Pick<Runtime, 'clock' | 'entropy' | 'log'>
  readonly keeper: SchemaKeeper
  readonly gossiper: Gossiper
  readonly messaging: Messaging
}

export class SchemaAgreement {
  readonly #parts: SchemaAgreementParts
  readonly #tableIds: Runtime['entropy']
  readonly #asking = new Set<string>()
  #lastMicros = 0

  constructor(parts: SchemaAgreementParts) {
    this.#parts = parts
    this.#tableIds = parts.runtime.entropy.fork('table ids')
  }

  /** Durable here when it resolves; the living others are told, and are waited for by nobody but who asks for agreement. */
  async change(statement: SchemaStatement, keyspace: string | undefined): Promise<SchemaChange | undefined> {
    const { keeper, gossiper } = this.#parts
    const { schema } = keeper
    const changed = changeSchema(schema, statement, {
      keyspace,
      atMicros: this.#nextMicros(),
      tableId: () => formatUuid(stampUuid(this.#tableIds.bytes(16), 4)),
    })
    if (changed === undefined) return undefined
    await keeper.merge(changed.content)
    for (const address of gossiper.alive) void this.exchangeWith(address, CHANGE_TIMEOUT_MS)
    return changed.change
  }

  /** This node and the other tell each other all that they know, if the other answers in time. Never rejects. */
  async exchangeWith(address: string, timeoutMs: number): Promise<void> {
    const { messaging, runtime } = this.#parts
    const answer = await messaging.ask(address, { verb: VERB.exchange, timeoutMs, body: this.ownBody() })
    if (answer === undefined) return
    try {
      await this.hear(answer)
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      runtime.log.write('error', 'schema of a peer not taken over', { peer: address, error: message })
    }
  }

  /** The other has another schema. Asked once at a time, however often it is said. */
  async seek(address: string): Promise<void> {
    if (this.#asking.has(address)) return
    this.#asking.add(address)
    await this.exchangeWith(address, CHANGE_TIMEOUT_MS)
    this.#asking.delete(address)
  }

  /** What this node knows of all nodes, and its schema. */
  ownBody(): Body {
    const { gossiper, keeper } = this.#parts
    const schema = serializeSchema(keeper.schema.content)
    return {
      sizeHint: schema.length + 256,
      write(writer) {
        writeStates(writer, gossiper.states())
        writer.bytes(schema)
      },
    }
  }

  /** Takes over what another node knows. The schema is durable when it resolves. */
  async hear(body: Buffer): Promise<void> {
    const reader = new ByteReader(body)
    const states = readStates(reader)
    const schema = reader.bytes()
    if (schema !== null) await this.#parts.keeper.merge(parseSchema(schema))
    this.#parts.gossiper.hear(states)
  }

  /** Later than every change that this node knows of, whatever its clock says. */
  #nextMicros(): number {
    const { keeper, runtime } = this.#parts
    const { keyspaces, tables } = keeper.schema.content
    const known = [...Object.values(keyspaces), ...Object.values(tables)].map(({ atMicros }) => atMicros)
    this.#lastMicros = Math.max(runtime.clock.wallMs() * 1000, this.#lastMicros + 1, ...known.map(micros => micros + 1))
    return this.#lastMicros
  }
}

const CHANGE_TIMEOUT_MS = 5_000
