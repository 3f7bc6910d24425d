// FindCoordinator: which broker looks after a group.

import { nameOfError } from './error-code.ts'
import type { WireReader } from './wire-reader.ts'
import type { WireWriter } from './wire-writer.ts'

export const GROUP_COORDINATOR = 0

export interface FindCoordinatorRequest {
  readonly key: string
  readonly keyType: number
}

export interface FindCoordinatorResponse {
  readonly error: number
  readonly nodeId: number
  readonly host: string
  readonly port: number
}

export function readFindCoordinator(reader: WireReader, version: number): FindCoordinatorRequest {
  return { key: reader.string(), keyType: version >= 1 ? reader.i8() : GROUP_COORDINATOR }
}

export function writeFindCoordinator(writer: WireWriter, version: number, response: FindCoordinatorResponse): void {
  if (version >= 1) writer.i32(0)
  writer.i16(response.error)
  if (version >= 1) writer.nullableString(response.error === 0 ? 'NONE' : nameOfError(response.error))
  writer.i32(response.nodeId).string(response.host).i32(response.port)
}
