// The schema of one node: in memory, on its disk, and the same as everybody's sooner or later.

import type { Disk } from '../../../system/runtime/disk.ts'
import { readIfThere, writeDurably } from '../storage/durable-file.ts'
import type { SchemaContent } from './schema.ts'
import { EMPTY_SCHEMA, Schema, mergeSchemas, parseSchema, serializeSchema } from './schema.ts'

export class SchemaKeeper {
  readonly #disk: Disk
  readonly #path: string
  readonly #onChange: (before: Schema, after: Schema) => void
  #schema: Schema
  #saved: Promise<void> = Promise.resolve()

  private constructor(
    disk: Disk,
    options: { readonly path: string; readonly onChange: (before: Schema, after: Schema) => void },
    content: SchemaContent,
  ) {
    this.#disk = disk
    this.#path = options.path
    this.#onChange = options.onChange
    this.#schema = new Schema(content)
  }

  /** Rejects when what was saved cannot be read. */
  static async open(
    disk: Disk,
    options: { readonly path: string; readonly onChange: (before: Schema, after: Schema) => void },
  ): Promise<SchemaKeeper> {
    const bytes = await readIfThere(disk, options.path)
    return new SchemaKeeper(disk, options, bytes === undefined ? EMPTY_SCHEMA : parseSchema(bytes))
  }

  get schema(): Schema {
    return this.#schema
  }

  /** Takes over what is newer in it. Resolves when it is durable. */
  async merge(content: SchemaContent): Promise<void> {
    const before = this.#schema
    const after = new Schema(mergeSchemas(before.content, content))
    if (!after.version.equals(before.version)) {
      this.#schema = after
      this.#onChange(before, after)
      this.#saved = this.#saved.catch(() => undefined).then(() => this.#save())
    }
    await this.#saved
  }

  async #save(): Promise<void> {
    await writeDurably(this.#disk, this.#path, serializeSchema(this.#schema.content))
  }
}
