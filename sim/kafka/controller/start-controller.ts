// The controller's process: requests of brokers in, decisions into the metadata log, and from there to the brokers.

import type { Runtime } from '../../../system/runtime/runtime.ts'
import type { KafkaCluster } from '../cluster.ts'
import type { MetadataRecord } from '../metadata/metadata-record.ts'
import { die } from '../transport/die.ts'
import { RequestServer } from '../transport/request-server.ts'
import type { Request } from '../transport/request-server.ts'
import { INTERNAL_API } from '../wire/api.ts'
import { readCreateTopics, writeCreateTopics } from '../wire/create-topics.ts'
import { responseFrame } from '../wire/frames.ts'
import { MalformedRequest } from '../wire/malformed-request.ts'
import type { WireWriter } from '../wire/wire-writer.ts'
import {
  readAlterPartition,
  readBrokerHeartbeat,
  readMetadataFetch,
  readRegistration,
  writeBrokerHeartbeatAnswer,
  writeIsrVerdicts,
  writeMetadataRecords,
  writeProducerIdBlock,
  writeRegistrationAnswer,
} from './controller-requests.ts'
import type { MetadataFetch } from './controller-requests.ts'
import { CONTROLLER_DEFAULTS } from './controller-settings.ts'
import type { ControllerSettings } from './controller-settings.ts'
import { ControllerState } from './controller-state.ts'
import { openMetadataLog } from './metadata-log.ts'
import type { MetadataLog } from './metadata-log.ts'

export interface KafkaController {
  stop(): Promise<void>
}

/** Resolves when the log is replayed and brokers are served. Rejects if the port is taken or the disk fails. */
export async function startController(
  runtime: Runtime,
  options: { readonly cluster: KafkaCluster; readonly settings?: Partial<ControllerSettings> },
): Promise<KafkaController> {
  const settings = { ...CONTROLLER_DEFAULTS, ...options.settings }
  const { log, records } = await openMetadataLog(runtime.disk)
  const controller = new Controller(runtime, settings, log)
  controller.replay(records)
  await controller.serve(options.cluster.controller.port)
  return controller
}

const REQUEST_BYTES_MAX = 10 * 1024 * 1024
const IDLE_MAX_MS = 600_000

class Controller implements KafkaController {
  readonly #runtime: Runtime
  readonly #settings: ControllerSettings
  readonly #log: MetadataLog
  readonly #state: ControllerState
  /** Durable, and to be told to brokers. */
  readonly #records: MetadataRecord[] = []
  readonly #waiting = new Set<() => void>()
  /** The last write that was begun: each waits for the one before. */
  #writing: Promise<void> = Promise.resolve()
  #server: RequestServer | undefined
  #isStopped = false

  constructor(runtime: Runtime, settings: ControllerSettings, log: MetadataLog) {
    this.#runtime = runtime
    this.#settings = settings
    this.#log = log
    this.#state = new ControllerState(settings)
  }

  replay(records: readonly MetadataRecord[]): void {
    for (const record of records) this.#state.replay(record)
    this.#records.push(...records)
    this.#state.activate(this.#runtime.clock.monotonicMs())
  }

  async serve(port: number): Promise<void> {
    this.#server = new RequestServer(this.#runtime, {
      port,
      requestBytesMax: REQUEST_BYTES_MAX,
      idleMaxMs: IDLE_MAX_MS,
      answer: request => this.#answer(request),
    })
    await this.#server.listen()
    this.#watchSessions()
    this.#balance()
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#server?.stop()
    await this.#writing
    await this.#log.close()
  }

  async #answer({ header, body }: Request): Promise<Buffer> {
    const nowMs = this.#runtime.clock.monotonicMs()
    const state = this.#state
    const answerWith = async <T>(answer: T, write: (writer: WireWriter, answer: T) => void): Promise<Buffer> => {
      await this.#commit()
      return responseFrame(header.correlationId, writer => write(writer, answer))
    }
    switch (header.key) {
      case INTERNAL_API.BrokerHeartbeat.key:
        return answerWith(state.heartbeat(readBrokerHeartbeat(body), nowMs), writeBrokerHeartbeatAnswer)
      case INTERNAL_API.FetchMetadata.key:
        return answerWith(await this.#fetch(readMetadataFetch(body)), writeMetadataRecords)
      case INTERNAL_API.RegisterBroker.key:
        return answerWith(state.register(readRegistration(body), nowMs), writeRegistrationAnswer)
      case INTERNAL_API.AlterPartition.key:
        return answerWith(state.alterPartition(readAlterPartition(body)), writeIsrVerdicts)
      case INTERNAL_API.AllocateProducerIds.key:
        return answerWith(state.allocateProducerIds(), writeProducerIdBlock)
      case INTERNAL_API.CreateTopicsForwarded.key:
        return answerWith(state.createTopics(readCreateTopics(body)), writeCreateTopics)
      default:
        throw new MalformedRequest(`the controller does not know request ${header.key}`)
    }
  }

  /** Makes durable what was decided, then tells those who wait for it. Without a decision it waits for those before it. */
  async #commit(): Promise<void> {
    const decided = this.#state.takeDecided()
    if (decided.length > 0) {
      const before = this.#writing
      this.#writing = (async () => {
        await before
        await this.#append(decided)
        this.#records.push(...decided)
        for (const wake of [...this.#waiting]) wake()
      })()
    }
    await this.#writing
  }

  async #append(decided: readonly MetadataRecord[]): Promise<void> {
    try {
      await this.#log.append(decided)
    } catch (error) {
      die(this.#runtime.log, 'controller', error)
      throw error
    }
  }

  async #fetch({ offset, waitMaxMs }: MetadataFetch): Promise<readonly MetadataRecord[]> {
    if (this.#records.length <= offset) await this.#news(waitMaxMs)
    return this.#records.slice(offset)
  }

  #news(waitMaxMs: number): Promise<void> {
    return new Promise(resolve => {
      const wake = (): void => {
        timer.cancel()
        this.#waiting.delete(wake)
        resolve()
      }
      const timer = this.#runtime.clock.setTimer(waitMaxMs, wake)
      this.#waiting.add(wake)
    })
  }

  #watchSessions(): void {
    const { clock } = this.#runtime
    const nowMs = clock.monotonicMs()
    const expiryMs = this.#state.nextExpiryMs ?? nowMs + this.#settings.brokerSessionTimeoutMs
    clock.setTimer(expiryMs - nowMs, () => {
      if (this.#isStopped) return
      this.#state.expireSessions(clock.monotonicMs())
      void this.#commit()
      this.#watchSessions()
    })
  }

  #balance(): void {
    this.#runtime.clock.setTimer(this.#settings.leaderImbalanceCheckMs, () => {
      if (this.#isStopped) return
      this.#state.balanceLeaders()
      void this.#commit()
      this.#balance()
    })
  }
}
