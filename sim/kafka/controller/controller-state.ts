// What the controller knows and decides: pure, given the time. Each decision is a few metadata records, applied here at once;
// the caller makes them durable before anybody is told.

import { ClusterImage } from '../metadata/cluster-image.ts'
import { NO_LEADER } from '../metadata/metadata-record.ts'
import type { MetadataRecord, PartitionRecord } from '../metadata/metadata-record.ts'
import { checkTopicConfig } from '../metadata/topic-config.ts'
import type { CreatedTopic, CreateTopicsRequest, NewTopic } from '../wire/create-topics.ts'
import { ERROR, KafkaError } from '../wire/error-code.ts'
import type {
  AlterPartition,
  BrokerHeartbeat,
  BrokerHeartbeatAnswer,
  IsrProposal,
  IsrVerdict,
  ProducerIdBlock,
  Registration,
  RegistrationAnswer,
} from './controller-requests.ts'
import type { ControllerSettings } from './controller-settings.ts'
import { withIsr, withLeader, withoutBroker, withPreferredLeader } from './elect-leaders.ts'
import { checkTopicName, placeReplicas } from './place-replicas.ts'

/** Kafka's own: a broker asks again only after so many producers. */
export const PRODUCER_ID_BLOCK = 1000

export class ControllerState {
  readonly image: ClusterImage = new ClusterImage()
  readonly #settings: ControllerSettings
  /** When each broker was last heard of; those whose session is over are not in it. */
  readonly #contacts = new Map<number, number>()
  #decided: MetadataRecord[] = []

  constructor(settings: ControllerSettings) {
    this.#settings = settings
  }

  /** A record from the log, at the start. */
  replay(record: MetadataRecord): void {
    this.image.apply(record)
  }

  /** After the last replayed record: every active broker gets a whole session to show itself. */
  activate(nowMs: number): void {
    for (const { id } of this.image.activeBrokers()) this.#contacts.set(id, nowMs)
  }

  /** What was decided since this was last called. */
  takeDecided(): readonly MetadataRecord[] {
    const decided = this.#decided
    this.#decided = []
    return decided
  }

  /**
   * A process of a broker has started. While the session of another incarnation lasts, it is refused, and asks again: only
   * then is it certain that the old one leads nothing.
   */
  register(broker: Registration, nowMs: number): RegistrationAnswer {
    const known = this.image.brokers.get(broker.id)?.registration
    if (known?.incarnation === broker.incarnation) return { error: ERROR.NONE, epoch: known.epoch }
    if (known !== undefined && this.#hasSession(broker.id, nowMs)) {
      return { error: ERROR.DUPLICATE_BROKER_REGISTRATION, epoch: -1 }
    }
    this.#contacts.delete(broker.id)
    const epoch = this.image.offset
    this.#decide({ kind: 'broker', ...broker, epoch })
    this.#removeFromPartitions(broker.id)
    return { error: ERROR.NONE, epoch }
  }

  heartbeat(heartbeat: BrokerHeartbeat, nowMs: number): BrokerHeartbeatAnswer {
    const broker = this.image.brokers.get(heartbeat.id)
    if (broker === undefined) return { error: ERROR.BROKER_ID_NOT_REGISTERED, isFenced: true }
    if (broker.registration.epoch !== heartbeat.epoch) return { error: ERROR.STALE_BROKER_EPOCH, isFenced: true }
    this.#contacts.set(heartbeat.id, nowMs)
    if (broker.isFenced && heartbeat.metadataOffset > heartbeat.epoch) this.#unfence(heartbeat.id, heartbeat.epoch)
    return { error: ERROR.NONE, isFenced: !this.image.isActive(heartbeat.id) }
  }

  /** Fences the brokers that were not heard of for a whole session. */
  expireSessions(nowMs: number): void {
    for (const [id, contactMs] of this.#contacts) {
      if (nowMs - contactMs < this.#settings.brokerSessionTimeoutMs) continue
      this.#contacts.delete(id)
      const broker = this.image.brokers.get(id)
      if (broker === undefined || broker.isFenced) continue
      this.#decide({ kind: 'fence', id, epoch: broker.registration.epoch, isFenced: true })
      this.#removeFromPartitions(id)
    }
  }

  /** When the next session could end; undefined if there is none. */
  get nextExpiryMs(): number | undefined {
    if (this.#contacts.size === 0) return undefined
    return Math.min(...this.#contacts.values()) + this.#settings.brokerSessionTimeoutMs
  }

  balanceLeaders(): void {
    this.#revise(partition => withPreferredLeader(partition, this.#isActive))
  }

  alterPartition(request: AlterPartition): readonly IsrVerdict[] {
    return request.proposals.map(proposal => {
      const { topic, partition } = proposal
      const current = this.image.partition(topic, partition)
      const error = this.#judge(request, proposal, current)
      const isr = proposal.isr.map(({ id }) => id)
      if (error === ERROR.NONE && current !== undefined) this.#decide(withIsr(current, isr))
      const now = this.image.partition(topic, partition)
      return {
        topic,
        partition,
        error,
        leaderEpoch: now?.leaderEpoch ?? -1,
        partitionEpoch: now?.partitionEpoch ?? -1,
        isr: now?.isr ?? [],
      }
    })
  }

  createTopics(request: CreateTopicsRequest): readonly CreatedTopic[] {
    const counts = new Map<string, number>()
    for (const { name } of request.topics) counts.set(name, (counts.get(name) ?? 0) + 1)
    return request.topics.map(topic => {
      try {
        if ((counts.get(topic.name) ?? 0) > 1) throw new KafkaError(ERROR.INVALID_REQUEST, 'Duplicate topic name.')
        this.#createTopic(topic, request.validateOnly)
        return { name: topic.name, error: ERROR.NONE, message: null }
      } catch (error) {
        if (!(error instanceof KafkaError)) throw error
        return { name: topic.name, error: error.code, message: error.message }
      }
    })
  }

  allocateProducerIds(): ProducerIdBlock {
    const firstId = this.image.nextProducerId
    this.#decide({ kind: 'producer-ids', nextId: firstId + PRODUCER_ID_BLOCK })
    return { error: ERROR.NONE, firstId, count: PRODUCER_ID_BLOCK }
  }

  readonly #isActive = (brokerId: number): boolean => this.image.isActive(brokerId)

  #hasSession(id: number, nowMs: number): boolean {
    const contactMs = this.#contacts.get(id)
    return contactMs !== undefined && nowMs - contactMs < this.#settings.brokerSessionTimeoutMs
  }

  #unfence(id: number, epoch: number): void {
    this.#decide({ kind: 'fence', id, epoch, isFenced: false })
    this.#revise(partition => withLeader(partition, this.#isActive))
  }

  #removeFromPartitions(id: number): void {
    this.#revise(partition => withoutBroker(partition, id, this.#isActive))
  }

  #revise(revise: (partition: PartitionRecord) => PartitionRecord | undefined): void {
    for (const partition of [...this.image.partitions()]) {
      const revised = revise(partition)
      if (revised !== undefined) this.#decide(revised)
    }
  }

  #judge(request: AlterPartition, proposal: IsrProposal, current: PartitionRecord | undefined): number {
    if (!this.image.isActiveIncarnation(request.id, request.epoch)) return ERROR.STALE_BROKER_EPOCH
    if (current === undefined) return ERROR.UNKNOWN_TOPIC_OR_PARTITION
    if (current.leader !== request.id || current.leaderEpoch !== proposal.leaderEpoch) return ERROR.FENCED_LEADER_EPOCH
    if (current.partitionEpoch !== proposal.partitionEpoch) return ERROR.INVALID_UPDATE_VERSION
    const ids = proposal.isr.map(({ id }) => id)
    const isSound = ids.includes(request.id) && new Set(ids).size === ids.length
    if (!isSound || !ids.every(id => current.replicas.includes(id))) return ERROR.INVALID_REQUEST
    // A member that this leader has inherited, and not heard of yet, comes without an epoch.
    const areEligible = proposal.isr.every(({ id, epoch }) =>
      epoch === -1 ? this.image.isActive(id) : this.image.isActiveIncarnation(id, epoch),
    )
    return areEligible ? ERROR.NONE : ERROR.INELIGIBLE_REPLICA
  }

  #createTopic(topic: NewTopic, validateOnly: boolean): void {
    checkTopicName(topic.name)
    if (this.image.topics.has(topic.name)) {
      throw new KafkaError(ERROR.TOPIC_ALREADY_EXISTS, `Topic '${topic.name}' already exists.`)
    }
    const configs = [...checkTopicConfig(topic.configs)].map(([name, value]) => ({ name, value }))
    const assignment = placeReplicas(topic, {
      brokers: this.#candidates(topic),
      start: this.image.topics.size,
      defaults: this.#settings,
    })
    if (validateOnly) return
    this.#decide({ kind: 'topic', topic: topic.name, configs })
    for (const [partition, replicas] of assignment.entries()) {
      const active = replicas.filter(this.#isActive)
      this.#decide({
        kind: 'partition',
        topic: topic.name,
        partition,
        replicas,
        isr: active.length > 0 ? active : replicas.slice(0, 1),
        leader: active[0] ?? NO_LEADER,
        leaderEpoch: 0,
        partitionEpoch: 0,
      })
    }
  }

  /** Fenced brokers, too, may be given replicas, but only if there are too few others. */
  #candidates(topic: NewTopic): readonly number[] {
    const active = this.image.activeBrokers().map(({ id }) => id)
    const wanted = topic.replicationFactor === -1 ? this.#settings.defaultReplicationFactor : topic.replicationFactor
    if (topic.assignments.length === 0 && wanted <= active.length) return active
    return [...this.image.brokers.keys()].sort((a, b) => a - b)
  }

  #decide(record: MetadataRecord): void {
    this.image.apply(record)
    this.#decided.push(record)
  }
}
