// A disk in memory for unit tests of logs: no latency, nothing is lost, and the test may change what is in a file.

import type { Disk, DiskFile } from '../../../system/runtime/disk.ts'
import { DiskError } from '../../../system/runtime/disk.ts'

export class MemoryDisk implements Disk {
  readonly files: Map<string, Buffer> = new Map<string, Buffer>()

  async open(path: string, options: { readonly create?: boolean } = {}): Promise<DiskFile> {
    if (!this.files.has(path)) {
      if (options.create !== true) throw new DiskError('ENOENT', path)
      this.files.set(path, Buffer.alloc(0))
    }
    const { files } = this
    const bytes = (): Buffer => files.get(path) ?? Buffer.alloc(0)
    return {
      path,
      get size() {
        return bytes().length
      },
      read: async (position, length) => Buffer.from(bytes().subarray(position, position + length)),
      async append(more) {
        const position = bytes().length
        files.set(path, Buffer.concat([bytes(), more]))
        return position
      },
      async writeAt(position, more) {
        const grown = Buffer.alloc(Math.max(bytes().length, position + more.length))
        grown.set(bytes())
        grown.set(more, position)
        files.set(path, grown)
      },
      truncate: async size => void files.set(path, Buffer.from(bytes().subarray(0, size))),
      sync: async () => undefined,
      close: async () => undefined,
    }
  }

  async rename(from: string, to: string): Promise<void> {
    const bytes = this.files.get(from)
    if (bytes === undefined) throw new DiskError('ENOENT', from)
    this.files.delete(from)
    this.files.set(to, bytes)
  }

  async remove(path: string): Promise<void> {
    if (!this.files.delete(path)) throw new DiskError('ENOENT', path)
  }

  async list(directory: string): Promise<readonly string[]> {
    return [...this.files.keys()].filter(path => path.startsWith(`${directory}/`)).sort()
  }

  async syncDirectory(): Promise<void> {
    return Promise.resolve()
  }
}
