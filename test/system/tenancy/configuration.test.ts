import { describe, expect, test } from 'vitest'
import { ConfigurationError, parseConfiguration } from '../../../system/configuration.ts'

describe('a configuration', () => {
  test('may be empty: everything has a default', () => {
    const configuration = parseConfiguration({})
    expect(configuration.limits.eventBytesMax).toBe(900_000)
    expect(configuration.limits.bodyBytesMax).toBe(10_000_000)
    expect(configuration.stream).toEqual({ rangeMs: 1_000, rangeBytes: 8 * 1024 * 1024 })
    expect(configuration.projects).toEqual([])
  })

  const project = { id: 'p1', writeKey: 'W'.repeat(64), readKey: 'R'.repeat(64), masterKey: 'M'.repeat(64) }

  test('names its projects, and a project without a name is called by its id', () => {
    expect(parseConfiguration({ projects: [project] }).projects).toEqual([{ ...project, name: 'p1' }])
  })

  const faults: readonly [string, unknown, string][] = [
    ['no object', [], 'the configuration is no object'],
    ['a misspelt key', { kafka: { broker: ['a:1'] } }, 'kafka.broker is unknown'],
    ['a broker without a port', { kafka: { brokers: ['a'] } }, 'kafka.brokers is no list'],
    ['no brokers', { kafka: { brokers: [] } }, 'kafka.brokers is no list'],
    ['too many partitions', { kafka: { partitions: 4097 } }, 'kafka.partitions is no integer from 1 to 4096'],
    ['a number as text', { http: { port: '80' } }, 'http.port is no integer'],
    [
      'more in-sync replicas than replicas',
      { kafka: { replicationFactor: 1 } },
      'kafka.minInsyncReplicas is 2, more than',
    ],
    [
      'too many events a request',
      { limits: { eventsPerRequestMax: 2 ** 18 } },
      'limits.eventsPerRequestMax is no integer',
    ],
    [
      'a query that may outlast its answer',
      { limits: { queryDeadlineMs: 330_000 } },
      'limits.queryDeadlineMs is 330000, not below answerTimeoutMs',
    ],
    [
      'a publication that may outlast its answer',
      { limits: { publishDeadlineMs: 400_000 } },
      'limits.publishDeadlineMs is 400000, not below answerTimeoutMs',
    ],
    [
      'events that would not fit into one record',
      { limits: { eventsPerRequestMax: 200_000 } },
      'limits.eventsPerRequestMax and bodyBytesMax allow records of 13200000 bytes; 12517376 fit',
    ],
    ['a project without keys', { projects: [{ id: 'a' }] }, 'projects[0].writeKey is missing'],
    ['a project that is null', { projects: [null] }, 'projects[0] is no object'],
    ['two keys alike', { projects: [{ ...project, readKey: project.writeKey }] }, 'the three keys must differ'],
    [
      'a key with other characters',
      { projects: [{ ...project, readKey: '-'.repeat(64) }] },
      'projects[0].readKey does not have',
    ],
    ['one id twice', { projects: [project, project] }, 'projects two projects have one id'],
    ['no replicas at home', { cassandra: { replication: { dc2: 3 } } }, 'cassandra.replication does not name'],
    [
      'replicas by halves',
      { cassandra: { replication: { dc1: 1.5 } } },
      'cassandra.replication is no object of positive',
    ],
  ]
  test.each(faults)('with %s is refused, by its path', (_, input, what) => {
    expect(() => parseConfiguration(input)).toThrow(ConfigurationError)
    expect(() => parseConfiguration(input)).toThrow(what)
  })

  test('with several faults names them all', () => {
    const input = { http: { port: 0 }, kafka: { log: 256 }, cassandra: { keyspace: 'Bad Name' } }
    try {
      parseConfiguration(input)
      expect.unreachable()
    } catch (error) {
      expect((error as ConfigurationError).faults.map(fault => fault.split(' ')[0])).toEqual([
        'kafka.log',
        'cassandra.keyspace',
        'http.port',
      ])
    }
  })
})
