// LeaveGroup: members go without waiting for their sessions to end.

import type { WireReader } from './wire-reader.ts'
import type { WireWriter } from './wire-writer.ts'

export interface LeaveGroupRequest {
  readonly groupId: string
  readonly memberIds: readonly string[]
}

export interface LeaveGroupResponse {
  readonly error: number
  readonly members: readonly { readonly memberId: string; readonly error: number }[]
}

export function readLeaveGroup(reader: WireReader, version: number): LeaveGroupRequest {
  const groupId = reader.string()
  if (version < 3) return { groupId, memberIds: [reader.string()] }
  const memberIds = reader.array(member => {
    const memberId = member.string()
    member.nullableString()
    return memberId
  })
  return { groupId, memberIds }
}

/** Below version 3 there is one member, and its error is the answer's. */
export function writeLeaveGroup(writer: WireWriter, version: number, response: LeaveGroupResponse): void {
  if (version >= 1) writer.i32(0)
  const [first] = response.members
  writer.i16(version < 3 && response.error === 0 ? (first?.error ?? 0) : response.error)
  if (version < 3) return
  writer.array(response.members, (_, member) => {
    writer.string(member.memberId).nullableString(null).i16(member.error)
  })
}
