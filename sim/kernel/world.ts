// A world: hosts, virtual time, and one loop that lets one thing happen after another.
//
// The loop pops the earliest entry, lets it fire on its host, and drains all promise and tick work before it pops another.
// So every continuation belongs to the host whose entry started it, and nothing ever happens between two entries.

import './ambient/install.ts'
import { AsyncResource } from 'node:async_hooks'
import type { Entropy } from '../../system/runtime/entropy.ts'
import { current } from './current.ts'
import { catchFaults, drain, probeDrain } from './drain.ts'
import type { FaultEvent } from './drain.ts'
import { hasHandled } from './ambient/process-events.ts'
import { replaceAgain } from './ambient/replace.ts'
import { Entry, ENTRY_KINDS, EntryQueue } from './entry-queue.ts'
import type { EntryKind } from './entry-queue.ts'
import { keyedEntropy } from './entropy.ts'
import { Host } from './host.ts'
import type { HostOptions } from './host.ts'
import { LogBook } from './log-book.ts'
import { real } from './real.ts'
import type { SourcePatch } from './source-patch.ts'
import { CHECKPOINT_ENTRIES, Trace } from './trace.ts'
import type { TraceObserver } from './trace.ts'

export type RunEnd =
  | { readonly kind: 'stopped'; readonly reason: string }
  | { readonly kind: 'quiescent' }
  | { readonly kind: 'virtual-limit' }
  | { readonly kind: 'entry-limit' }
  | { readonly kind: 'until-entry' }
  | { readonly kind: 'real-limit' }
  | { readonly kind: 'harness-failed'; readonly error: Error }

/** What ends a run that does not end by itself. The first two are a verdict, the third says that the harness failed. */
export interface RunLimits {
  readonly virtualMicros: number
  readonly entries: number
  readonly realMs: number
}

export interface WorldOptions {
  readonly seed: string
  readonly limits: RunLimits
  /** Wall time of hosts without skew at virtual time zero. */
  readonly startEpochMs?: number
  readonly untilEntry?: number
  readonly observer?: TraceObserver
  /** Applied to the sources of `system/` before hosts load them. */
  readonly patches?: readonly SourcePatch[]
}

/** A process that died by itself. */
export interface Death {
  readonly host: string
  readonly atMicros: number
  readonly error: Error
}

/** 2026-01-01T00:00:00Z */
export const START_EPOCH_MS = 1_767_225_600_000

export class World {
  readonly seed: string
  /** The world's own decisions, forked by what they are for. */
  readonly entropy: Entropy
  readonly trace: Trace = new Trace()
  readonly hosts: Map<string, Host> = new Map<string, Host>()
  readonly deaths: Death[] = []
  readonly logs: LogBook = new LogBook(() => this.#nowMicros)
  readonly startEpochMs: number
  readonly patches: readonly SourcePatch[]
  readonly #options: WorldOptions
  readonly #queue = new EntryQueue()
  readonly #captured: { readonly from: number; readonly to: number } | undefined
  #nowMicros = 0
  #sequence = 0
  #entries = 0
  #running = false
  #stopReason: string | undefined
  #failure: Error | undefined
  #afterEntry: (() => void)[] = []

  constructor(options: WorldOptions) {
    this.seed = options.seed
    this.#options = options
    this.patches = options.patches ?? []
    this.#captured = options.observer?.captureStacksOf
    this.startEpochMs = options.startEpochMs ?? START_EPOCH_MS
    this.entropy = keyedEntropy(options.seed)
  }

  /** Virtual microseconds since the world began. */
  get nowMicros(): number {
    return this.#nowMicros
  }

  get running(): boolean {
    return this.#running
  }

  /** How many entries have fired. */
  get entries(): number {
    return this.#entries
  }

  addHost(options: HostOptions): Host {
    if (this.hosts.has(options.name)) throw new Error(`there is a host ${options.name} already`)
    const host = new Host(this, this.hosts.size + 1, options)
    this.hosts.set(options.name, host)
    return host
  }

  /**
   * Arms an entry. With a host it belongs to the process that is running there, or to the one that arms it: it is dropped
   * when that dies, and waits while the host is busy or frozen. Without one it is the world's own. Never fires before the
   * running entry has ended; entries of one moment fire in the order in which they were armed.
   */
  schedule(delayMicros: number, host: Host | undefined, kind: EntryKind, fire: () => void): Entry {
    const incarnation = host === undefined ? 0 : host === current.host ? current.incarnation : host.incarnation
    return this.arm(delayMicros, { host, incarnation, kind, scope: undefined, fire })
  }

  /** As `schedule`, for an incarnation and an asynchronous scope that are not those of the moment. */
  arm(
    delayMicros: number,
    armed: {
      readonly host: Host | undefined
      readonly incarnation: number
      readonly kind: EntryKind
      readonly scope: AsyncResource | undefined
      readonly fire: () => void
    },
  ): Entry {
    const delay = delayMicros > 0 ? Math.round(delayMicros) : 0
    const entry = new Entry(this.#nowMicros + delay, this.#sequence++, armed)
    const captured = this.#captured
    if (captured !== undefined && entry.sequence >= captured.from && entry.sequence <= captured.to) {
      this.#options.observer?.stack?.(entry.sequence, new Error('armed').stack ?? '')
    }
    this.#queue.push(entry)
    return entry
  }

  /** Puts an entry back that was popped, for its new moment. */
  requeue(entry: Entry): void {
    this.#queue.push(entry)
  }

  /** Called when nothing is left to do of the entry that is running. */
  afterEntry(act: () => void): void {
    this.#afterEntry.push(act)
  }

  /** A throw that nobody caught: the process of the host that is running dies of it; without a host, the harness does. */
  fault(thrown: unknown, event: FaultEvent = 'uncaughtException'): void {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown))
    const { host, incarnation } = current
    if (host === undefined) {
      this.#failure ??= error
      return
    }
    if (host.incarnation !== incarnation || host.state === 'down') return
    try {
      if (hasHandled(event, thrown)) return
    } catch {
      // Its own handler threw, too: it dies of the first error, as a real one does.
    }
    // The handler may have ended it.
    if (host.incarnation !== incarnation) return
    this.deaths.push({ host: host.name, atMicros: this.#nowMicros, error })
    host.die(error)
  }

  /** Forgets the entries of the host's dead incarnations; answers how many there were. */
  forgetDead(host: Host): number {
    return this.#queue.removeWhere(entry => entry.host === host && entry.incarnation !== host.incarnation)
  }

  /** Ends the run after the entry that is running. The first reason stands. */
  stop(reason: string): void {
    this.#stopReason ??= reason
  }

  /** Runs to the end. A world runs once, and one world of a process at a time. */
  run(): Promise<RunEnd> {
    return new Promise((resolve, reject) => {
      real.setImmediate(() => {
        try {
          resolve(this.#loop())
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)))
        }
      })
    })
  }

  #loop(): RunEnd {
    if (current.world !== undefined) throw new Error('another world is running in this process')
    replaceAgain()
    probeDrain()
    const { limits, untilEntry = Infinity, observer } = this.#options
    const entriesMax = Math.min(limits.entries, untilEntry)
    const realEndMs = real.nowMs() + limits.realMs
    const scope = new AsyncResource('World', { requireManualDestroy: true })
    const { exitCode } = process
    this.#running = true
    // Before the world is current: from then on listeners of `process` are the simulated process's.
    const release = catchFaults((error, event) => this.fault(error, event))
    current.world = this
    try {
      for (;;) {
        if (this.#stopReason !== undefined) return { kind: 'stopped', reason: this.#stopReason }
        const popped = this.#queue.pop()
        if (popped === undefined) return { kind: 'quiescent' }
        if (popped.fire === undefined) continue
        if (popped.atMicros > limits.virtualMicros) return { kind: 'virtual-limit' }
        const { host } = popped
        const entry = host === undefined ? popped : host.admit(popped)
        const fire = entry?.fire
        if (entry === undefined || fire === undefined) continue
        if (this.#entries >= entriesMax) return { kind: untilEntry < limits.entries ? 'until-entry' : 'entry-limit' }
        if ((this.#entries & REAL_TIME_CHECK_MASK) === 0 && real.nowMs() > realEndMs) return { kind: 'real-limit' }
        this.#nowMicros = entry.atMicros
        const hostIndex = host === undefined ? 0 : host.index
        this.trace.note(KIND_NUMBERS[entry.kind], hostIndex, entry.atMicros, entry.sequence)
        const index = this.#entries++
        if (observer !== undefined) {
          observer.entry({
            index,
            sequence: entry.sequence,
            atMicros: entry.atMicros,
            host: hostIndex,
            kind: entry.kind,
            hash: this.trace.shortHash,
          })
        }
        if (this.#entries % CHECKPOINT_ENTRIES === 0) this.trace.checkpoint()
        current.host = host
        current.incarnation = entry.incarnation
        try {
          ;(entry.scope ?? scope).runInAsyncScope(fire)
        } catch (error) {
          this.fault(error)
        }
        drain()
        if (this.#afterEntry.length > 0) this.#finishEntry()
        if (this.#failure !== undefined) return { kind: 'harness-failed', error: this.#failure }
      }
    } catch (error) {
      return { kind: 'harness-failed', error: error instanceof Error ? error : new Error(String(error)) }
    } finally {
      for (const host of this.hosts.values()) host.dismantle()
      this.#queue.clear()
      this.#running = false
      current.world = undefined
      current.host = undefined
      current.incarnation = 0
      // Node does not let it be replaced.
      process.exitCode = exitCode
      release()
    }
  }

  #finishEntry(): void {
    const acts = this.#afterEntry
    this.#afterEntry = []
    for (const act of acts) act()
  }
}

const KIND_NUMBERS: Readonly<Record<EntryKind, number>> = Object.fromEntries(
  ENTRY_KINDS.map((kind, index) => [kind, index]),
) as Record<EntryKind, number>

/** The real clock is asked once in so many entries. */
const REAL_TIME_CHECK_MASK = 4095
