// A disk whose operations fail from some moment on.

import type { Disk, DiskFile } from '../../../../system/runtime/disk.ts'
import { DiskError } from '../../../../system/runtime/disk.ts'

export interface FailingDisk extends Disk {
  /** From now on these operations reject with EIO. */
  fail(...operations: readonly Operation[]): void
}

export type Operation = 'append' | 'sync' | 'read' | 'rename' | 'remove' | 'open'

export function failingDisk(disk: Disk): FailingDisk {
  const failing = new Set<Operation>()
  const check = (operation: Operation): void => {
    if (failing.has(operation)) throw new DiskError('EIO', `${operation} failed`)
  }
  const wrap = (file: DiskFile): DiskFile => ({
    get path() {
      return file.path
    },
    get size() {
      return file.size
    },
    async read(position, length) {
      check('read')
      return file.read(position, length)
    },
    async append(bytes) {
      check('append')
      return file.append(bytes)
    },
    async sync() {
      check('sync')
      return file.sync()
    },
    writeAt: (position, bytes) => file.writeAt(position, bytes),
    truncate: size => file.truncate(size),
    close: () => file.close(),
  })
  return {
    fail(...operations) {
      for (const operation of operations) failing.add(operation)
    },
    async open(path, options) {
      check('open')
      return wrap(await disk.open(path, options))
    },
    async rename(from, to) {
      check('rename')
      return disk.rename(from, to)
    },
    async remove(path) {
      check('remove')
      return disk.remove(path)
    },
    list: directory => disk.list(directory),
    syncDirectory: directory => disk.syncDirectory(directory),
  }
}
