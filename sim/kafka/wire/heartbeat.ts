// Heartbeat: a member is alive; the answer says whether it must join again.

import type { WireReader } from './wire-reader.ts'
import type { WireWriter } from './wire-writer.ts'

export interface HeartbeatRequest {
  readonly groupId: string
  readonly generationId: number
  readonly memberId: string
}

export function readHeartbeat(reader: WireReader, version: number): HeartbeatRequest {
  const request = { groupId: reader.string(), generationId: reader.i32(), memberId: reader.string() }
  if (version >= 3) reader.nullableString()
  return request
}

export function writeHeartbeat(writer: WireWriter, version: number, error: number): void {
  if (version >= 1) writer.i32(0)
  writer.i16(error)
}
