// One direction of a simulated TCP connection: bytes from one end to the other, in order, within a window.
//
// A segment is one entry at the receiver's host. An acknowledgement is none: while no rule is in force, the sender knows at
// once what was read, and only a writer that waits for the window is told, by an entry, a latency later. A segment that a
// rule drops goes again after a time-out, as TCP does it, and what follows waits for it: loss is delay, until it is the end.
// While rules are in force, acknowledgements ask them too: a link that is cut one way ends a connection as well.

import { NetworkError } from '../../system/runtime/network.ts'
import type { Entry } from '../kernel/entry-queue.ts'
import type { ConnectionEnd } from './connection-end.ts'
import type { Fabric } from './fabric.ts'
import type { Link } from './link.ts'
import type { RuleChain, Segment } from './rules.ts'

/** What a receiver holds for a process that does not read, together with what is under way to it. */
export const RECEIVE_WINDOW_BYTES: number = 256 * 1024

/** From here on `write` asks its caller to wait. */
export const SEND_HIGH_WATER_BYTES: number = 64 * 1024

/** The most that is delivered at once: what Node reads from a socket at a time. */
export const SEGMENT_BYTES_MAX: number = 64 * 1024

/** Linux: 200 ms first, each time twice as long, two minutes at most; given up after 15, some 15 minutes in all. */
export const RETRANSMIT_FIRST_MICROS = 200_000
export const RETRANSMIT_MAX_MICROS = 120_000_000
export const RETRANSMITS_MAX = 15

/** The end of a direction travels as a segment without bytes; so does the last step of the handshake. */
export const FIN: Uint8Array = new Uint8Array(0)
export const OPEN: Uint8Array = new Uint8Array(0)

export interface FlowRoute {
  readonly link: Link
  readonly ports: Segment['ports']
  /** For this direction's draws. */
  readonly key: number
}

export class Flow {
  readonly #fabric: Fabric
  readonly #rules: RuleChain
  readonly #link: Link
  readonly #ports: Segment['ports']
  readonly #key: number
  /** Set by `join`, before anything is sent. */
  #from!: ConnectionEnd
  #to!: ConnectionEnd
  /** What has not left yet. */
  #waiting: Uint8Array[] = []
  #waitingBytes = 0
  /** Left, and not yet read as far as the sender knows. */
  #unreadBytes = 0
  /** Read, but the sender has not been told, as acknowledgements do not come through. */
  #untoldBytes = 0
  /** How often the next segment to leave has been lost already. */
  #losses = 0
  #resetsAndProbes = 0
  #answers = 0
  #left = 0
  #arrived = 0
  #lastArrivalMicros = 0
  #hasLeftEnd = false
  #wantsDrain = false
  #isUpdateUnderWay = false
  /** The first of what waits did not get through. */
  #stalledBy: 'drop' | 'hold' | undefined
  #isUnacknowledged = false
  /** Something was lost, and the sender has not heard since that all is well. */
  #isTroubled = false
  #retransmits = 0
  #timer: Entry | undefined

  constructor(fabric: Fabric, route: FlowRoute) {
    this.#fabric = fabric
    this.#rules = fabric.rules
    this.#link = route.link
    this.#ports = route.ports
    this.#key = route.key
  }

  join(from: ConnectionEnd, to: ConnectionEnd): void {
    this.#from = from
    this.#to = to
  }

  get waitingBytes(): number {
    return this.#waitingBytes
  }

  /** The end of this direction has left: nothing follows. */
  get hasLeftEnd(): boolean {
    return this.#hasLeftEnd
  }

  /** Takes the chunk; false if the writer should wait until it is told of room. */
  write(chunk: Uint8Array): boolean {
    const { length } = chunk
    if (
      this.#waiting.length === 0 &&
      length <= SEGMENT_BYTES_MAX &&
      this.#unreadBytes + length <= RECEIVE_WINDOW_BYTES
    ) {
      this.#send(chunk)
    } else {
      this.#waiting.push(chunk)
      this.#waitingBytes += length
      this.#pump()
    }
    if (this.#waitingBytes < SEND_HIGH_WATER_BYTES) return true
    this.#wantsDrain = true
    return false
  }

  /** Whoever sent it may send more. Called by the receiver as it reads. */
  read(bytes: number): void {
    if (this.#isUnacknowledged) {
      this.#untoldBytes += bytes
      return
    }
    this.#unreadBytes -= bytes
    if (this.#waiting.length > 0) this.#updateWindow(bytes)
  }

  /** Called by the receiver for each segment. */
  arrived(): void {
    this.#arrived++
    if (this.#isTroubled || !this.#rules.isEmpty) this.#acknowledge()
  }

  /** Tells the receiver that the connection is no more. It is not sent again if it is lost. */
  reset(): void {
    if (this.#to.isGone) return
    const draw = this.#drawOfResetOrProbe()
    const verdict = this.#rules.ask(this.#segment('reset', 0, draw))
    if (verdict.kind === 'drop' || verdict.kind === 'hold') return
    const extraMicros = verdict.kind === 'delay' ? verdict.micros : 0
    this.#deliverReset(this.#link.latencyMicros(this.#key, draw) + extraMicros)
  }

  /** A rule was removed. */
  release(): void {
    if (this.#stalledBy === 'hold') this.#atSender(0, () => this.#goOn())
  }

  /** The receiver has gone without a word, and what was under way to it is lost. */
  receiverLost(): void {
    if (this.#left > this.#arrived) this.#armRetransmit()
  }

  /** The sender is gone: nothing is sent any more. */
  stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#waiting = []
    this.#waitingBytes = 0
    this.#stalledBy = undefined
    this.#wantsDrain = false
  }

  /** Hands the segment to the link. False if it did not get through: it is then the first of what waits. */
  #send(chunk: Uint8Array): boolean {
    const { world } = this.#fabric
    const to = this.#to
    const now = world.nowMicros
    // By its place and its tries: what was lost or answered before changes nothing for it.
    const draw = this.#left + this.#losses * DRAWS_PER_TRY
    let arrivalMicros = this.#link.leavesAtMicros(now, chunk.length) + this.#link.latencyMicros(this.#key, draw)
    if (to.isGone || !this.#rules.isEmpty) {
      const extraMicros = this.#askToPass(chunk, draw)
      if (extraMicros === undefined) return false
      arrivalMicros += extraMicros
    }
    if (arrivalMicros < this.#lastArrivalMicros) arrivalMicros = this.#lastArrivalMicros
    this.#lastArrivalMicros = arrivalMicros
    this.#unreadBytes += chunk.length
    this.#left++
    this.#losses = 0
    world.arm(arrivalMicros - now, {
      host: to.host,
      incarnation: to.incarnation,
      kind: 'network',
      scope: undefined,
      fire: () => to.arrive(chunk),
    })
    if (chunk === FIN) {
      this.#hasLeftEnd = true
      this.#from.endHasLeft()
    }
    return true
  }

  /** By how much a rule delays it; undefined if it does not arrive. */
  #askToPass(chunk: Uint8Array, draw: number): number | undefined {
    const verdict = this.#rules.ask(this.#segment(kindOf(chunk), chunk.length, draw))
    switch (verdict.kind) {
      case 'pass':
      case 'delay':
        if (!this.#to.isGone) return verdict.kind === 'pass' ? 0 : verdict.micros
        this.#knock(draw)
        this.#stall(chunk, 'drop')
        return undefined
      case 'reset':
        this.#atSender(0, () => this.#from.receiveReset())
        this.#deliverReset(this.#link.latencyMicros(this.#key, draw))
        return undefined
      case 'drop':
      case 'hold':
        this.#stall(chunk, verdict.kind)
        return undefined
    }
  }

  #stall(chunk: Uint8Array, why: 'drop' | 'hold'): void {
    this.#waiting.unshift(chunk)
    this.#waitingBytes += chunk.length
    this.#stalledBy = why
    this.#losses++
    this.#armRetransmit()
  }

  /** Sends of what waits as much as the window takes. */
  #pump(): void {
    for (;;) {
      const next = this.#waiting[0]
      if (next === undefined || this.#stalledBy !== undefined) return
      const bytes = Math.min(next.length, SEGMENT_BYTES_MAX)
      // Room for less is no room: a window that opens by a byte at a time would be filled by a byte at a time.
      if (this.#unreadBytes + bytes > RECEIVE_WINDOW_BYTES) return
      if (bytes === next.length) this.#waiting.shift()
      else this.#waiting[0] = next.subarray(bytes)
      this.#waitingBytes -= bytes
      if (!this.#send(bytes === next.length ? next : next.subarray(0, bytes))) return
    }
  }

  #goOn(): void {
    this.#stalledBy = undefined
    this.#pump()
    if (this.#wantsDrain && this.#waitingBytes < SEND_HIGH_WATER_BYTES) {
      this.#wantsDrain = false
      this.#from.drained()
    }
  }

  /** The writer waits for the window: it hears that so many bytes were read, if it can be reached. */
  #updateWindow(bytes: number): void {
    const next = this.#waiting[0]
    if (next === undefined || this.#stalledBy !== undefined || this.#isUpdateUnderWay) return
    if (this.#unreadBytes + Math.min(next.length, SEGMENT_BYTES_MAX) > RECEIVE_WINDOW_BYTES) return
    if (!this.#rules.isEmpty && !this.#acknowledge()) {
      this.#unreadBytes += bytes
      this.#untoldBytes += bytes
      return
    }
    this.#isUpdateUnderWay = true
    this.#atSender(this.#link.latencyMicros(this.#key ^ WINDOW_UPDATES, this.#left), () => {
      this.#isUpdateUnderWay = false
      if (this.#stalledBy === undefined) this.#goOn()
    })
  }

  /** Whether the sender hears that what it sent has arrived. */
  #acknowledge(): boolean {
    const verdict = this.#rules.ask(this.#answer('ack'))
    if (verdict.kind !== 'pass' && verdict.kind !== 'delay') {
      this.#isUnacknowledged = true
      this.#armRetransmit()
      return false
    }
    this.#retransmits = 0
    if (this.#stalledBy === undefined) {
      this.#timer?.cancel()
      this.#timer = undefined
      this.#isTroubled = false
    }
    this.#isUnacknowledged = false
    const untold = this.#untoldBytes
    this.#untoldBytes = 0
    if (untold > 0) this.read(untold)
    return true
  }

  #armRetransmit(): void {
    this.#isTroubled = true
    if (this.#timer !== undefined || this.#from.isGone) return
    const delayMicros = Math.min(RETRANSMIT_FIRST_MICROS * 2 ** this.#retransmits, RETRANSMIT_MAX_MICROS)
    this.#timer = this.#atSender(delayMicros, () => this.#retransmit())
  }

  #retransmit(): void {
    this.#timer = undefined
    // All has arrived and the receiver has left in peace: only the last acknowledgement was lost, and nobody misses it.
    if (this.#to.isGone && this.#hasLeftEnd && this.#arrived === this.#left) return
    if (++this.#retransmits > RETRANSMITS_MAX) {
      const { remoteAddress, remotePort } = this.#from
      this.#from.fail(new NetworkError('ETIMEDOUT', `${remoteAddress}:${remotePort} does not answer`))
      return
    }
    if (this.#stalledBy === undefined) this.#probe()
    else this.#goOn()
    if (this.#to.isGone || this.#isUnacknowledged) this.#armRetransmit()
  }

  /** What was sent goes again, to hear whether it has arrived. */
  #probe(): void {
    const draw = this.#drawOfResetOrProbe()
    const verdict = this.#rules.ask(this.#segment('data', 0, draw))
    if (verdict.kind !== 'pass' && verdict.kind !== 'delay') return
    if (this.#to.isGone) this.#knock(draw)
    else this.#acknowledge()
  }

  /** To a machine that knows nothing of the connection: it answers with a reset, if it has power. */
  #knock(draw: number): void {
    const { world } = this.#fabric
    const arrive = (): void => {
      if (this.#from.isGone || !this.#fabric.hasPower(this.#to.host)) return
      const verdict = this.#rules.ask(this.#answer('reset'))
      if (verdict.kind !== 'pass' && verdict.kind !== 'delay') return
      this.#atSender(this.#link.latencyMicros(this.#key ^ ANSWERS, draw), () => this.#from.receiveReset())
    }
    world.schedule(this.#link.latencyMicros(this.#key, draw), undefined, 'network', arrive)
  }

  #deliverReset(delayMicros: number): void {
    const { world } = this.#fabric
    const to = this.#to
    world.arm(Math.max(delayMicros, this.#lastArrivalMicros - world.nowMicros), {
      host: to.host,
      incarnation: to.incarnation,
      kind: 'network',
      scope: undefined,
      fire: () => to.receiveReset(),
    })
  }

  #atSender(delayMicros: number, fire: () => void): Entry {
    const from = this.#from
    return this.#fabric.world.arm(delayMicros, {
      host: from.host,
      incarnation: from.incarnation,
      kind: 'network',
      scope: undefined,
      fire: () => {
        if (!from.isGone) fire()
      },
    })
  }

  #drawOfResetOrProbe(): number {
    return RESETS_AND_PROBES + this.#resetsAndProbes++
  }

  #segment(kind: Segment['kind'], bytes: number, draw: number): Segment {
    return {
      from: this.#from.host,
      to: this.#to.host,
      kind,
      ports: this.#ports,
      bytes,
      draw: purpose => this.#link.draw(this.#key, draw, purpose),
    }
  }

  /** What goes back, from receiver to sender. */
  #answer(kind: 'ack' | 'reset'): Segment {
    const draw = this.#answers++
    return {
      from: this.#to.host,
      to: this.#from.host,
      kind,
      ports: this.#ports,
      bytes: 0,
      draw: purpose => this.#link.draw(this.#key ^ ANSWERS, draw, purpose),
    }
  }
}

/** Which of a flow's draws are whose. A segment number beyond the first of these meets a used draw, which does no harm. */
const DRAWS_PER_TRY = 2 ** 24
const RESETS_AND_PROBES = 2 ** 30

const WINDOW_UPDATES = 0x5bd1e995
const ANSWERS = 0x27d4eb2f

function kindOf(chunk: Uint8Array): 'data' | 'fin' | 'open' {
  if (chunk === FIN) return 'fin'
  return chunk === OPEN ? 'open' : 'data'
}
