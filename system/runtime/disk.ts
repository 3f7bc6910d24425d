// Named files, and what is durable after what.

export type DiskErrorCode = 'ENOENT' | 'EEXIST' | 'ENOSPC' | 'EIO' | 'EBADF'

export class DiskError extends Error {
  override readonly name = 'DiskError'
  readonly code: DiskErrorCode

  constructor(code: DiskErrorCode, message: string) {
    super(`${code}: ${message}`)
    this.code = code
  }
}

/** An open file. Operations on one file take effect in the order in which they were called. */
export interface DiskFile {
  readonly path: string
  /** Bytes, counting all appends and writes called so far. */
  readonly size: number
  /** Up to `length` bytes from `position`; fewer only at the end of the file. The bytes are the caller's to keep. */
  read(position: number, length: number): Promise<Uint8Array>
  /**
   * Adds at the end; resolves with the position of the first byte. ENOSPC: nothing, or a part, was added.
   * The caller must not change the bytes before it resolves; the same holds for `writeAt`.
   */
  append(bytes: Uint8Array): Promise<number>
  /** Overwrites or extends; a gap is filled with zeros. */
  writeAt(position: number, bytes: Uint8Array): Promise<void>
  truncate(size: number): Promise<void>
  /**
   * When it resolves, all that this file held when it was called survives a power loss, and so does the file's name if the
   * file is new. Without it, a power loss keeps any part of what was written since, also torn; a process crash keeps all.
   * After EIO the state of the unsynced part is unknown: do not try again, recover from the log.
   */
  sync(): Promise<void>
  close(): Promise<void>
}

/**
 * A flat tree of files under paths with `/`; directories come and go with their files.
 * Renames and removals are durable after `syncDirectory`, or at some time of the disk's choice; in their order.
 */
export interface Disk {
  /** Opens for reading and writing. `create`: makes an empty file if there is none. Rejects with ENOENT. */
  open(path: string, options?: { readonly create?: boolean }): Promise<DiskFile>
  /** Atomic: `to` is the old file or the new one, never a mixture. ENOENT if `from` is not there. */
  rename(from: string, to: string): Promise<void>
  remove(path: string): Promise<void>
  /** The full paths of all files whose path starts with `directory` and a slash, sorted by code unit. */
  list(directory: string): Promise<readonly string[]>
  /** When it resolves, all earlier creations, renames and removals below `directory` survive a power loss. */
  syncDirectory(directory: string): Promise<void>
}
