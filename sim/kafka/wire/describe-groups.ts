// DescribeGroups and ListGroups: what an operator sees of groups.

import type { WireReader } from './wire-reader.ts'
import { readString } from './wire-reader.ts'
import type { WireWriter } from './wire-writer.ts'

export interface DescribedGroup {
  readonly error: number
  readonly groupId: string
  readonly state: string
  readonly protocolType: string
  readonly protocolName: string
  readonly members: readonly {
    readonly memberId: string
    readonly groupInstanceId: string | null
    readonly clientId: string
    readonly clientHost: string
    readonly metadata: Buffer
    readonly assignment: Buffer
  }[]
}

export function readDescribeGroups(reader: WireReader): readonly string[] {
  return reader.array(readString)
}

export function writeDescribeGroups(writer: WireWriter, version: number, groups: readonly DescribedGroup[]): void {
  if (version >= 1) writer.i32(0)
  writer.array(groups, (_, group) => {
    writer.i16(group.error).string(group.groupId).string(group.state)
    writer.string(group.protocolType).string(group.protocolName)
    writer.array(group.members, (_, member) => {
      writer.string(member.memberId)
      if (version >= 4) writer.nullableString(member.groupInstanceId)
      writer.string(member.clientId).string(member.clientHost).bytes(member.metadata).bytes(member.assignment)
    })
    if (version >= 3) writer.i32(OPERATIONS_NOT_ASKED)
  })
}

const OPERATIONS_NOT_ASKED = -(2 ** 31)

export interface ListedGroup {
  readonly groupId: string
  readonly protocolType: string
}

export function writeListGroups(
  writer: WireWriter,
  version: number,
  response: { readonly error: number; readonly groups: readonly ListedGroup[] },
): void {
  if (version >= 1) writer.i32(0)
  writer.i16(response.error).array(response.groups, (_, group) => {
    writer.string(group.groupId).string(group.protocolType)
  })
}
