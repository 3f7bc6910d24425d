// InitProducerId: a number of its own for each producer that wants its repeats to be removed.

import type { WireReader } from './wire-reader.ts'
import type { WireWriter } from './wire-writer.ts'

export interface InitProducerIdRequest {
  readonly transactionalId: string | null
}

export interface InitProducerIdResponse {
  readonly error: number
  readonly producerId: number
  readonly producerEpoch: number
}

export function readInitProducerId(reader: WireReader): InitProducerIdRequest {
  const transactionalId = reader.nullableString()
  reader.i32()
  return { transactionalId }
}

export function writeInitProducerId(writer: WireWriter, response: InitProducerIdResponse): void {
  writer.i32(0).i16(response.error).i64(response.producerId).i16(response.producerEpoch)
}
