// First light: real events go in and come out, while everything that runs underneath them falls over and gets up again.

import { drawPlan } from '../../chaos/nemesis.ts'
import type { RunLimits } from '../../sim/kernel/world.ts'
import type { Simulation } from '../../sim/simulation.ts'
import { startCluster } from '../cluster.ts'
import { Crew } from '../crew.ts'
import type { HistoryBook } from '../history-book.ts'
import { INVARIANTS } from '../invariants/all.ts'
import type { Company, PhaseLimits, Production, RunChoices, Scenario } from '../scenario.ts'
import { namesOf, topologyOf } from '../topology.ts'
import type { Topology } from '../topology.ts'
import type { Workload } from '../workload.ts'
import { PROJECTS } from './data-sets.ts'
import { drawWorkload } from './draw-workload.ts'
import { SHAPES, SIZES } from './shapes.ts'
import type { SizeShape } from './shapes.ts'
import { FAMILIES, strainsOf } from './strains.ts'

export const FIRST_LIGHT: Scenario = {
  name: 'first-light',
  title: "One event's whole life, on real data",
  story:
    'Clients send flights, earthquakes and bird strikes to two write hosts, single and in bulk, bad ones among them; Kafka ' +
    'keeps them, two stream workers turn them into columns on Cassandra, two query hosts answer. Meanwhile hosts crash, ' +
    'freeze and come back, and answers get lost. What was accepted must become visible, once, whole, and stay so; what was ' +
    'refused must not; and every count must be the count of what is visible.',
  variants: [{ name: 'default', says: 'as it is built' }],
  sizes: SIZES,
  faults: FAMILIES,
  prepare,
}

function prepare({ size, faults, entropy }: RunChoices): Production {
  const shape = SHAPES[size]
  if (shape === undefined) throw new RangeError(`first-light has no size ${size}`)
  const topology = firstLightTopology(shape)
  const clients = namesOf(topology, 'client')
  const readers = namesOf(topology, 'reader')
  const workload = drawWorkload(entropy.fork('workload').fork(size), { ...shape, clients, readers })
  const { stormMs } = shape
  const plan = drawPlan(entropy.fork('faults'), { strains: strainsOf(faults), stormMs, switchedOff: SWITCHED_OFF })
  return {
    plan,
    oneAtATime: [namesOf(topology, 'kafka'), namesOf(topology, 'store')],
    limits: LIMITS,
    phases: PHASES,
    invariants: INVARIANTS,
    events: workload.events,
    raise: (simulation, book) => raise(simulation, { topology, workload }, book),
  }
}

/** Two projects on six partitions. Deadlines are short, so that a storm of a minute meets each of them many times. */
function firstLightTopology({ clients, readers }: SizeShape): Topology {
  return topologyOf({
    clients,
    readers,
    configuration: {
      kafka: { partitions: 6, candidates: 3 },
      limits: { publishDeadlineMs: 6_000, produceTimeoutMs: 2_000, queryDeadlineMs: 15_000 },
      projects: Object.entries(PROJECTS).map(([name, id]) => ({
        ...{ id, name },
        writeKey: `${name}Writes${id}`,
        readKey: `${name}Reads${id}`,
        masterKey: `${name}Masters${id}`,
      })),
    },
  })
}

function raise(
  simulation: Simulation,
  { topology, workload }: { readonly topology: Topology; readonly workload: Workload },
  book: HistoryBook,
): Company {
  const cluster = startCluster(simulation, topology)
  const { http, projects } = topology.configuration
  const serversOf = (role: 'write' | 'query'): readonly { host: string; port: number }[] =>
    namesOf(topology, role).map(host => ({ host, port: http.port }))
  const crew = new Crew(
    simulation,
    {
      ...{ workload, hands: HANDS, timeoutMs: CLIENT_TIMEOUT_MS, pauseMs: CLIENT_PAUSE_MS },
      writeServers: serversOf('write'),
      queryServers: serversOf('query'),
      keys: new Map(projects.map(project => [project.id, project])),
    },
    book,
  )
  return {
    isReady: () => cluster.isReady() && crew.isReady,
    serves: host => cluster.serves(host),
    isWhole: () => cluster.isWhole(),
    begin: phase => crew.begin(phase),
    isDone: phase => crew.isDone(phase),
    missing: () => cluster.missing() ?? crew.missing,
  }
}

/** Each client has so many requests under way at most. */
const HANDS = 4

/** Some give up before the write host does. */
const CLIENT_TIMEOUT_MS = 5_500
const CLIENT_PAUSE_MS = { min: 200, max: 1_500 }

const SWITCHED_OFF = 0.25

const PHASES: PhaseLimits = {
  bootMs: 120_000,
  warmUpMs: 60_000,
  stormMs: 300_000,
  recoveryMs: 30_000,
  calmMs: 180_000,
  finalMs: 120_000,
}

/** Far beyond what a run needs: whoever meets one of them is stuck. */
const LIMITS: RunLimits = { virtualMicros: 1_200_000_000, entries: 50_000_000, realMs: 240_000 }
