// A machine of the world: a name, an address, a clock, a disk, a network port, one processor, and the process on it.

import type { Disk } from '../../system/runtime/disk.ts'
import type { Network } from '../../system/runtime/network.ts'
import type { Runtime } from '../../system/runtime/runtime.ts'
import { current } from './current.ts'
import type { Entry } from './entry-queue.ts'
import { HostClock, simulatedClock } from './host-clock.ts'
import { simulatedCpu } from './host-cpu.ts'
import { moduleGraph } from './module-graph.ts'
import { portableStack } from './portable-stack.ts'
import type { World } from './world.ts'

/** How a process ends: a crash keeps the page cache and resets the sockets, a power loss takes what was never synced. */
export type Ending = 'crash' | 'power-loss'

export type HostState = 'down' | 'up' | 'frozen'

/** What runs on a host, from one boot to its end. A rejection is a death. */
export type Program = (process: HostProcess) => void | Promise<void>

export interface HostProcess {
  readonly host: Host
  readonly runtime: Runtime
  readonly startedMicros: number
  /** The exports of one of the project's own modules, in this process's own instance: see module-graph.ts. */
  load<T>(path: string): T
}

export interface HostOptions {
  readonly name: string
  readonly address: string
  /** Called at each boot. */
  readonly network: (host: Host) => Network
  readonly disk: (host: Host) => Disk
  readonly clock?: { readonly skewMs?: number; readonly driftPpm?: number }
  /** How many times longer than stated this host's processor takes for its work. */
  readonly cpuFactor?: number
}

export class Host {
  readonly world: World
  /** Counted from 1 in the order in which hosts were added; 0 is the world itself. */
  readonly index: number
  readonly name: string
  readonly address: string
  readonly clock: HostClock
  readonly #options: HostOptions
  readonly #listeners: ((how: Ending) => void)[] = []
  #program: Program | undefined
  #process: HostProcess | undefined
  #incarnation = 0
  #state: HostState = 'down'
  /** What has to wait, in order, while the host is frozen or busy; `#turn` is the entry at which the first of it is taken. */
  #held: Entry[] = []
  #turn: Entry | undefined
  #busyUntilMicros = 0
  #onEnd: (() => void)[] = []

  constructor(world: World, index: number, options: HostOptions) {
    this.world = world
    this.index = index
    this.name = options.name
    this.address = options.address
    this.clock = new HostClock(world, options.clock)
    this.#options = options
  }

  /** Grows at each end of a process: what an ended one has armed is dead. */
  get incarnation(): number {
    return this.#incarnation
  }

  get state(): HostState {
    return this.#state
  }

  /** Entries that wait until the host thaws. */
  get heldEntries(): number {
    return this.#held.length
  }

  /** The process that runs, or the last that did: what is still left of its last entry belongs to it. */
  get process(): HostProcess | undefined {
    return this.#process
  }

  get busyUntilMicros(): number {
    return this.#busyUntilMicros
  }

  /** The first boot. The program is kept for restarts. */
  start(program: Program): void {
    this.#program = program
    this.restart()
  }

  restart(): void {
    if (this.#state !== 'down') throw new Error(`${this.name} is ${this.#state}, not down`)
    this.#state = 'up'
    const { world } = this
    world.arm(0, {
      host: this,
      incarnation: this.#incarnation,
      kind: 'boot',
      scope: undefined,
      fire: () => this.#boot(),
    })
  }

  crash(): void {
    this.#end('crash')
  }

  powerLoss(): void {
    this.#end('power-loss')
  }

  /** Nothing on the host happens until it thaws; its sockets stay. */
  freeze(): void {
    if (this.#state !== 'up') throw new Error(`${this.name} is ${this.#state}, not up`)
    this.#state = 'frozen'
  }

  thaw(): void {
    if (this.#state !== 'frozen') throw new Error(`${this.name} is ${this.#state}, not frozen`)
    this.#state = 'up'
    if (this.#held.length > 0) this.#awaitTurn()
  }

  /** Called at every end of a process, synchronously, before anything else happens. */
  onDown(listener: (how: Ending) => void): void {
    this.#listeners.push(listener)
  }

  /** Called once, when the process that is running ends, or the world does. */
  onProcessEnd(listener: () => void): void {
    this.#onEnd.push(listener)
  }

  /** The processor is taken for so long from now on, or from when it would have been free. */
  occupy(costMicros: number): number {
    const from = Math.max(this.#busyUntilMicros, this.world.nowMicros)
    this.#busyUntilMicros = from + Math.max(0, Math.round(costMicros * (this.#options.cpuFactor ?? 1)))
    return this.#busyUntilMicros
  }

  /** What fires on this host now that the entry is due: it, or what has waited longer, or nothing yet. */
  admit(entry: Entry): Entry | undefined {
    if (entry.incarnation !== this.#incarnation || this.#state === 'down') return undefined
    if (entry === this.#turn) return this.#takeTurn(entry)
    const isFree = this.#state === 'up' && this.#busyUntilMicros <= entry.atMicros
    if (isFree && this.#held.length === 0) return entry
    this.#held.push(entry)
    if (this.#state === 'up') this.#awaitTurn()
    return undefined
  }

  /** The process ends itself: an error that nobody caught, or an exit. */
  die(error: Error): void {
    this.world.logs.of(this.name).write('error', 'process died', { error: error.message, stack: portableStack(error) })
    this.#end('crash')
  }

  /** The world is over: lets go of everything that would keep it in memory. */
  dismantle(): void {
    this.#runEndListeners()
    this.#letGo()
    this.#process = undefined
    this.#program = undefined
    this.#state = 'down'
    this.#incarnation++
  }

  #end(how: Ending): void {
    if (this.#state === 'down') throw new Error(`${this.name} is down already`)
    this.#incarnation++
    this.#state = 'down'
    this.#letGo()
    this.#busyUntilMicros = 0
    for (const listener of this.#listeners) listener(how)
    // A process that ends itself is still in the middle of its last entry.
    if (current.host === this) this.world.afterEntry(() => this.#runEndListeners())
    else this.#runEndListeners()
    this.world.forgetDead(this)
  }

  #letGo(): void {
    this.#held = []
    this.#turn = undefined
  }

  /** One entry for all that waits, however long the queue is and however often the host gets busy again. */
  #awaitTurn(): void {
    if (this.#turn !== undefined) return
    const { world } = this
    this.#turn = world.arm(this.#busyUntilMicros - world.nowMicros, {
      host: this,
      incarnation: this.#incarnation,
      kind: 'world',
      scope: undefined,
      fire: nothing,
    })
  }

  #takeTurn(turn: Entry): Entry | undefined {
    this.#turn = undefined
    if (this.#state !== 'up') return undefined
    if (this.#busyUntilMicros <= turn.atMicros) {
      for (let first = this.#held.shift(); first !== undefined; first = this.#held.shift()) {
        if (first.fire === undefined) continue
        first.atMicros = turn.atMicros
        if (this.#held.length > 0) this.#comeAgain(turn, turn.atMicros)
        return first
      }
      return undefined
    }
    this.#comeAgain(turn, this.#busyUntilMicros)
    return undefined
  }

  #comeAgain(turn: Entry, atMicros: number): void {
    turn.atMicros = atMicros
    this.#turn = turn
    this.world.requeue(turn)
  }

  #runEndListeners(): void {
    const listeners = this.#onEnd
    this.#onEnd = []
    for (const listener of listeners) listener()
  }

  #boot(): void {
    const program = this.#program
    if (program === undefined) throw new Error(`${this.name} has no program`)
    const incarnation = this.#incarnation
    const graph = moduleGraph(this.world.patches)
    const runtime: Runtime = {
      host: this.name,
      clock: simulatedClock(this),
      entropy: this.world.entropy.fork(`host ${this.name}`).fork(`process ${incarnation}`),
      network: this.#options.network(this),
      disk: this.#options.disk(this),
      cpu: simulatedCpu(this),
      log: this.world.logs.of(this.name),
    }
    const startedMicros = this.world.nowMicros
    this.#process = { host: this, runtime, startedMicros, load: path => graph.load(path) }
    void program(this.#process)
  }
}

function nothing(): void {}
