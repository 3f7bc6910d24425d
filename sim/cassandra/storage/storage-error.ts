// Why the storage engine would not do it.

/**
 * - `disk-failed`: the disk refused an operation; the engine takes no more writes. Of the writes under way it is unknown
 *   whether they will be there after a restart.
 * - `too-large`: the mutation is larger than half a commit log segment. Definite: nothing was written.
 * - `corrupt`: stored bytes are not what was written. Reads that need them fail; at start, the node does not start.
 * - `stopped`: the engine was stopped. Definite.
 */
export type StorageErrorCode = 'disk-failed' | 'too-large' | 'corrupt' | 'stopped'

export class StorageError extends Error {
  override readonly name = 'StorageError'
  readonly code: StorageErrorCode

  constructor(code: StorageErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
