// An open file, as the process holds it that opened it.

import type { DiskFile } from '../../system/runtime/disk.ts'
import { DiskError } from '../../system/runtime/disk.ts'
import type { DiskPort } from './disk-port.ts'
import { TRUNCATE_NOTE, WRITE_NOTE } from './notes.ts'
import type { SimFile } from './sim-file.ts'

export class OpenFile implements DiskFile {
  readonly path: string
  readonly #port: DiskPort
  readonly #file: SimFile
  #isClosed = false

  constructor(port: DiskPort, file: SimFile, path: string) {
    this.path = path
    this.#port = port
    this.#file = file
  }

  get size(): number {
    return this.#file.plannedSize
  }

  async read(position: number, length: number): Promise<Uint8Array> {
    this.#check(position, length)
    const file = this.#file
    return this.#inOrder('read', Math.min(length, file.plannedSize), () => file.content.read(position, length))
  }

  async append(bytes: Uint8Array): Promise<number> {
    this.#check()
    const position = this.#file.plannedSize
    await this.#write(position, bytes)
    return position
  }

  async writeAt(position: number, bytes: Uint8Array): Promise<void> {
    this.#check(position)
    await this.#write(position, bytes)
  }

  async truncate(size: number): Promise<void> {
    this.#check(size)
    const file = this.#file
    this.#plan(size)
    const change = ++file.changes
    await this.#inOrder('write', 0, () => {
      file.content.truncate(change, this.#nowMicros, size)
      this.#note(TRUNCATE_NOTE, size, 0)
    })
  }

  async sync(): Promise<void> {
    this.#check()
    const { disk } = this.#port
    const file = this.#file
    const { changes, plannedSize } = file
    await this.#port.operate(
      {
        draws: file.draws,
        queue: file.syncs,
        latency: disk.options.sync,
        bytes: file.content.unsyncedBytes,
        afterMicros: file.queue.idleAtMicros,
        isAtEnd: true,
      },
      () => {
        file.content.makeDurable(changes, plannedSize)
        disk.names.makeDurable(file.nameChanges)
      },
    )
  }

  async close(): Promise<void> {
    this.#check()
    this.#isClosed = true
    await this.#inOrder('read', 0, () => undefined)
  }

  async #write(position: number, bytes: Uint8Array): Promise<void> {
    const file = this.#file
    if (bytes.length > 0) this.#plan(Math.max(file.plannedSize, position + bytes.length))
    const change = ++file.changes
    await this.#inOrder('write', bytes.length, () => {
      if (bytes.length > 0) this.#apply(change, position, bytes)
    })
  }

  #apply(change: number, position: number, bytes: Uint8Array): void {
    const { content } = this.#file
    content.writeBack(this.#nowMicros - this.#port.disk.options.dataWriteBackMs * 1000)
    content.write(change, this.#nowMicros, position, bytes)
    this.#note(WRITE_NOTE, position, bytes.length)
  }

  #inOrder<T>(latency: 'read' | 'write', bytes: number, apply: () => T): Promise<T> {
    const { draws, queue } = this.#file
    return this.#port.operate({ draws, queue, latency: this.#port.disk.options[latency], bytes }, apply)
  }

  #plan(size: number): void {
    if (!this.#port.isAlive) return
    if (!this.#port.disk.plan(this.#file, size))
      throw new DiskError('ENOSPC', `no room for ${this.path} of ${size} bytes`)
  }

  #check(...numbers: readonly number[]): void {
    if (this.#isClosed) throw new DiskError('EBADF', `${this.path} was closed`)
    for (const number of numbers) {
      if (!Number.isSafeInteger(number) || number < 0) throw new RangeError(`neither a position nor a size: ${number}`)
    }
  }

  get #nowMicros(): number {
    return this.#port.disk.host.world.nowMicros
  }

  #note(kind: number, a: number, b: number): void {
    this.#port.disk.host.world.trace.note(kind, this.#file.draws.key, a, b)
  }
}
