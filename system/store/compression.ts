// Bytes at rest. Whether something is compressed depends on its own length only, never on what compressing it gave: the
// compressed bytes may differ from one build of zstd to the next, and nothing that others rely on may follow them.

import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { bufferOf, FormatError } from './bytes.ts'

export function compress(raw: Uint8Array): Uint8Array {
  return raw.length < COMPRESSED_FROM_BYTES ? raw : zstdCompressSync(raw)
}

/** `rawLength` is known from elsewhere and bounds what a damaged input can make of itself. Throws FormatError. */
export function decompress(stored: Uint8Array, rawLength: number): Uint8Array {
  if (rawLength > RAW_BYTES_MAX) throw new FormatError(`${rawLength} bytes, more than ${RAW_BYTES_MAX}`)
  const raw = rawLength < COMPRESSED_FROM_BYTES ? stored : inflate(stored, rawLength)
  if (raw.length !== rawLength) throw new FormatError(`${raw.length} bytes instead of ${rawLength}`)
  return raw
}

function inflate(stored: Uint8Array, rawLength: number): Uint8Array {
  try {
    return zstdDecompressSync(bufferOf(stored), { maxOutputLength: rawLength })
  } catch (error) {
    throw new FormatError(`not decompressed: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Below this zstd saves little, and a call costs 15 µs. */
const COMPRESSED_FROM_BYTES = 1_024

/** No section of a block comes near it: a block has at most 4 MiB of JSON, or one larger event. */
const RAW_BYTES_MAX = 256 * 1024 * 1024
