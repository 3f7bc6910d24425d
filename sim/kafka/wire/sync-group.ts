// SyncGroup: the leader hands in who does what, and every member gets its part.

import type { WireReader } from './wire-reader.ts'
import type { WireWriter } from './wire-writer.ts'

export interface SyncGroupRequest {
  readonly groupId: string
  readonly generationId: number
  readonly memberId: string
  readonly assignments: readonly { readonly memberId: string; readonly assignment: Buffer }[]
}

export interface SyncGroupResponse {
  readonly error: number
  readonly assignment: Buffer
}

export function readSyncGroup(reader: WireReader, version: number): SyncGroupRequest {
  const groupId = reader.string()
  const generationId = reader.i32()
  const memberId = reader.string()
  if (version >= 3) reader.nullableString()
  const assignments = reader.array(each => ({ memberId: each.string(), assignment: each.bytes() }))
  return { groupId, generationId, memberId, assignments }
}

export function writeSyncGroup(writer: WireWriter, version: number, response: SyncGroupResponse): void {
  if (version >= 1) writer.i32(0)
  writer.i16(response.error).bytes(response.assignment)
}
