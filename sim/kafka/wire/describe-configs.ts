// DescribeConfigs: the settings of a topic, and where each comes from.

import type { WireReader } from './wire-reader.ts'
import { readString } from './wire-reader.ts'
import type { WireWriter } from './wire-writer.ts'

export const TOPIC_RESOURCE = 2

export interface DescribeConfigsRequest {
  readonly resources: readonly {
    readonly type: number
    readonly name: string
    /** Null: all. */
    readonly configNames: readonly string[] | null
  }[]
}

export interface DescribedConfigs {
  readonly error: number
  readonly message: string | null
  readonly type: number
  readonly name: string
  readonly configs: readonly { readonly name: string; readonly value: string; readonly isDefault: boolean }[]
}

export function readDescribeConfigs(reader: WireReader): DescribeConfigsRequest {
  return {
    resources: reader.array(resource => ({
      type: resource.i8(),
      name: resource.string(),
      configNames: resource.nullableArray(readString),
    })),
  }
}

export function writeDescribeConfigs(writer: WireWriter, version: number, results: readonly DescribedConfigs[]): void {
  writer.i32(0).array(results, (_, result) => {
    writer.i16(result.error).nullableString(result.message).i8(result.type).string(result.name)
    writer.array(result.configs, (_, config) => {
      writer.string(config.name).nullableString(config.value).boolean(false)
      writer
        .i8(config.isDefault ? SOURCE_DEFAULT : SOURCE_TOPIC)
        .boolean(false)
        .i32(0)
      if (version >= 3) writer.i8(0).nullableString(null)
    })
  })
}

const SOURCE_TOPIC = 1
const SOURCE_DEFAULT = 5
