// A broker's talk with the controller: it registers, shows that it is alive, and is told what the controller decides. One
// connection carries the requests, another the long wait for metadata.

import type { Runtime } from '../../../system/runtime/runtime.ts'
import type { BrokerAddress, KafkaCluster } from '../cluster.ts'
import {
  readBrokerHeartbeatAnswer,
  readIsrVerdicts,
  readMetadataRecords,
  readProducerIdBlock,
  readRegistrationAnswer,
  writeAlterPartition,
  writeBrokerHeartbeat,
  writeMetadataFetch,
  writeRegistration,
} from '../controller/controller-requests.ts'
import type { AlterPartition, IsrVerdict, ProducerIdBlock } from '../controller/controller-requests.ts'
import type { ClusterImage } from '../metadata/cluster-image.ts'
import type { MetadataRecord } from '../metadata/metadata-record.ts'
import { RequestClient } from '../transport/request-client.ts'
import { INTERNAL_API } from '../wire/api.ts'
import type { Api } from '../wire/api.ts'
import { readCreatedTopics, writeCreateTopicsRequest } from '../wire/create-topics.ts'
import type { CreatedTopic, CreateTopicsRequest } from '../wire/create-topics.ts'
import { ERROR, nameOfError } from '../wire/error-code.ts'
import type { WireReader } from '../wire/wire-reader.ts'
import type { WireWriter } from '../wire/wire-writer.ts'
import type { BrokerSettings } from './broker-settings.ts'

export interface ControllerLinkPorts {
  readonly runtime: Runtime
  readonly image: ClusterImage
  /** New records; the link applies them to the image first. */
  readonly onRecords: (records: readonly MetadataRecord[]) => void
}

export class ControllerLink {
  readonly #ports: ControllerLinkPorts
  readonly #broker: BrokerAddress
  readonly #settings: BrokerSettings
  readonly #requests: RequestClient
  readonly #metadata: RequestClient
  readonly #stopping = new AbortController()
  #epoch = -1
  #isFenced = true
  /** Those who wait for a position in the metadata log. */
  #awaiting: { readonly offset: number; resolve(): void }[] = []

  constructor(
    ports: ControllerLinkPorts,
    options: { readonly cluster: KafkaCluster; readonly broker: BrokerAddress; readonly settings: BrokerSettings },
  ) {
    this.#ports = ports
    this.#broker = options.broker
    this.#settings = options.settings
    const { host, port } = options.cluster.controller
    const clientId = `broker-${options.broker.id}`
    const { brokerHeartbeatMs, metadataWaitMaxMs, peerConnectTimeoutMs } = options.settings
    // A controller that lost its power answers nothing, and must not be waited for until the session is over.
    const soonMs = brokerHeartbeatMs * 2
    const connectTimeoutMs = Math.min(peerConnectTimeoutMs, soonMs)
    const common = { host, port, clientId, connectTimeoutMs }
    this.#requests = new RequestClient(ports.runtime, { ...common, requestTimeoutMs: soonMs })
    this.#metadata = new RequestClient(ports.runtime, { ...common, requestTimeoutMs: metadataWaitMaxMs + soonMs })
  }

  /** −1 until the broker is registered. */
  get epoch(): number {
    return this.#epoch
  }

  /** As the controller has said last. */
  get isFenced(): boolean {
    return this.#isFenced
  }

  /**
   * Registers this process, and resolves when it knows the cluster as it was then. Goes on trying for as long as the
   * controller cannot be reached, or still takes this broker's former process for alive.
   */
  async register(): Promise<number> {
    const { runtime } = this.#ports
    const incarnation = Buffer.from(runtime.entropy.fork('incarnation').bytes(16)).toString('hex')
    const { id, host, port, rack = null } = this.#broker
    void this.#follow()
    while (!this.#stopping.signal.aborted) {
      const answer = await this.#try('registration', async () => {
        const body = await this.#ask(INTERNAL_API.RegisterBroker, writer =>
          writeRegistration(writer, { id, incarnation, host, port, rack }),
        )
        return readRegistrationAnswer(body)
      })
      if (answer?.error === ERROR.NONE) {
        this.#epoch = answer.epoch
        await this.#applied(answer.epoch + 1)
        return answer.epoch
      }
      if (answer !== undefined) runtime.log.write('debug', 'registration refused', { error: nameOfError(answer.error) })
      await this.#pause(RETRY_MS)
    }
    throw new Error('stopped before the broker was registered')
  }

  /** From now on the controller hears of this broker, and may let it lead. */
  startHeartbeats(): void {
    void this.#beat()
  }

  /** Rejects when the controller did not answer. */
  async alterPartition(request: AlterPartition): Promise<readonly IsrVerdict[]> {
    return readIsrVerdicts(await this.#ask(INTERNAL_API.AlterPartition, writer => writeAlterPartition(writer, request)))
  }

  /** Rejects when the controller did not answer in time: the topics may have been made all the same. */
  async createTopics(request: CreateTopicsRequest): Promise<readonly CreatedTopic[]> {
    const body = await this.#askAgain(INTERNAL_API.CreateTopicsForwarded, writer =>
      writeCreateTopicsRequest(writer, request),
    )
    return readCreatedTopics(body)
  }

  /** Rejects when the controller did not answer in time. */
  async allocateProducerIds(): Promise<ProducerIdBlock> {
    return readProducerIdBlock(await this.#askAgain(INTERNAL_API.AllocateProducerIds, () => undefined))
  }

  stop(): void {
    this.#stopping.abort()
    this.#requests.close()
    this.#metadata.close()
  }

  async #beat(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const answer = await this.#try('heartbeat', async () => {
        const heartbeat = { id: this.#broker.id, epoch: this.#epoch, metadataOffset: this.#ports.image.offset }
        const body = await this.#ask(INTERNAL_API.BrokerHeartbeat, writer => writeBrokerHeartbeat(writer, heartbeat))
        return readBrokerHeartbeatAnswer(body)
      })
      if (answer !== undefined && answer.isFenced !== this.#isFenced) {
        this.#isFenced = answer.isFenced
        this.#ports.runtime.log.write('info', answer.isFenced ? 'broker is fenced' : 'broker is unfenced')
      }
      await this.#pause(this.#isFenced ? RETRY_MS : this.#settings.brokerHeartbeatMs)
    }
  }

  async #follow(): Promise<void> {
    const { image } = this.#ports
    while (!this.#stopping.signal.aborted) {
      const records = await this.#try('metadata fetch', async () => {
        const fetch = { offset: image.offset, waitMaxMs: this.#settings.metadataWaitMaxMs }
        const body = await this.#metadata.request(INTERNAL_API.FetchMetadata, writer =>
          writeMetadataFetch(writer, fetch),
        )
        return readMetadataRecords(body)
      })
      if (records === undefined) await this.#pause(RETRY_MS)
      else if (records.length > 0) this.#apply(records)
    }
  }

  #apply(records: readonly MetadataRecord[]): void {
    for (const record of records) this.#ports.image.apply(record)
    this.#ports.onRecords(records)
    const { offset } = this.#ports.image
    const reached = this.#awaiting.filter(each => each.offset <= offset)
    this.#awaiting = this.#awaiting.filter(each => each.offset > offset)
    for (const { resolve } of reached) resolve()
  }

  #applied(offset: number): Promise<void> {
    if (this.#ports.image.offset >= offset) return Promise.resolve()
    return new Promise(resolve => void this.#awaiting.push({ offset, resolve }))
  }

  /** A request that fails says that the controller has gone, and with it the connection on which metadata is waited for. */
  async #ask(api: Api, write: (writer: WireWriter) => void): Promise<WireReader> {
    try {
      return await this.#requests.request(api, write)
    } catch (error) {
      this.#metadata.reset('the controller has gone')
      throw error
    }
  }

  /** As Kafka's forwarding does: on another connection if one is lost, for a while. */
  async #askAgain(api: Api, write: (writer: WireWriter) => void): Promise<WireReader> {
    const { clock } = this.#ports.runtime
    const endMs = clock.monotonicMs() + FORWARDING_MS
    for (;;) {
      try {
        return await this.#ask(api, write)
      } catch (error) {
        if (clock.monotonicMs() >= endMs || this.#stopping.signal.aborted) throw error
        await this.#pause(FORWARDING_PAUSE_MS)
      }
    }
  }

  async #try<T>(what: string, act: () => Promise<T>): Promise<T | undefined> {
    try {
      return await act()
    } catch (error) {
      if (this.#stopping.signal.aborted) return undefined
      const said = error instanceof Error ? error.message : String(error)
      this.#ports.runtime.log.write('debug', 'controller does not answer', { asked: what, error: said })
      return undefined
    }
  }

  async #pause(ms: number): Promise<void> {
    await this.#ports.runtime.clock.sleep(ms, this.#stopping.signal).catch(() => undefined)
  }
}

const RETRY_MS = 500
const FORWARDING_MS = 4_000
const FORWARDING_PAUSE_MS = 50
