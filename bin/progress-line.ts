// One line on a terminal that says how far a long command is. Where there is no terminal it says nothing.

import type { WriteStream } from 'node:tty'

export interface ProgressOptions {
  /** What is being done, in a word or two. */
  readonly what: string
  readonly total: number
}

export class ProgressLine {
  readonly #stream: WriteStream
  readonly #options: ProgressOptions
  readonly #startedMs = performance.now()
  #done = 0
  #failed = 0

  constructor(stream: WriteStream, options: ProgressOptions) {
    this.#stream = stream
    this.#options = options
    this.#draw()
  }

  advance(isFailure = false): void {
    this.#done++
    if (isFailure) this.#failed++
    this.#draw()
  }

  /** Makes room for lines of the result; the next advance draws it again below them. */
  clear(): void {
    if (this.#stream.isTTY) this.#stream.write(CLEAR)
  }

  #draw(): void {
    if (!this.#stream.isTTY) return
    const { what, total } = this.#options
    const elapsedMs = performance.now() - this.#startedMs
    const leftMs = this.#done === 0 ? undefined : (elapsedMs / this.#done) * (total - this.#done)
    const left = leftMs === undefined ? '' : `, about ${(leftMs / 1_000).toFixed(0)} s left`
    const failed = this.#failed === 0 ? '' : `, ${this.#failed} failed`
    const text = `${what}: ${this.#done} of ${total} runs${failed}, ${(elapsedMs / 1_000).toFixed(0)} s${left}`
    this.#stream.write(`${CLEAR}${text.slice(0, (this.#stream.columns || COLUMNS) - 1)}`)
  }
}

/** Of a terminal that does not say. */
const COLUMNS = 80

/** To the start of the line, and nothing after it. */
const CLEAR = '\r\u001B[K'
