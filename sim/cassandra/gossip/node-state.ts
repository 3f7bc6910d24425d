// What a node says about itself, and others pass on.

import type { Body } from '../messaging/messaging.ts'
import type { ByteReader } from '../wire/byte-reader.ts'
import type { ByteWriter } from '../wire/byte-writer.ts'

export interface NodeState {
  /** Grows with each start of the node. */
  readonly generation: number
  /** Grows with each heartbeat. */
  readonly heartbeat: number
  readonly schemaVersion: Buffer
  readonly hostId: Buffer
  /** Takes clients. */
  readonly isServing: boolean
}

/** The states that a node knows, by the index of each in the description of the cluster. */
export type NodeStates = readonly (NodeState | undefined)[]

export function isNewer(state: NodeState, than: NodeState | undefined): boolean {
  if (than === undefined || state.generation !== than.generation) {
    return than === undefined || state.generation > than.generation
  }
  return state.heartbeat > than.heartbeat
}

export function writeStates(writer: ByteWriter, states: NodeStates): void {
  let count = 0
  for (const state of states) if (state !== undefined) count++
  writer.u16(count)
  for (const [index, state] of states.entries()) {
    if (state === undefined) continue
    writer.u16(index).u32(state.generation).u32(state.heartbeat)
    writer
      .raw(state.schemaVersion)
      .raw(state.hostId)
      .u8(state.isServing ? 1 : 0)
  }
}

export function statesBody(states: NodeStates): Body {
  return { sizeHint: states.length * STATE_BYTES + 2, write: writer => writeStates(writer, states) }
}

export function readStates(reader: ByteReader): NodeStates {
  const states: (NodeState | undefined)[] = []
  for (let left = reader.u16(); left > 0; left--) {
    states[reader.u16()] = {
      generation: reader.u32(),
      heartbeat: reader.u32(),
      schemaVersion: reader.raw(UUID_BYTES),
      hostId: reader.raw(UUID_BYTES),
      isServing: reader.u8() === 1,
    }
  }
  return states
}

const UUID_BYTES = 16
const STATE_BYTES: number = 2 + 4 + 4 + 2 * UUID_BYTES + 1
