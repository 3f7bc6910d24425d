// What a link does to a segment, as a chain of named rules: each is asked in turn, and the first that stops it decides.

import type { Host } from '../kernel/host.ts'

export interface Segment {
  readonly from: Host
  readonly to: Host
  /** `ack`: that bytes of the other direction have arrived, or were read. */
  readonly kind: 'syn' | 'syn-ack' | 'open' | 'data' | 'ack' | 'fin' | 'reset'
  /** Of the process that connected, and of the one that listened. */
  readonly ports: { readonly client: number; readonly server: number }
  readonly bytes: number
  /** A random number in [0, 1) for this segment and this purpose alone: a function of the seed, the link and the segment. */
  draw(purpose: string): number
}

export type Verdict =
  | { readonly kind: 'pass' }
  /** Arrives that much later; the delays of all rules add up. */
  | { readonly kind: 'delay'; readonly micros: number }
  /** Is lost. TCP sends it again after a time-out, again and again, each time later. */
  | { readonly kind: 'drop' }
  /** Waits until a rule is removed. */
  | { readonly kind: 'hold' }
  /** Ends the connection on both sides. */
  | { readonly kind: 'reset' }

export const PASS: Verdict = { kind: 'pass' }
export const DROP: Verdict = { kind: 'drop' }
export const HOLD: Verdict = { kind: 'hold' }
export const RESET: Verdict = { kind: 'reset' }

/** Asked once for each segment, at the moment at which it leaves its host. */
export type Rule = (segment: Segment) => Verdict

interface NamedRule {
  readonly name: string
  readonly rule: Rule
}

export class RuleChain {
  readonly #onRemoved: () => void
  #rules: readonly NamedRule[] = []
  readonly #bites = new Map<string, number>()

  constructor(onRemoved: () => void) {
    this.#onRemoved = onRemoved
  }

  get isEmpty(): boolean {
    return this.#rules.length === 0
  }

  /** At the end of the chain. Throws if the name is taken. */
  add(name: string, rule: Rule): void {
    if (this.has(name)) throw new Error(`there is a rule ${name} already`)
    this.#rules = [...this.#rules, { name, rule }]
  }

  /** What it held goes on its way; what it dropped goes again when TCP next tries. Throws if there is none. */
  remove(name: string): void {
    if (!this.has(name)) throw new Error(`there is no rule ${name}`)
    this.#rules = this.#rules.filter(named => named.name !== name)
    this.#onRemoved()
  }

  has(name: string): boolean {
    return this.#rules.some(named => named.name === name)
  }

  /** How many segments the rule of that name has not simply passed, also after its removal. */
  bites(name: string): number {
    return this.#bites.get(name) ?? 0
  }

  ask(segment: Segment): Verdict {
    let delayMicros = 0
    for (const { name, rule } of this.#rules) {
      const verdict = rule(segment)
      if (verdict.kind === 'pass') continue
      this.#bites.set(name, this.bites(name) + 1)
      if (verdict.kind !== 'delay') return verdict
      delayMicros += verdict.micros
    }
    return delayMicros === 0 ? PASS : { kind: 'delay', micros: delayMicros }
  }
}
