// Operations that take effect in the order in which they were called, each some time after its call.

/** Of one file, or of all names of a disk. */
export class InOrder {
  #effectMicros = 0
  #answerMicros = 0

  /** When the last that was called will have been answered. */
  get idleAtMicros(): number {
    return this.#answerMicros
  }

  /** When an operation that is called now takes effect, somewhere on its way, and when its caller hears of it. */
  next(nowMicros: number, latencyMicros: number, share: number): { effectMicros: number; answerMicros: number } {
    const answerMicros = Math.max(this.#answerMicros, nowMicros + latencyMicros)
    const onItsWay = Math.max(this.#effectMicros, nowMicros + Math.floor(latencyMicros * share))
    const effectMicros = share < 1 ? onItsWay : answerMicros
    this.#answerMicros = answerMicros
    this.#effectMicros = effectMicros
    return { effectMicros, answerMicros }
  }

  /** What was called and is not answered will not be. */
  reset(): void {
    this.#effectMicros = 0
    this.#answerMicros = 0
  }
}
