// Hinted hand-off: what a replica did not take is kept by the coordinator, and given to it when it is back.

import type { Runtime } from '../../../system/runtime/runtime.ts'
import type { Timer } from '../../../system/runtime/clock.ts'
import type { HintKeeper } from '../coordinator/cluster-writer.ts'
import type { Body } from '../messaging/messaging.ts'
import type { NodeSettings } from '../node-settings.ts'
import type { Hint } from './hint-files.ts'
import { HintFiles } from './hint-files.ts'

export interface HintsOptions {
  readonly settings: NodeSettings
  readonly addresses: readonly string[]
  readonly isAlive: (address: string) => boolean
  readonly deadForMs: (address: string) => number
  /** Resolves with whether the node has it. */
  readonly deliver: (address: string, mutation: Body) => Promise<boolean>
  /** Undefined: nobody wants the hint any more. Otherwise how long a hint may be delivered. */
  readonly livesForMs: (mutation: Buffer) => number | undefined
}

export class Hints implements HintKeeper {
  readonly #runtime: Runtime
  readonly #options: HintsOptions
  readonly #files: ReadonlyMap<string, HintFiles>
  readonly #delivering = new Set<string>()
  readonly #timers = new Map<string, Timer>()
  #isStopped = false

  private constructor(runtime: Runtime, options: HintsOptions, files: ReadonlyMap<string, HintFiles>) {
    this.#runtime = runtime
    this.#options = options
    this.#files = files
  }

  /** Finds the hints that were kept before. */
  static async open(runtime: Runtime, options: HintsOptions): Promise<Hints> {
    const files = new Map<string, HintFiles>()
    for (const address of options.addresses) {
      const directory = `${options.settings.directory}/hints/${address}`
      files.set(address, new HintFiles(runtime.disk, { directory, paths: await runtime.disk.list(directory) }))
    }
    return new Hints(runtime, options, files)
  }

  /** No hint waits for anybody. */
  get isEmpty(): boolean {
    for (const files of this.#files.values()) if (!files.isEmpty) return false
    return true
  }

  async keep(address: string, mutation: Uint8Array): Promise<boolean> {
    const files = this.#files.get(address)
    if (files === undefined || this.#options.deadForMs(address) > this.#options.settings.hintWindowMs) return false
    try {
      await files.keep({ madeAtMs: this.#runtime.clock.wallMs(), mutation: Buffer.from(mutation) })
    } catch (error) {
      this.#runtime.log.write('error', 'hint lost', {
        peer: address,
        error: error instanceof Error ? error.message : String(error),
      })
      throw error
    }
    this.#runtime.log.count('cassandra_hints_kept')
    this.#later(address, this.#options.settings.hintRetryMs)
    return true
  }

  /** The node is back. */
  deliverTo(address: string): void {
    this.#later(address, this.#options.settings.hintDelayMs)
  }

  stop(): void {
    this.#isStopped = true
    for (const timer of this.#timers.values()) timer.cancel()
  }

  #later(address: string, delayMs: number): void {
    if (this.#isStopped || this.#timers.has(address) || this.#files.get(address)?.isEmpty !== false) return
    const timer = this.#runtime.clock.setTimer(delayMs, () => {
      this.#timers.delete(address)
      void this.#deliver(address)
    })
    this.#timers.set(address, timer)
  }

  async #deliver(address: string): Promise<void> {
    const files = this.#files.get(address)
    if (files === undefined || this.#delivering.has(address) || !this.#options.isAlive(address)) return
    this.#delivering.add(address)
    try {
      for (let hints = await files.oldest(); hints !== undefined; hints = await files.oldest()) {
        if (!(await this.#deliverAll(address, hints))) break
        await files.removeOldest()
      }
    } catch (error) {
      this.#runtime.log.write('error', 'hints not delivered', {
        peer: address,
        error: error instanceof Error ? error.message : String(error),
      })
    } finally {
      this.#delivering.delete(address)
    }
    this.#later(address, this.#options.settings.hintRetryMs)
  }

  /** In order, one after another, no faster than the throttle. A hint may come twice: that changes nothing. */
  async #deliverAll(address: string, hints: readonly Hint[]): Promise<boolean> {
    const { hintThrottleBytesPerSecond } = this.#options.settings
    for (const { mutation, madeAtMs } of hints) {
      const livesForMs = this.#options.livesForMs(mutation)
      if (livesForMs === undefined || this.#runtime.clock.wallMs() - madeAtMs > livesForMs) continue
      if (this.#isStopped || !this.#options.isAlive(address)) return false
      const body: Body = { sizeHint: mutation.length, write: writer => writer.raw(mutation) }
      if (!(await this.#options.deliver(address, body))) return false
      const pauseMs = (mutation.length / hintThrottleBytesPerSecond) * 1000
      if (pauseMs >= PAUSE_MS_MIN) await this.#runtime.clock.sleep(pauseMs)
    }
    return true
  }
}

const PAUSE_MS_MIN = 1
