// Who a node is: what stays the same for ever, and how often it was started.

import type { Runtime } from '../../system/runtime/runtime.ts'
import { readIfThere, writeDurably } from './storage/durable-file.ts'
import { stampUuid } from './types/uuid-text.ts'
import { ByteReader } from './wire/byte-reader.ts'
import { ByteWriter } from './wire/byte-writer.ts'

export interface Identity {
  readonly hostId: Buffer
  /** Larger at each start, whatever the wall clock says. */
  readonly generation: number
}

/** Of this start. Durable when it resolves. */
export async function nextIdentity(runtime: Runtime, path: string): Promise<Identity> {
  const bytes = await readIfThere(runtime.disk, path)
  const before = bytes === undefined ? undefined : readIdentity(bytes)
  const hostId = before?.hostId ?? stampUuid(runtime.entropy.fork('host id').bytes(UUID_BYTES), 4)
  const wallSeconds = Math.floor(runtime.clock.wallMs() / 1000)
  const generation = Math.max(wallSeconds, (before?.generation ?? 0) + 1)
  await writeDurably(runtime.disk, path, new ByteWriter().raw(hostId).u32(generation).finish())
  return { hostId, generation }
}

function readIdentity(bytes: Uint8Array): Identity {
  const reader = new ByteReader(bytes)
  return { hostId: reader.raw(UUID_BYTES), generation: reader.u32() }
}

const UUID_BYTES = 16
