// CreateTopics, both as clients send it and as a broker hands it on to the controller.

import type { WireReader } from './wire-reader.ts'
import { readI32 } from './wire-reader.ts'
import type { WireWriter } from './wire-writer.ts'
import { writeI32 } from './wire-writer.ts'

export interface NewTopic {
  readonly name: string
  /** −1: the server's default. */
  readonly partitions: number
  /** −1: the server's default. */
  readonly replicationFactor: number
  readonly assignments: readonly { readonly partition: number; readonly replicas: readonly number[] }[]
  readonly configs: readonly { readonly name: string; readonly value: string | null }[]
}

export interface CreateTopicsRequest {
  readonly topics: readonly NewTopic[]
  readonly timeoutMs: number
  readonly validateOnly: boolean
}

export interface CreatedTopic {
  readonly name: string
  readonly error: number
  readonly message: string | null
}

export function readCreateTopics(reader: WireReader): CreateTopicsRequest {
  const topics = reader.array(topic => ({
    name: topic.string(),
    partitions: topic.i32(),
    replicationFactor: topic.i16(),
    assignments: topic.array(each => ({ partition: each.i32(), replicas: each.array(readI32) })),
    configs: topic.array(each => ({ name: each.string(), value: each.nullableString() })),
  }))
  return { topics, timeoutMs: reader.i32(), validateOnly: reader.boolean() }
}

export function writeCreateTopicsRequest(writer: WireWriter, request: CreateTopicsRequest): void {
  writer.array(request.topics, (_, topic) => {
    writer.string(topic.name).i32(topic.partitions).i16(topic.replicationFactor)
    writer.array(topic.assignments, (_, each) => void writer.i32(each.partition).array(each.replicas, writeI32))
    writer.array(topic.configs, (_, each) => void writer.string(each.name).nullableString(each.value))
  })
  writer.i32(request.timeoutMs).boolean(request.validateOnly)
}

export function writeCreateTopics(writer: WireWriter, topics: readonly CreatedTopic[]): void {
  writer.i32(0).array(topics, (_, topic) => {
    writer.string(topic.name).i16(topic.error).nullableString(topic.message)
  })
}

export function readCreatedTopics(reader: WireReader): CreatedTopic[] {
  reader.i32()
  return reader.array(topic => ({ name: topic.string(), error: topic.i16(), message: topic.nullableString() }))
}
