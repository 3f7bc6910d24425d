// The settings that a topic may have: which there are, what they may be, and what they are when nobody says.

import { ERROR, KafkaError } from '../wire/error-code.ts'

export interface TopicConfig {
  readonly minInsyncReplicas: number
  readonly maxMessageBytes: number
  readonly isAppendTime: boolean
  readonly segmentBytes: number
}

/** What the creator of a topic said, by name. */
export type ConfigEntries = ReadonlyMap<string, string>

interface ConfigKey {
  readonly byDefault: string
  readonly check: (value: string) => boolean
}

const int =
  (min: number, max = 2 ** 31 - 1) =>
  (value: string): boolean =>
    INTEGER.test(value.trim()) && Number(value) >= min && Number(value) <= max

const oneOf =
  (...values: readonly string[]) =>
  (value: string): boolean =>
    values.includes(value)

const listOf =
  (...values: readonly string[]) =>
  (text: string): boolean =>
    text.split(',').every(value => values.includes(value.trim()))

const INTEGER = /^-?\d{1,18}$/
const LONG_MAX = 2 ** 63
const boolean = oneOf('true', 'false')

/**
 * Kafka's names and defaults. Those that are known but not read below are kept and shown: retention, compaction, unclean
 * election and flushing are still to be acted on.
 */
const KEYS: ReadonlyMap<string, ConfigKey> = new Map(
  Object.entries({
    'cleanup.policy': { byDefault: 'delete', check: listOf('delete', 'compact') },
    'compression.type': {
      byDefault: 'producer',
      check: oneOf('producer', 'uncompressed', 'gzip', 'snappy', 'lz4', 'zstd'),
    },
    'delete.retention.ms': { byDefault: '86400000', check: int(0, LONG_MAX) },
    'file.delete.delay.ms': { byDefault: '60000', check: int(0, LONG_MAX) },
    'flush.messages': { byDefault: '9223372036854775807', check: value => /^\d{1,19}$/.test(value) && value !== '0' },
    'flush.ms': { byDefault: '9223372036854775807', check: value => /^\d{1,19}$/.test(value) },
    'index.interval.bytes': { byDefault: '4096', check: int(0) },
    'max.message.bytes': { byDefault: '1048588', check: int(0) },
    'message.timestamp.type': { byDefault: 'CreateTime', check: oneOf('CreateTime', 'LogAppendTime') },
    'min.cleanable.dirty.ratio': { byDefault: '0.5', check: value => /^(0(\.\d+)?|1(\.0+)?)$/.test(value) },
    'min.compaction.lag.ms': { byDefault: '0', check: int(0, LONG_MAX) },
    'min.insync.replicas': { byDefault: '1', check: int(1) },
    preallocate: { byDefault: 'false', check: boolean },
    'retention.bytes': { byDefault: '-1', check: int(-1, LONG_MAX) },
    'retention.ms': { byDefault: '604800000', check: int(-1, LONG_MAX) },
    'segment.bytes': { byDefault: '1073741824', check: int(1024 * 1024) },
    'segment.index.bytes': { byDefault: '10485760', check: int(4) },
    'segment.jitter.ms': { byDefault: '0', check: int(0, LONG_MAX) },
    'segment.ms': { byDefault: '604800000', check: int(1, LONG_MAX) },
    'unclean.leader.election.enable': { byDefault: 'false', check: boolean },
  }),
)

/** Throws INVALID_CONFIG for a name that Kafka does not know, or a value that it would not take. */
export function checkTopicConfig(
  entries: readonly { readonly name: string; readonly value: string | null }[],
): ConfigEntries {
  const checked = new Map<string, string>()
  for (const { name, value } of entries) {
    const key = KEYS.get(name)
    if (key === undefined) throw new KafkaError(ERROR.INVALID_CONFIG, `Unknown topic config name: ${name}`)
    if (value === null) throw new KafkaError(ERROR.INVALID_CONFIG, `Null value not supported for topic config: ${name}`)
    if (!key.check(value)) {
      throw new KafkaError(ERROR.INVALID_CONFIG, `Invalid value ${value} for configuration ${name}`)
    }
    checked.set(name, value.trim())
  }
  return checked
}

export function topicConfigOf(entries: ConfigEntries): TopicConfig {
  const valueOf = (name: string): string => entries.get(name) ?? KEYS.get(name)?.byDefault ?? ''
  return {
    minInsyncReplicas: Number(valueOf('min.insync.replicas')),
    maxMessageBytes: Number(valueOf('max.message.bytes')),
    isAppendTime: valueOf('message.timestamp.type') === 'LogAppendTime',
    segmentBytes: Number(valueOf('segment.bytes')),
  }
}

/** All settings of a topic, for those who ask. */
export function describeTopicConfig(
  entries: ConfigEntries,
): readonly { readonly name: string; readonly value: string; readonly isDefault: boolean }[] {
  return [...KEYS].map(([name, { byDefault }]) => ({
    name,
    value: entries.get(name) ?? byDefault,
    isDefault: !entries.has(name),
  }))
}
