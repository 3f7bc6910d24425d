// What can go wrong, as plain values that print and parse. One line says all of a fault, so that a plan is a text file, a
// report names what it did, and the same words will drive a simulated world and a real one.

/** Hosts are meant by name. Each fault has an act that ends it: `undoOf`. */
export type Fault = HostFault | LinkFault

export type HostFault =
  /** The process is gone at once; the machine, its page cache and its disk live on. */
  | { readonly kind: 'crash'; readonly host: string }
  /** The machine is gone: what was never synced is lost, and its connections go silent instead of being reset. */
  | { readonly kind: 'power-loss'; readonly host: string }
  /** Nothing runs on the host for a while; its connections stand. */
  | { readonly kind: 'freeze'; readonly host: string }

/** A link is what lies between two hosts; `from` and `to` where a direction is meant. Either end may be many: `isMeant`. */
export type LinkFault =
  | { readonly kind: 'cut'; readonly between: readonly [string, string] }
  | { readonly kind: 'one-way-cut'; readonly from: string; readonly to: string }
  /** Everything takes `delayMs` longer, each way. */
  | { readonly kind: 'slow'; readonly between: readonly [string, string]; readonly delayMs: number }

/** The act that ends a fault. */
export type Undo = 'restart' | 'thaw' | 'heal' | 'release'

/** `crash store-1`, `cut write-1 -- kafka-2`, `one-way-cut write-1 -> kafka-2`, `slow write-1 -- kafka-2 by 50 ms`. */
export function formatFault(fault: Fault): string {
  switch (fault.kind) {
    case 'crash':
    case 'power-loss':
    case 'freeze':
      return `${fault.kind} ${fault.host}`
    case 'cut':
      return `cut ${fault.between[0]} -- ${fault.between[1]}`
    case 'one-way-cut':
      return `one-way-cut ${fault.from} -> ${fault.to}`
    case 'slow':
      return `slow ${fault.between[0]} -- ${fault.between[1]} by ${fault.delayMs} ms`
  }
}

/** Undoes `formatFault`. Throws FaultSyntaxError. */
export function parseFault(text: string): Fault {
  const match = FORM.exec(text)
  if (match === null) throw new FaultSyntaxError(`'${text}' is no fault: expected ${EXPECTED}`)
  const { kind, host, a, b, from, to, slowA, slowB, delayMs } = match.groups ?? {}
  if (host !== undefined) return { kind: kind as HostFault['kind'], host }
  if (a !== undefined && b !== undefined) return { kind: 'cut', between: [a, b] }
  if (from !== undefined && to !== undefined) return { kind: 'one-way-cut', from, to }
  if (slowA !== undefined && slowB !== undefined) {
    return { kind: 'slow', between: [slowA, slowB], delayMs: Number(delayMs) }
  }
  throw new FaultSyntaxError(`'${text}' is no fault: expected ${EXPECTED}`)
}

/** What is wrong with the text of a fault or of a plan; the message says what was expected. */
export class FaultSyntaxError extends Error {
  override readonly name = 'FaultSyntaxError'
}

export function undoOf(fault: Fault): Undo {
  switch (fault.kind) {
    case 'crash':
    case 'power-loss':
      return 'restart'
    case 'freeze':
      return 'thaw'
    case 'cut':
    case 'one-way-cut':
      return 'heal'
    case 'slow':
      return 'release'
  }
}

/** The hosts that a fault names, as it names them. */
export function hostsOf(fault: Fault): readonly string[] {
  if ('host' in fault) return [fault.host]
  return 'between' in fault ? fault.between : [fault.from, fault.to]
}

/** `store` means store-1, store-2 and all others of the kind; `store-1` only itself. */
export function isMeant(end: string, host: string): boolean {
  return host === end || (host.startsWith(end) && NUMBER.test(host.slice(end.length)))
}

const NUMBER = /^-[0-9]+$/

/** What a host may be called, as its name stands in faults, links and logs. */
export const HOST_NAME: RegExp = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/

const NAME = HOST_NAME.source.slice(1, -1)
const FORM = new RegExp(
  '^(?:' +
    `(?<kind>crash|power-loss|freeze) (?<host>${NAME})` +
    `|cut (?<a>${NAME}) -- (?<b>${NAME})` +
    `|one-way-cut (?<from>${NAME}) -> (?<to>${NAME})` +
    `|slow (?<slowA>${NAME}) -- (?<slowB>${NAME}) by (?<delayMs>[1-9][0-9]{0,6}) ms` +
    ')$',
)
const EXPECTED =
  '`crash HOST`, `power-loss HOST`, `freeze HOST`, `cut HOST -- HOST`, `one-way-cut HOST -> HOST` or `slow HOST -- HOST by N ms`'
