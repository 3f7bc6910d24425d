// Small files that are replaced as a whole: the old content or the new one, never a mixture, whatever happens.

import { crc32 } from 'node:zlib'
import type { Disk, DiskFile } from '../../../system/runtime/disk.ts'
import { asBuffer } from '../data/as-buffer.ts'
import { temporary } from './file-names.ts'
import { StorageError } from './storage-error.ts'

/** Durable when it resolves. One at a time for each path. `path` must be in a directory. */
export async function writeDurably(disk: Disk, path: string, bytes: Uint8Array): Promise<void> {
  const content = Buffer.alloc(bytes.length + CHECKSUM_BYTES)
  content.set(bytes)
  content.writeUInt32BE(crc32(bytes), bytes.length)
  const file = await openEmpty(disk, temporary(path))
  await file.append(content)
  await file.sync()
  await file.close()
  await disk.rename(temporary(path), path)
  await disk.syncDirectory(path.slice(0, path.lastIndexOf('/')))
}

/** Undefined if there is no such file. Rejects with a StorageError if it is not what was written. */
export async function readIfThere(disk: Disk, path: string): Promise<Uint8Array | undefined> {
  const file = await openIfThere(disk, path)
  if (file === undefined) return undefined
  const content = asBuffer(await file.read(0, file.size))
  await file.close()
  const bytes = content.subarray(0, Math.max(0, content.length - CHECKSUM_BYTES))
  if (content.length < CHECKSUM_BYTES || crc32(bytes) !== content.readUInt32BE(bytes.length)) {
    throw new StorageError('corrupt', `${path} is not what was written to it`)
  }
  return bytes
}

/** Whatever a crash may have left under that name is gone. */
export async function openEmpty(disk: Disk, path: string): Promise<DiskFile> {
  const file = await disk.open(path, { create: true })
  if (file.size > 0) await file.truncate(0)
  return file
}

async function openIfThere(disk: Disk, path: string): Promise<DiskFile | undefined> {
  try {
    return await disk.open(path)
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === 'ENOENT') return undefined
    throw error
  }
}

const CHECKSUM_BYTES = 4
