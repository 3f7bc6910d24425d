// How long a connection may take for what. node:http has limits of its own, but keeps them with timers that are not the
// Clock port's; so they are off, and these hold instead. Each phase has one deadline, and a connection over it is cut.

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Limits } from '../configuration.ts'
import type { Clock, Timer } from '../runtime/clock.ts'
import { rawAnswer } from './errors.ts'

export interface WatchedConnection {
  /** A request's headers are complete. */
  begin(request: IncomingMessage, response: ServerResponse): void
  /** No more requests: closes at once if none is under way, else after its answer. */
  finish(): void
  /** Closes after `answer` was sent, or soon: a peer that does not read cannot hold it. */
  closeWith(answer: string): void
  readonly isBusy: boolean
}

/** `waiting`: for a request. `headers`, `body`: of one that has begun to arrive. `answer`: ours. `closing`: nothing more. */
type Phase = 'waiting' | 'headers' | 'body' | 'answer' | 'closing'

/** To be called after the HTTP server has taken the duplex, so that its parser sees each chunk first. */
export function watchConnection(
  ports: { readonly clock: Clock; onTimeout(limit: keyof Limits): void },
  limits: Limits,
  duplex: Duplex,
): WatchedConnection {
  return new ConnectionWatch(ports, limits, duplex)
}

class ConnectionWatch implements WatchedConnection {
  readonly #ports: { readonly clock: Clock; onTimeout(limit: keyof Limits): void }
  readonly #limits: Limits
  readonly #duplex: Duplex
  #phase: Phase = 'waiting'
  /** Requests whose answer is not finished; several when they were sent one behind the other. */
  #open = 0
  #bodyDeadlineMs = 0
  #isFinishing = false
  #timer: Timer | undefined

  constructor(ports: { readonly clock: Clock; onTimeout(limit: keyof Limits): void }, limits: Limits, duplex: Duplex) {
    this.#ports = ports
    this.#limits = limits
    this.#duplex = duplex
    duplex.on('data', () => this.#onData())
    duplex.on('close', () => this.#timer?.cancel())
    this.#arm('keepAliveMs', limits.keepAliveMs)
  }

  get isBusy(): boolean {
    return this.#phase !== 'closing' && (this.#open > 0 || this.#phase === 'headers')
  }

  begin(request: IncomingMessage, response: ServerResponse): void {
    if (this.#phase === 'closing') return
    this.#open++
    this.#phase = 'body'
    this.#bodyDeadlineMs = this.#ports.clock.monotonicMs() + this.#limits.bodyTimeoutMs
    this.#armBody()
    request.once('end', () => {
      if (this.#phase !== 'body') return
      this.#phase = 'answer'
      this.#arm('answerTimeoutMs', this.#limits.answerTimeoutMs)
    })
    response.once('close', () => {
      this.#open--
      this.#afterAnswer(request.complete && response.shouldKeepAlive)
    })
  }

  finish(): void {
    this.#isFinishing = true
    if (!this.isBusy) this.#duplex.destroy()
  }

  closeWith(answer: string): void {
    if (this.#phase === 'closing') return
    this.#linger()
    if (this.#duplex.writable) this.#duplex.end(answer)
    else this.#duplex.destroy()
  }

  #onData(): void {
    if (this.#phase === 'body') this.#armBody()
    if (this.#phase !== 'waiting') return
    this.#phase = 'headers'
    this.#arm('headersTimeoutMs', this.#limits.headersTimeoutMs)
  }

  #armBody(): void {
    const leftMs = this.#bodyDeadlineMs - this.#ports.clock.monotonicMs()
    if (leftMs < this.#limits.bodyIdleMs) this.#arm('bodyTimeoutMs', leftMs)
    else this.#arm('bodyIdleMs', this.#limits.bodyIdleMs)
  }

  #afterAnswer(isReusable: boolean): void {
    if (this.#phase === 'closing' || this.#open > 0 || this.#duplex.destroyed) return
    if (this.#isFinishing || !isReusable) {
      this.#linger()
      return
    }
    this.#phase = 'waiting'
    this.#arm('keepAliveMs', this.#limits.keepAliveMs)
  }

  /** What was written goes out, and the peer may still be sending: reading it keeps our answer from being reset away. */
  #linger(): void {
    this.#phase = 'closing'
    this.#timer?.cancel()
    this.#timer = this.#ports.clock.setTimer(LINGER_MS, () => this.#duplex.destroy())
  }

  #arm(limit: keyof Limits, delayMs: number): void {
    this.#timer?.cancel()
    this.#timer = this.#ports.clock.setTimer(delayMs, () => this.#timeOut(limit))
  }

  #timeOut(limit: keyof Limits): void {
    this.#ports.onTimeout(limit)
    // Only while a request is arriving is there one to answer.
    if (this.#phase === 'headers' || (this.#phase === 'body' && this.#open === 1)) {
      this.closeWith(rawAnswer('RequestTimeoutError'))
    } else {
      this.#duplex.destroy()
    }
  }
}

const LINGER_MS = 1_000
