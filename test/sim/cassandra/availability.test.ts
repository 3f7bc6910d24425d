// Two data centres of three nodes: who is asked, who counts, and when it is not enough.

import { describe, expect, test } from 'vitest'
import { Tally, assureAlive, quotaOf } from '../../../sim/cassandra/coordinator/availability.ts'
import { candidatesOf } from '../../../sim/cassandra/coordinator/candidates.ts'
import type { Membership } from '../../../sim/cassandra/coordinator/membership.ts'
import type { Consistency } from '../../../sim/cassandra/ring/consistency.ts'
import type { Replication } from '../../../sim/cassandra/ring/replication.ts'
import type { RingNode } from '../../../sim/cassandra/ring/ring.ts'

const REPLICATION: Replication = { kind: 'network-topology', replicas: { near: 3, far: 3 } }

const NODES: readonly RingNode[] = ['n1', 'f1', 'n2', 'f2', 'n3', 'f3'].map(address => ({
  address,
  dataCentre: address.startsWith('n') ? 'near' : 'far',
  rack: 'r',
  tokens: [],
}))

/** As `n1` sees it. */
function membership(dead: readonly string[] = [], doubtful: readonly string[] = []): Membership {
  return {
    self: 'n1',
    dataCentre: 'near',
    isAlive: address => !dead.includes(address),
    isDoubtful: address => doubtful.includes(address),
    doubt: () => undefined,
  }
}

function refusal(consistency: Consistency, dead: readonly string[]): string {
  try {
    assureAlive(quotaOf(REPLICATION, consistency, 'near'), NODES, membership(dead))
    return 'enough'
  } catch (error) {
    const { body, message } = error as { body: { required: number; alive: number }; message: string }
    return `${message}: ${body.required} required, ${body.alive} alive`
  }
}

describe('a level is refused when too few are believed alive', () => {
  test.each<readonly [Consistency, readonly string[], string]>([
    ['ONE', ['n1', 'n2', 'n3', 'f1', 'f2'], 'enough'],
    ['LOCAL_ONE', ['n1', 'n2', 'n3'], 'Cannot achieve consistency level LOCAL_ONE: 1 required, 0 alive'],
    ['QUORUM', ['f1', 'f2'], 'enough'],
    ['QUORUM', ['f1', 'f2', 'f3'], 'Cannot achieve consistency level QUORUM: 4 required, 3 alive'],
    ['LOCAL_QUORUM', ['f1', 'f2', 'f3', 'n2'], 'enough'],
    ['LOCAL_QUORUM', ['n2', 'n3'], 'Cannot achieve consistency level LOCAL_QUORUM: 2 required, 1 alive'],
    ['EACH_QUORUM', ['n2', 'f1'], 'enough'],
    ['EACH_QUORUM', ['f1', 'f2'], 'Cannot achieve consistency level EACH_QUORUM in DC far: 2 required, 1 alive'],
    ['ALL', ['f3'], 'Cannot achieve consistency level ALL: 6 required, 5 alive'],
    ['ANY', ['n1', 'n2', 'n3', 'f1', 'f2', 'f3'], 'enough'],
  ])('%s without %s: %s', (consistency, dead, expected) => expect(refusal(consistency, dead)).toBe(expected))
})

describe('answers count towards a level until it is met', () => {
  test.each<readonly [Consistency, readonly string[], boolean]>([
    ['QUORUM', ['n1', 'f1', 'f2'], false],
    ['QUORUM', ['n1', 'f1', 'f2', 'f3'], true],
    ['LOCAL_QUORUM', ['n1', 'f1', 'f2', 'f3'], false],
    ['LOCAL_QUORUM', ['n1', 'n3'], true],
    ['EACH_QUORUM', ['n1', 'n2', 'n3', 'f1'], false],
    ['EACH_QUORUM', ['n1', 'n2', 'f3', 'f1'], true],
  ])('%s with %s: %s', (consistency, answered, isMet) => {
    const tally = new Tally(quotaOf(REPLICATION, consistency, 'near'), 'near')
    for (const node of NODES) if (answered.includes(node.address)) tally.add(node)
    expect(tally.isMet).toBe(isMet)
  })

  test('failures end the waiting once those that are left cannot meet it', () => {
    const tally = new Tally(quotaOf(REPLICATION, 'LOCAL_QUORUM', 'near'), 'near')
    tally.add(NODES[0]!)
    const left = (addresses: readonly string[]): readonly RingNode[] =>
      NODES.filter(({ address }) => addresses.includes(address))
    expect(tally.canBeMetBy(left(['n2']))).toBe(true)
    expect(tally.canBeMetBy(left(['f1', 'f2', 'f3']))).toBe(false)
  })
})

describe('a read asks near nodes first, itself before all, and the doubtful last', () => {
  test.each<readonly [Consistency, readonly string[], readonly string[], readonly string[], readonly string[]]>([
    ['LOCAL_QUORUM', [], [], ['n1', 'n2'], ['n3']],
    ['LOCAL_QUORUM', [], ['n2'], ['n1', 'n3'], ['n2']],
    ['LOCAL_QUORUM', ['n3'], ['n2'], ['n1', 'n2'], []],
    ['ONE', ['n1', 'n2', 'n3'], ['f1'], ['n1'], ['f2', 'f3', 'f1']],
    ['QUORUM', [], [], ['n1', 'n2', 'n3', 'f1'], ['f2', 'f3']],
    ['EACH_QUORUM', [], ['f1'], ['n1', 'n2', 'f2', 'f3'], ['n3', 'f1']],
  ])('%s with %s dead and %s doubtful asks %s', (consistency, dead, doubtful, asked, spare) => {
    const quota = quotaOf(REPLICATION, consistency, 'near')
    const candidates = candidatesOf(quota, NODES, membership(dead, doubtful))
    expect(candidates.asked.map(({ address }) => address)).toEqual(asked)
    expect(candidates.spare.map(({ address }) => address)).toEqual(spare)
  })
})
