// Who is there. Once a second a node tells one other what it knows of all, and from what it hears, and how often, it decides
// whom it believes alive. Belief is not truth: that is what makes Unavailable and time-outs what they are.

import type { Clock, Timer } from '../../../system/runtime/clock.ts'
import { FailureDetector } from './failure-detector.ts'
import type { NodeState, NodeStates } from './node-state.ts'
import { isNewer } from './node-state.ts'

export interface GossipEvents {
  /** Believed alive from now on. */
  onAlive(address: string): void
  onDead(address: string): void
  /** A new process answers at the address. */
  onRestart(address: string): void
  /** It takes clients now, or no more. */
  onServing(address: string, isServing: boolean): void
  /** A living node has another schema than this one. */
  onOtherSchema(address: string): void
}

export interface GossiperOptions {
  readonly addresses: readonly string[]
  readonly self: string
  readonly intervalMs: number
  readonly phiConvictThreshold: number
  /** Of this node, without its heartbeat. */
  readonly ownState: () => Omit<NodeState, 'heartbeat'>
  readonly send: (address: string, states: NodeStates) => void
  readonly events: GossipEvents
}

export class Gossiper {
  readonly #clock: Clock
  readonly #options: GossiperOptions
  readonly #detector: FailureDetector
  readonly #states: (NodeState | undefined)[]
  readonly #alive = new Set<string>()
  readonly #serving = new Set<string>()
  readonly #deadSinceMs = new Map<string, number>()
  readonly #selfIndex: number
  #heartbeat = 0
  #round = 0
  #lastTickMs: number
  #trustsUntilMs = 0
  #timer: Timer | undefined

  constructor(clock: Clock, options: GossiperOptions) {
    this.#clock = clock
    this.#options = options
    this.#selfIndex = options.addresses.indexOf(options.self)
    this.#states = new Array<NodeState | undefined>(options.addresses.length).fill(undefined)
    this.#detector = new FailureDetector({
      phiConvictThreshold: options.phiConvictThreshold,
      intervalMsMax: 2 * options.intervalMs,
    })
    const nowMs = clock.monotonicMs()
    this.#lastTickMs = nowMs
    for (const address of this.#peers()) this.#deadSinceMs.set(address, nowMs)
  }

  get alive(): ReadonlySet<string> {
    return this.#alive
  }

  isAlive(address: string): boolean {
    return address === this.#options.self || this.#alive.has(address)
  }

  /** For how long the node has been believed dead; 0 while it is not. */
  deadForMs(address: string): number {
    const sinceMs = this.#deadSinceMs.get(address)
    return sinceMs === undefined ? 0 : this.#clock.monotonicMs() - sinceMs
  }

  stateOf(address: string): NodeState | undefined {
    return address === this.#options.self ? this.#ownState() : this.#states[this.#options.addresses.indexOf(address)]
  }

  /** All that this node knows, itself included. */
  states(): NodeStates {
    const states = [...this.#states]
    states[this.#selfIndex] = this.#ownState()
    return states
  }

  start(): void {
    this.#timer = this.#clock.setTimer(this.#options.intervalMs, () => {
      this.start()
      this.#tick()
    })
  }

  stop(): void {
    this.#timer?.cancel()
  }

  /** Something about this node has changed: its state is newer than what it has said so far. */
  bump(): void {
    this.#heartbeat++
  }

  /** Another node has said what it knows. */
  hear(states: NodeStates): void {
    const nowMs = this.#clock.monotonicMs()
    for (const [index, state] of states.entries()) {
      if (state !== undefined && index !== this.#selfIndex) this.#learn(index, state, nowMs)
    }
  }

  #learn(index: number, state: NodeState, nowMs: number): void {
    const before = this.#states[index]
    const address = this.#options.addresses[index]
    if (address === undefined || !isNewer(state, before)) return
    const { events } = this.#options
    this.#states[index] = state
    const isRestarted = before !== undefined && before.generation !== state.generation
    if (isRestarted) {
      this.#detector.forget(address)
      events.onRestart(address)
    }
    this.#detector.report(address, nowMs)
    if (!this.#alive.has(address)) {
      this.#alive.add(address)
      this.#deadSinceMs.delete(address)
      events.onAlive(address)
    }
    this.#tellServing(address, state.isServing)
    if (!state.schemaVersion.equals(this.#options.ownState().schemaVersion)) events.onOtherSchema(address)
  }

  #tick(): void {
    const nowMs = this.#clock.monotonicMs()
    this.#heartbeat++
    // A node that was paused itself has heard nobody, and must not blame the others for it.
    if (nowMs - this.#lastTickMs > LOCAL_PAUSE_MS) this.#trustsUntilMs = nowMs + LOCAL_PAUSE_MS
    this.#lastTickMs = nowMs
    if (nowMs >= this.#trustsUntilMs) this.#convict(nowMs)
    const partner = this.#partner()
    if (partner !== undefined) this.#options.send(partner, this.states())
  }

  #convict(nowMs: number): void {
    for (const address of this.#alive) {
      if (!this.#detector.isConvicted(address, nowMs)) continue
      this.#alive.delete(address)
      this.#deadSinceMs.set(address, nowMs)
      this.#detector.forget(address)
      const { events } = this.#options
      this.#tellServing(address, false)
      events.onDead(address)
    }
  }

  #tellServing(address: string, isServing: boolean): void {
    if (this.#serving.has(address) === isServing) return
    if (isServing) this.#serving.add(address)
    else this.#serving.delete(address)
    this.#options.events.onServing(address, isServing)
  }

  /** The living in turn; each third time one of the dead, so that those find out who were parted from each other. */
  #partner(): string | undefined {
    const round = this.#round++
    const peers = this.#peers()
    const living = peers.filter(address => this.#alive.has(address))
    const dead = peers.filter(address => !this.#alive.has(address))
    const from = living.length === 0 || (dead.length > 0 && round % 3 === 2) ? dead : living
    return from[(round + this.#selfIndex) % from.length]
  }

  #peers(): readonly string[] {
    return this.#options.addresses.filter(address => address !== this.#options.self)
  }

  #ownState(): NodeState {
    return { ...this.#options.ownState(), heartbeat: this.#heartbeat }
  }
}

/** Cassandra's `max_local_pause`. */
const LOCAL_PAUSE_MS = 5_000
