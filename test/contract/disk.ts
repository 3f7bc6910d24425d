// What the Disk port promises, as facts that hold for every implementation. What a power loss takes is not among them: only
// a simulated machine can be switched off as often as a test needs it.

import { expect } from 'vitest'
import type { Disk } from '../../system/runtime/disk.ts'

export interface DiskFact {
  readonly fact: string
  /** `disk` is empty below each directory that no other fact has used. */
  body(disk: Disk): Promise<void>
}

export const DISK_FACTS: readonly DiskFact[] = [
  {
    fact: 'what was appended is read at the position that was answered',
    async body(disk) {
      const file = await disk.open('appended/log', { create: true })
      expect(await file.append(bytes(1, 2, 3))).toBe(0)
      expect(await file.append(bytes(4, 5))).toBe(3)
      expect(await file.append(bytes())).toBe(5)
      expect(await file.read(0, 5)).toEqual(bytes(1, 2, 3, 4, 5))
      expect(await file.read(3, 1)).toEqual(bytes(4))
    },
  },
  {
    fact: 'a read ends where the file ends',
    async body(disk) {
      const file = await disk.open('short/log', { create: true })
      await file.append(bytes(1, 2, 3))
      expect(await file.read(2, 10)).toEqual(bytes(3))
      expect(await file.read(3, 10)).toEqual(bytes())
      expect(await file.read(50, 10)).toEqual(bytes())
      expect(await file.read(1, 0)).toEqual(bytes())
    },
  },
  {
    fact: 'what was read is the caller’s: changing it changes no file',
    async body(disk) {
      const file = await disk.open('copies/log', { create: true })
      await file.append(bytes(1, 2, 3))
      ;(await file.read(0, 3)).fill(9)
      expect(await file.read(0, 3)).toEqual(bytes(1, 2, 3))
    },
  },
  {
    fact: 'operations on one file take effect in the order of their calls, and its size counts what was called',
    async body(disk) {
      const file = await disk.open('order/log', { create: true })
      const done: Promise<unknown>[] = []
      const positions: Promise<number>[] = []
      for (let index = 0; index < 50; index++) {
        positions.push(file.append(new Uint8Array(index + 1).fill(index)))
        if (index === 25) done.push(file.sync())
        if (index === 30) done.push(file.writeAt(0, bytes(77, 77, 77)))
        if (index === 40) done.push(file.read(0, 4).then(read => expect(read).toEqual(bytes(77, 77, 77, 2))))
      }
      expect(file.size).toBe((50 * 51) / 2)
      await Promise.all(done)
      expect(await Promise.all(positions)).toEqual([...Array(50).keys()].map(index => (index * (index + 1)) / 2))
      expect(await file.read((49 * 50) / 2, 50)).toEqual(new Uint8Array(50).fill(49))
    },
  },
  {
    fact: 'a write beyond the end fills the gap with zeros',
    async body(disk) {
      const file = await disk.open('gap/log', { create: true })
      await file.append(bytes(1))
      await file.writeAt(4, bytes(5, 6))
      expect(file.size).toBe(6)
      expect(await file.read(0, 6)).toEqual(bytes(1, 0, 0, 0, 5, 6))
      await file.writeAt(0, bytes(9, 9))
      expect(await file.read(0, 6)).toEqual(bytes(9, 9, 0, 0, 5, 6))
    },
  },
  {
    fact: 'a truncated file has lost its tail for good, and grows by zeros',
    async body(disk) {
      const file = await disk.open('cut/log', { create: true })
      await file.append(bytes(1, 2, 3, 4))
      await file.truncate(2)
      expect(file.size).toBe(2)
      await file.truncate(4)
      expect(await file.read(0, 4)).toEqual(bytes(1, 2, 0, 0))
      expect(await file.append(bytes(7))).toBe(4)
    },
  },
  {
    fact: 'a file that is not there is not opened, unless it is to be made; one that is there is not emptied',
    async body(disk) {
      expect(await codeOf(disk.open('made/log'))).toBe('ENOENT')
      const file = await disk.open('made/log', { create: true })
      await file.append(bytes(1))
      await file.close()
      const again = await disk.open('made/log', { create: true })
      expect(again.size).toBe(1)
      expect(again.path).toBe('made/log')
      expect(await again.read(0, 1)).toEqual(bytes(1))
    },
  },
  {
    fact: 'a closed file takes nothing more, and what was called before is done',
    async body(disk) {
      const file = await disk.open('closed/log', { create: true })
      const appended = file.append(bytes(1, 2, 3))
      await file.close()
      expect(await appended).toBe(0)
      expect(await codeOf(file.append(bytes(4)))).toBe('EBADF')
      expect(await codeOf(file.read(0, 1))).toBe('EBADF')
      expect(await codeOf(file.sync())).toBe('EBADF')
      expect((await disk.open('closed/log')).size).toBe(3)
    },
  },
  {
    fact: 'a rename replaces what had the name',
    async body(disk) {
      await write(disk, 'renamed/old', bytes(1))
      await write(disk, 'renamed/new', bytes(2, 2))
      await disk.rename('renamed/new', 'renamed/old')
      expect(await disk.list('renamed')).toEqual(['renamed/old'])
      expect(await (await disk.open('renamed/old')).read(0, 9)).toEqual(bytes(2, 2))
      expect(await codeOf(disk.rename('renamed/new', 'renamed/old'))).toBe('ENOENT')
      expect(await disk.list('renamed')).toEqual(['renamed/old'])
    },
  },
  {
    fact: 'a removed file is gone, and its name is free',
    async body(disk) {
      await write(disk, 'removed/log', bytes(1))
      await disk.remove('removed/log')
      expect(await disk.list('removed')).toEqual([])
      expect(await codeOf(disk.remove('removed/log'))).toBe('ENOENT')
      expect((await disk.open('removed/log', { create: true })).size).toBe(0)
    },
  },
  {
    fact: 'a list holds what is below the directory, at any depth, sorted by code unit, and nothing else',
    async body(disk) {
      for (const path of ['list/b', 'list/a/z', 'list/a-1', 'list/B', 'lists/x', 'list-2']) {
        await write(disk, path, bytes())
      }
      expect(await disk.list('list')).toEqual(['list/B', 'list/a-1', 'list/a/z', 'list/b'])
      expect(await disk.list('list/a')).toEqual(['list/a/z'])
      expect(await disk.list('nothing-there')).toEqual([])
    },
  },
  {
    fact: 'files and directories can be synced, also when nothing was changed',
    async body(disk) {
      const file = await disk.open('synced/log', { create: true })
      await file.sync()
      await file.append(bytes(1))
      await Promise.all([file.sync(), file.append(bytes(2)), file.sync()])
      await disk.syncDirectory('synced')
      await disk.syncDirectory('synced')
      expect(await file.read(0, 2)).toEqual(bytes(1, 2))
    },
  },
]

function bytes(...values: readonly number[]): Uint8Array {
  return Uint8Array.from(values)
}

async function write(disk: Disk, path: string, content: Uint8Array): Promise<void> {
  const file = await disk.open(path, { create: true })
  await file.append(content)
  await file.close()
}

async function codeOf(attempt: Promise<unknown>): Promise<string | undefined> {
  return attempt.then(
    () => undefined,
    (error: { readonly code?: string }) => error.code,
  )
}
