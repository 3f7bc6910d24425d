import { describe, expect, test } from 'vitest'
import { namesOf, topologyOf } from '../../scenarios/topology.ts'

const topology = topologyOf({ clients: 2, readers: 1, configuration: { kafka: { partitions: 6 } } })

describe('a topology', () => {
  test('gives every host a name and an address of its own', () => {
    const { hosts } = topology
    expect(new Set(hosts.map(({ name }) => name)).size).toBe(hosts.length)
    expect(new Set(hosts.map(({ address }) => address)).size).toBe(hosts.length)
    expect(namesOf(topology, 'kafka-controller', 'kafka', 'store')).toEqual([
      ...['kafka-controller', 'kafka-1', 'kafka-2', 'kafka-3'],
      ...['store-1', 'store-2', 'store-3'],
    ])
    expect(namesOf(topology, 'client', 'reader', 'admin')).toEqual(['client-1', 'client-2', 'reader-1', 'admin-1'])
  })

  test('has one configuration that names its engines', () => {
    const { configuration, kafka, cassandra } = topology
    expect(configuration.kafka.brokers).toEqual(kafka.brokers.map(({ host, port }) => `${host}:${port}`))
    expect(configuration.kafka.partitions).toBe(6)
    expect(configuration.cassandra.contactPoints).toEqual(cassandra.nodes.map(({ host }) => host))
    expect(configuration.cassandra.port).toBe(cassandra.nativePort)
  })

  test('spreads the tokens of the nodes evenly, in turn round the ring', () => {
    const tokens = topology.cassandra.nodes.flatMap(({ host, tokens: own }) =>
      own.map(token => ({ host, token: BigInt(token) })),
    )
    tokens.sort((a, b) => (a.token < b.token ? -1 : 1))
    expect(tokens.map(({ host }) => host)).toEqual([1, 2, 3, 4].flatMap(() => ['store-1', 'store-2', 'store-3']))
    const steps = tokens.slice(1).map(({ token }, index) => token - (tokens[index]?.token ?? 0n))
    expect(new Set(steps).size).toBe(1)
    expect(tokens[0]?.token).toBeGreaterThanOrEqual(-(2n ** 63n))
    expect(tokens.at(-1)?.token).toBeLessThan(2n ** 63n)
  })
})
