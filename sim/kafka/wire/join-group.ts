// JoinGroup: a member says what it can do; the leader of the new generation is told who the others are.

import type { WireReader } from './wire-reader.ts'
import type { WireWriter } from './wire-writer.ts'

export interface GroupProtocol {
  readonly name: string
  readonly metadata: Buffer
}

export interface JoinGroupRequest {
  readonly groupId: string
  readonly sessionTimeoutMs: number
  readonly rebalanceTimeoutMs: number
  /** Empty: not known here yet. */
  readonly memberId: string
  readonly groupInstanceId: string | null
  readonly protocolType: string
  readonly protocols: readonly GroupProtocol[]
  /** From version 4 on, a new member is given its id first and joins with it in a second request. */
  readonly isMemberIdRequired: boolean
}

export interface JoinGroupResponse {
  readonly error: number
  readonly generationId: number
  readonly protocolName: string
  readonly leaderId: string
  readonly memberId: string
  /** For the leader only. */
  readonly members: readonly {
    readonly memberId: string
    readonly groupInstanceId: string | null
    readonly metadata: Buffer
  }[]
}

export function readJoinGroup(reader: WireReader, version: number): JoinGroupRequest {
  return {
    groupId: reader.string(),
    sessionTimeoutMs: reader.i32(),
    rebalanceTimeoutMs: reader.i32(),
    memberId: reader.string(),
    groupInstanceId: version >= 5 ? reader.nullableString() : null,
    protocolType: reader.string(),
    protocols: reader.array(protocol => ({ name: protocol.string(), metadata: protocol.bytes() })),
    isMemberIdRequired: version >= 4,
  }
}

export function writeJoinGroup(writer: WireWriter, version: number, response: JoinGroupResponse): void {
  writer.i32(0).i16(response.error).i32(response.generationId).string(response.protocolName)
  writer.string(response.leaderId).string(response.memberId)
  writer.array(response.members, (_, member) => {
    writer.string(member.memberId)
    if (version >= 5) writer.nullableString(member.groupInstanceId)
    writer.bytes(member.metadata)
  })
}
