// What goes wrong in first light: the families of faults, and from what the nemesis draws each.

import type { Blow, BlowPart, Strain } from '../../chaos/nemesis.ts'
import type { Fault, HostFault } from '../../chaos/fault.ts'
import type { Choice } from '../scenario.ts'

export const FAMILIES: readonly Choice[] = [
  { name: 'none', says: 'nothing goes wrong' },
  {
    name: 'light',
    says: 'crashes and pauses of every kind of host, one broker and one store host at a time; slow and one-way links',
  },
  {
    name: 'power',
    says: 'the same, and power losses of brokers and store hosts, each when every copy is whole again',
  },
]

/** The strains of a family. */
export function strainsOf(family: string): readonly Strain[] {
  switch (family) {
    case 'light':
      return LIGHT
    case 'power':
      return [...LIGHT, ...POWER]
    default:
      return []
  }
}

const LIGHT: readonly Strain[] = [
  {
    name: 'write hosts',
    blows: [...ofEach('crash', 'write', 2), ...ofEach('freeze', 'write', 2)],
    lengthMs: { min: 200, max: 6_000 },
    restMs: { min: 2_000, max: 12_000 },
  },
  {
    name: 'stream workers',
    // Longer than their session in the consumer group, too: then one that comes to itself is a zombie.
    blows: [...ofEach('crash', 'stream', 2), ...ofEach('freeze', 'stream', 2)],
    lengthMs: { min: 100, max: 15_000 },
    restMs: { min: 500, max: 8_000 },
  },
  {
    name: 'query hosts',
    blows: ofEach('crash', 'query', 2),
    lengthMs: { min: 200, max: 4_000 },
    restMs: { min: 4_000, max: 20_000 },
  },
  {
    name: 'brokers',
    blows: [...ofEach('crash', 'kafka', 3), ...ofEach('freeze', 'kafka', 3)],
    lengthMs: { min: 300, max: 15_000 },
    restMs: { min: 3_000, max: 15_000 },
  },
  {
    name: 'controller',
    blows: [now({ kind: 'crash', host: 'kafka-controller' })],
    lengthMs: { min: 200, max: 6_000 },
    restMs: { min: 8_000, max: 30_000 },
  },
  {
    name: 'store hosts',
    blows: [...ofEach('crash', 'store', 3), ...ofEach('freeze', 'store', 3)],
    lengthMs: { min: 300, max: 15_000 },
    restMs: { min: 2_000, max: 12_000 },
  },
  {
    // What is lost is the answer: the broker has taken the records, and the write host does not know it.
    name: 'lost answers',
    blows: [
      now({ kind: 'one-way-cut', from: 'kafka', to: 'write-1' }),
      now({ kind: 'one-way-cut', from: 'kafka', to: 'write-2' }),
    ],
    lengthMs: { min: 1_000, max: 8_000 },
    restMs: { min: 2_000, max: 12_000 },
  },
  {
    // Between the steps of a worker there is time for everything else to happen.
    name: 'slow store',
    blows: [
      now({ kind: 'slow', between: ['stream', 'store'], delayMs: 100 }),
      caughtInTheAct('stream-1', 'crash', 100),
      caughtInTheAct('stream-1', 'crash', 400),
      caughtInTheAct('stream-1', 'freeze', 400),
      caughtInTheAct('stream-2', 'crash', 100),
      caughtInTheAct('stream-2', 'crash', 400),
      caughtInTheAct('stream-2', 'freeze', 400),
    ],
    lengthMs: { min: 4_000, max: 15_000 },
    restMs: { min: 1_000, max: 8_000 },
  },
  {
    name: 'replicas apart',
    blows: [
      now({ kind: 'cut', between: ['store-1', 'store-2'] }),
      now({ kind: 'cut', between: ['store-2', 'store-3'] }),
      now({ kind: 'one-way-cut', from: 'store-3', to: 'store-1' }),
      now({ kind: 'one-way-cut', from: 'kafka-1', to: 'kafka' }),
      now({ kind: 'one-way-cut', from: 'kafka', to: 'kafka-2' }),
      now({ kind: 'cut', between: ['kafka-3', 'kafka'] }),
    ],
    lengthMs: { min: 500, max: 12_000 },
    restMs: { min: 4_000, max: 20_000 },
  },
]

const POWER: readonly Strain[] = [
  {
    name: 'power of engines',
    blows: [...ofEach('power-loss', 'kafka', 3, 'whole'), ...ofEach('power-loss', 'store', 3, 'whole')],
    lengthMs: { min: 500, max: 10_000 },
    restMs: { min: 3_000, max: 15_000 },
  },
  {
    name: 'power of others',
    blows: [
      ...ofEach('power-loss', 'write', 2),
      ...ofEach('power-loss', 'stream', 2),
      ...ofEach('power-loss', 'query', 2),
    ],
    lengthMs: { min: 500, max: 10_000 },
    restMs: { min: 4_000, max: 20_000 },
  },
]

/** The same fault for `kind-1` to `kind-N`. */
function ofEach(kind: HostFault['kind'], role: string, count: number, when: BlowPart['when'] = 'now'): readonly Blow[] {
  return Array.from({ length: count }, (_, index) => [{ fault: { kind, host: `${role}-${index + 1}` }, when }])
}

function now(fault: Fault): Blow {
  return [{ fault, when: 'now' }]
}

/** The worker is so slow that it is surely in the middle of something when it stops. */
function caughtInTheAct(worker: string, kind: HostFault['kind'], delayMs: number): Blow {
  return [
    { fault: { kind: 'slow', between: [worker, 'store'], delayMs }, when: 'now' },
    { fault: { kind, host: worker }, when: 'now', share: { min: 0.7, max: 0.8 } },
  ]
}
