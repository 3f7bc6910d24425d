// The configuration of one installation: parsed once at the edge, believed inside. Every role reads the same file.

import { RECORD_BYTES_MAX } from './message-limits.ts'
import type { Project } from './tenancy/projects.ts'

export interface Configuration {
  readonly kafka: KafkaConfiguration
  readonly cassandra: CassandraConfiguration
  readonly http: { readonly port: number }
  readonly projects: readonly Project[]
  readonly limits: Limits
  readonly stream: StreamConfiguration
}

export interface KafkaConfiguration {
  /** `host:port`, tried in turn. */
  readonly brokers: readonly string[]
  readonly topic: string
  /** At most 4,096: an event's id has 12 bits for its partition. */
  readonly partitions: number
  readonly replicationFactor: number
  readonly minInsyncReplicas: number
  /** The number of this log, (cluster, generation), in 8 bits. A truncated log gets the next one. */
  readonly log: number
  /** The consumer group of the stream workers. */
  readonly group: string
  /** How many partitions one project may be written to: its candidates in a rendezvous hash. */
  readonly candidates: number
}

export interface CassandraConfiguration {
  readonly contactPoints: readonly string[]
  readonly port: number
  readonly localDataCentre: string
  readonly keyspace: string
  /** Replicas in each data centre. */
  readonly replication: Readonly<Record<string, number>>
}

/** One range of the log that a worker writes whole: it ends by time or by bytes, whichever comes first. */
export interface StreamConfiguration {
  readonly rangeMs: number
  readonly rangeBytes: number
}

/** Every limit has a name; what is over it gets an error that says so. */
export interface Limits {
  /** One event, as the client sent it. */
  readonly eventBytesMax: number
  /** The body of one request. */
  readonly bodyBytesMax: number
  /** Events of one bulk request, and collections of it; below 2^18, as an event's id has 18 bits for its index. */
  readonly eventsPerRequestMax: number
  /** Objects and arrays inside one another in one event. */
  readonly eventDepthMax: number
  /** The request line and all headers, together. */
  readonly headerBytesMax: number
  /** From a connection's first byte, or the end of the request before, to the end of the headers. */
  readonly headersTimeoutMs: number
  /** From the end of the headers to the end of the body. */
  readonly bodyTimeoutMs: number
  /** The longest silence within a request that has begun. */
  readonly bodyIdleMs: number
  /** From the end of a request to the end of its answer: a query's deadline is shorter, so this cuts peers that do not read. */
  readonly answerTimeoutMs: number
  /** A connection on which no request has begun. */
  readonly keepAliveMs: number
  /** Connections of one process at a time; more are closed at once. */
  readonly connectionsMax: number
  /** How long a request may wait for the queue's answer before it is told that its outcome is unknown. */
  readonly publishDeadlineMs: number
  /** Bytes of records that wait in one process for the queue, all partitions together. */
  readonly queueBytesMax: number
  /** Bytes of records in one produce request. */
  readonly produceBytesMax: number
  /** How long one request to a broker may take before it counts as failed. */
  readonly produceTimeoutMs: number
  /** How long a partition that failed is passed over while others are healthy. */
  readonly laneRestMs: number
  /** From the start of a query to its last read; Keen's own. */
  readonly queryDeadlineMs: number
  /** Events that one extraction gives; Keen's own for what is not sent by mail. */
  readonly extractionEventsMax: number
  /** JSON of an extraction, estimated from below; Keen's own. */
  readonly responseBytesMax: number
  /** Reads from the store that one query has under way. */
  readonly queryReadsMax: number
  /** What a query host remembers of what blocks gave to earlier queries, about; 0: nothing. */
  readonly queryCacheBytesMax: number
  /** How long a stopping process waits for what it has begun. */
  readonly drainMs: number
  /** How long a starting process waits for engines that are not up yet. */
  readonly startMs: number
}

/** What is wrong with a configuration: every fault with its path. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
  readonly faults: readonly string[]

  constructor(faults: readonly string[]) {
    super(`the configuration cannot be used: ${faults.join('; ')}`)
    this.faults = faults
  }
}

/** An unknown key is a fault, so that a misspelt limit is not silently the default. Throws ConfigurationError. */
export function parseConfiguration(input: unknown): Configuration {
  const faults: string[] = []
  const root = section(input, '', faults)
  const configuration: Configuration = {
    kafka: parseKafka(root.section('kafka')),
    cassandra: parseCassandra(root.section('cassandra')),
    http: parseHttp(root.section('http')),
    projects: parseProjects(root),
    limits: parseLimits(root.section('limits')),
    stream: parseStream(root.section('stream')),
  }
  root.refuseOthers()
  if (faults.length > 0) throw new ConfigurationError(faults)
  return configuration
}

function parseKafka(kafka: Section): KafkaConfiguration {
  const brokers = kafka.texts('brokers', ['localhost:9092'], BROKER)
  const topic = kafka.text('topic', 'foreshock-events', /^[A-Za-z0-9._-]{1,249}$/)
  const partitions = kafka.integer('partitions', 12, 1, 4096)
  const replicationFactor = kafka.integer('replicationFactor', 3, 1, 100)
  const minInsyncReplicas = kafka.integer('minInsyncReplicas', 2, 1, 100)
  const log = kafka.integer('log', 1, 0, 255)
  const group = kafka.text('group', 'foreshock-stream', /^[A-Za-z0-9._-]{1,249}$/)
  const candidates = kafka.integer('candidates', 3, 1, 4096)
  if (minInsyncReplicas > replicationFactor) {
    kafka.fault('minInsyncReplicas', `is ${minInsyncReplicas}, more than replicationFactor, ${replicationFactor}`)
  }
  kafka.refuseOthers()
  return { brokers, topic, partitions, replicationFactor, minInsyncReplicas, log, group, candidates }
}

function parseCassandra(cassandra: Section): CassandraConfiguration {
  const contactPoints = cassandra.texts('contactPoints', ['localhost'], /^[^\s:/]{1,255}$/)
  const port = cassandra.integer('port', 9042, 1, 65_535)
  const localDataCentre = cassandra.text('localDataCentre', 'dc1', /^\S{1,255}$/)
  const keyspace = cassandra.text('keyspace', 'foreshock', /^[a-z][a-z0-9_]{0,47}$/)
  const replication = cassandra.counts('replication', { [localDataCentre]: 3 })
  if (replication[localDataCentre] === undefined) {
    cassandra.fault('replication', `does not name the local data centre, ${localDataCentre}`)
  }
  cassandra.refuseOthers()
  return { contactPoints, port, localDataCentre, keyspace, replication }
}

function parseHttp(http: Section): { readonly port: number } {
  const port = http.integer('port', 8080, 1, 65_535)
  http.refuseOthers()
  return { port }
}

function parseProjects(root: Section): readonly Project[] {
  const projects = root.sections('projects').map(project => {
    const id = project.text('id', undefined, PROJECT_ID)
    const name = project.text('name', id, /^.{1,256}$/s)
    const writeKey = project.text('writeKey', undefined, KEY)
    const readKey = project.text('readKey', undefined, KEY)
    const masterKey = project.text('masterKey', undefined, KEY)
    if (new Set([writeKey, readKey, masterKey]).size < 3) project.fault('masterKey', 'the three keys must differ')
    project.refuseOthers()
    return { id, name, writeKey, readKey, masterKey }
  })
  const ids = projects.map(project => project.id)
  if (new Set(ids).size < ids.length) root.fault('projects', 'two projects have one id')
  return projects
}

function parseLimits(limits: Section): Limits {
  const parsed: Limits = {
    eventBytesMax: limits.integer('eventBytesMax', 900_000, 1, 8 * MIB),
    bodyBytesMax: limits.integer('bodyBytesMax', 10_000_000, 1, 10_000_000),
    eventsPerRequestMax: limits.integer('eventsPerRequestMax', 50_000, 1, 2 ** 18 - 1),
    eventDepthMax: limits.integer('eventDepthMax', 100, 1, 1_000),
    headerBytesMax: limits.integer('headerBytesMax', 32 * 1024, 1_024, MIB),
    headersTimeoutMs: limits.integer('headersTimeoutMs', 10_000, 1, HOUR_MS),
    bodyTimeoutMs: limits.integer('bodyTimeoutMs', 60_000, 1, HOUR_MS),
    bodyIdleMs: limits.integer('bodyIdleMs', 10_000, 1, HOUR_MS),
    answerTimeoutMs: limits.integer('answerTimeoutMs', 330_000, 1, HOUR_MS),
    keepAliveMs: limits.integer('keepAliveMs', 60_000, 1, HOUR_MS),
    connectionsMax: limits.integer('connectionsMax', 10_000, 1, 1_000_000),
    publishDeadlineMs: limits.integer('publishDeadlineMs', 20_000, 1, HOUR_MS),
    queueBytesMax: limits.integer('queueBytesMax', 64 * MIB, 1, 1024 * MIB),
    produceBytesMax: limits.integer('produceBytesMax', MIB, 1, 11 * MIB),
    produceTimeoutMs: limits.integer('produceTimeoutMs', 5_000, 1, HOUR_MS),
    laneRestMs: limits.integer('laneRestMs', 2_000, 1, HOUR_MS),
    queryDeadlineMs: limits.integer('queryDeadlineMs', 300_000, 1, HOUR_MS),
    extractionEventsMax: limits.integer('extractionEventsMax', 100_000, 1, 10_000_000),
    responseBytesMax: limits.integer('responseBytesMax', 150_000_000, 1, 400_000_000),
    queryReadsMax: limits.integer('queryReadsMax', 16, 1, 1_000),
    queryCacheBytesMax: limits.integer('queryCacheBytesMax', 64 * MIB, 0, 1024 * MIB),
    drainMs: limits.integer('drainMs', 25_000, 1, HOUR_MS),
    startMs: limits.integer('startMs', 120_000, 1, HOUR_MS),
  }
  if (parsed.queryDeadlineMs >= parsed.answerTimeoutMs) {
    limits.fault(
      'queryDeadlineMs',
      `is ${parsed.queryDeadlineMs}, not below answerTimeoutMs, ${parsed.answerTimeoutMs}`,
    )
  }
  if (parsed.publishDeadlineMs >= parsed.answerTimeoutMs) {
    limits.fault(
      'publishDeadlineMs',
      `is ${parsed.publishDeadlineMs}, not below answerTimeoutMs, ${parsed.answerTimeoutMs}`,
    )
  }
  const recordBytes = parsed.bodyBytesMax + parsed.eventsPerRequestMax * RECORDED_EVENT_BYTES
  if (recordBytes > RECORD_BYTES_MAX) {
    limits.fault(
      'eventsPerRequestMax',
      `and bodyBytesMax allow records of ${recordBytes} bytes; ${RECORD_BYTES_MAX} fit`,
    )
  }
  limits.refuseOthers()
  return parsed
}

function parseStream(stream: Section): StreamConfiguration {
  const parsed = {
    rangeMs: stream.integer('rangeMs', 1_000, 1, HOUR_MS),
    rangeBytes: stream.integer('rangeBytes', 8 * MIB, 1, 64 * MIB),
  }
  stream.refuseOthers()
  return parsed
}

/** One object of the file; it remembers which keys were asked for. */
interface Section {
  section(key: string): Section
  sections(key: string): readonly Section[]
  integer(key: string, fallback: number, min: number, max: number): number
  text(key: string, fallback: string | undefined, pattern: RegExp): string
  texts(key: string, fallback: readonly string[], pattern: RegExp): readonly string[]
  counts(key: string, fallback: Readonly<Record<string, number>>): Readonly<Record<string, number>>
  fault(key: string, what: string): void
  refuseOthers(): void
}

function section(input: unknown, path: string, faults: string[]): Section {
  const known = new Set<string>()
  const object = isObject(input) ? input : {}
  const pathOf = (key: string): string => (path === '' ? key : `${path}.${key}`)
  const fault = (key: string, what: string): void => void faults.push(`${pathOf(key)} ${what}`)
  const take = (key: string): unknown => {
    known.add(key)
    return Object.hasOwn(object, key) ? object[key] : undefined
  }
  if (input !== undefined && !isObject(input)) faults.push(`${path === '' ? 'the configuration' : path} is no object`)

  return {
    section: key => section(take(key), pathOf(key), faults),
    sections(key) {
      const value = take(key)
      if (value === undefined) return []
      if (!Array.isArray(value)) {
        fault(key, 'is no list')
        return []
      }
      return value.map((item: unknown, index) => section(item ?? null, `${pathOf(key)}[${index}]`, faults))
    },
    integer(key, fallback, min, max) {
      const value = take(key)
      if (value === undefined) return fallback
      if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value
      fault(key, `is no integer from ${min} to ${max}`)
      return fallback
    },
    text(key, fallback, pattern) {
      const value = take(key) ?? fallback
      if (typeof value === 'string' && pattern.test(value)) return value
      fault(key, value === undefined ? 'is missing' : `does not have the form ${String(pattern)}`)
      return ''
    },
    texts(key, fallback, pattern) {
      const value = take(key)
      if (value === undefined) return fallback
      const isList = Array.isArray(value) && value.length > 0
      if (isList && value.every((item): item is string => typeof item === 'string' && pattern.test(item))) return value
      fault(key, `is no list of texts of the form ${String(pattern)}`)
      return fallback
    },
    counts(key, fallback) {
      const value = take(key)
      if (value === undefined) return fallback
      const isCounts =
        isObject(value) && Object.values(value).every(count => Number.isInteger(count) && Number(count) > 0)
      if (isCounts) return value as Record<string, number>
      fault(key, 'is no object of positive integers')
      return fallback
    },
    fault,
    refuseOthers() {
      for (const key of Object.keys(object)) if (!known.has(key)) fault(key, 'is unknown')
    },
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const MIB = 1024 * 1024
const HOUR_MS = 3_600_000

/** At most what a record holds of an event beside its body. */
const RECORDED_EVENT_BYTES = 16
const BROKER = /^[^\s:/]{1,255}:[0-9]{1,5}$/
const PROJECT_ID = /^[A-Za-z0-9_-]{1,64}$/

/** Alphanumeric only: PHP's client refuses others before it sends anything. Older projects had keys of 400 characters. */
const KEY = /^[A-Za-z0-9]{16,512}$/
