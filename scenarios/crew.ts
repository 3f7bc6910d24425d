// The clients and readers of a run, and what they do in each phase: a workload, carried out.

import type { Host } from '../sim/kernel/host.ts'
import type { Simulation } from '../sim/simulation.ts'
import { CatchUp } from './catch-up.ts'
import type { Phase } from './history.ts'
import type { HistoryBook } from './history-book.ts'
import { Ledger } from './ledger.ts'
import type { Query } from './query.ts'
import { RowReader } from './read-row.ts'
import { Reader } from './reader.ts'
import { SENT } from './source-event.ts'
import type { Send, Workload } from './workload.ts'
import { Writer } from './writer.ts'
import type { Keys, Server } from './writer.ts'

export interface CrewOptions {
  readonly workload: Workload
  readonly writeServers: readonly Server[]
  readonly queryServers: readonly Server[]
  readonly keys: Keys
  readonly hands: number
  readonly timeoutMs: number
  readonly pauseMs: { readonly min: number; readonly max: number }
}

export class Crew {
  readonly #simulation: Simulation
  readonly #options: CrewOptions
  readonly #ledger = new Ledger()
  readonly #writers = new Map<string, Writer>()
  readonly #readers = new Map<string, Reader>()
  #catchUp: CatchUp | undefined
  /** Handed over in entries that have not fired yet. */
  #unsent = 0
  #isFinalDone = false
  #isCalm = false

  /** The hosts are those that the workload names: there already, and nothing runs on them. */
  constructor(simulation: Simulation, options: CrewOptions, book: HistoryBook) {
    this.#simulation = simulation
    this.#options = options
    const { workload, keys, hands, timeoutMs, pauseMs } = options
    const rows = new RowReader(workload.events)
    for (const { host } of workload.clients) {
      this.#host(host).start(process => {
        const common = { keys, hands, timeoutMs, pauseMs, book, ledger: this.#ledger }
        this.#writers.set(host, new Writer(process.runtime, { ...common, servers: options.writeServers }))
      })
    }
    for (const { host } of workload.readers) {
      this.#host(host).start(process => {
        const common = { keys, timeoutMs, book, rows }
        this.#readers.set(host, new Reader(process.runtime, { ...common, servers: options.queryServers }))
      })
    }
  }

  get isReady(): boolean {
    const { clients, readers } = this.#options.workload
    return this.#writers.size === clients.length && this.#readers.size === readers.length
  }

  begin(phase: Phase): void {
    const { workload } = this.#options
    switch (phase) {
      case 'warm-up':
        this.#send(workload.clients[0]?.host, workload.warmUp)
        return
      case 'storm':
        for (const { host, sends, reserve } of workload.clients) {
          this.#send(host, sends)
          this.#on(host, () => void this.#writers.get(host)?.trickle(reserve, () => this.#isCalm))
        }
        for (const { host, queries, pauseMs } of workload.readers) {
          this.#on(host, () => void this.#reader(host).askOverAndOver(queries, pauseMs))
        }
        return
      case 'calm':
        this.#catchUp = undefined
        this.#isCalm = true
        return
      case 'final':
        for (const reader of this.#readers.values()) reader.stop()
        this.#send(workload.clients[0]?.host, workload.probes)
        this.#on(this.#firstReader(), () => void this.#readFinally())
    }
  }

  isDone(phase: Phase): boolean {
    const areWritersIdle = this.#unsent === 0 && [...this.#writers.values()].every(writer => writer.isIdle)
    switch (phase) {
      case 'storm':
        return this.#unsent === 0 && [...this.#writers.values()].every(writer => writer.isBegun)
      case 'warm-up':
      case 'calm':
        // What is still sent must be settled before it makes sense to ask whether all of it is visible.
        if (areWritersIdle && this.#catchUp === undefined) this.#startCatchUp(phase === 'calm' ? SETTLE_MS : 0)
        return areWritersIdle && this.#catchUp?.isDone === true
      case 'final':
        return areWritersIdle && this.#isFinalDone
    }
  }

  /** What is still to come, in words. */
  get missing(): string {
    const unsettled = [...this.#writers.values()].reduce((sum, writer) => sum + writer.unsettled, 0)
    if (unsettled > 0) return `${unsettled} requests are not settled`
    if (this.#catchUp?.isDone === false) return this.#catchUp.missing
    return 'the final queries are not all answered'
  }

  #startCatchUp(afterMs: number): void {
    const host = this.#firstReader()
    const reader = this.#reader(host)
    const catchUp = new CatchUp(reader, this.#ledger)
    this.#catchUp = catchUp
    const run = async (): Promise<void> => {
      if (afterMs > 0) await reader.sleep(afterMs)
      await catchUp.run(this.#options.workload.collections)
    }
    this.#on(host, () => void run())
  }

  /** First that a fresh event is visible soon, then what all the others have become. */
  async #readFinally(): Promise<void> {
    const { workload } = this.#options
    const reader = this.#reader(this.#firstReader())
    for (const query of workload.probes.flatMap(probeQueries)) {
      for (;;) {
        const result = await reader.ask(query)
        if (result?.kind === 'extraction' && result.rows.length > 0) break
        await reader.sleep(PROBE_PAUSE_MS)
      }
    }
    for (const query of workload.finalQueries) await reader.ask(query)
    this.#isFinalDone = true
  }

  #send(host: string | undefined, sends: readonly Send[]): void {
    const writer = host === undefined ? undefined : this.#writers.get(host)
    if (host === undefined || writer === undefined) return
    this.#unsent++
    this.#on(host, () => {
      this.#unsent--
      writer.send(sends)
    })
  }

  /** In an entry of its own on that host, as whatever happens there does. */
  #on(host: string, act: () => void): void {
    this.#simulation.world.schedule(0, this.#host(host), 'world', act)
  }

  #host(name: string): Host {
    const host = this.#simulation.world.hosts.get(name)
    if (host === undefined) throw new RangeError(`a workload names ${name}, and there is no such host`)
    return host
  }

  #firstReader(): string {
    return this.#options.workload.readers[0]?.host ?? ''
  }

  #reader(host: string): Reader {
    const reader = this.#readers.get(host)
    if (reader === undefined) throw new RangeError(`no reader runs on ${host}`)
    return reader
  }
}

const PROBE_PAUSE_MS = 250

/** Attempts that nobody knows the fate of may still be on their way when their client has given them up. */
const SETTLE_MS = 10_000

/** Each event of a send, asked for by its own name. */
function probeQueries(send: Send): readonly Query[] {
  if (send.kind !== 'events') return []
  return send.items.flatMap((item): Query[] => {
    if (item.kind !== 'event') return []
    const { project, collection, key } = item.event
    const filters = [{ property_name: `${SENT}.key`, operator: 'eq', property_value: key }] as const
    return [{ analysis: 'extraction', project, collection, filters }]
  })
}
