// Whom ambient things answer for: the process that is running, or the world itself between two processes.

import type { Entropy } from '../../../system/runtime/entropy.ts'
import { current } from '../current.ts'
import type { HostProcess } from '../host.ts'
import type { World } from '../world.ts'

/** True time in the world's own entries, the host's own wall clock in those of a host. */
export function wallMs(world: World): number {
  const { host } = current
  return host === undefined ? Math.floor(world.startEpochMs + world.nowMicros / 1000) : host.clock.wallMs()
}

/** Microseconds since the running process started. */
export function uptimeMicros(world: World): number {
  return world.nowMicros - (current.host?.process?.startedMicros ?? 0)
}

/** One value for each process that asks for it, gone with the process. */
export function perProcess<T>(make: (owner: Owner) => T): () => T {
  const values = new WeakMap<object, { readonly value: T }>()
  return () => {
    const { world, host } = current
    const identity = host?.process ?? world
    if (identity === undefined) throw new Error('no world is running')
    const known = values.get(identity)
    if (known !== undefined) return known.value
    const value = make(ownerOf(identity))
    values.set(identity, { value })
    return value
  }
}

export interface Owner {
  readonly entropy: Entropy
  /** Called when the process has ended, or the world. */
  onEnd(listener: () => void): void
}

function ownerOf(identity: HostProcess | World): Owner {
  if (!('runtime' in identity)) return { entropy: identity.entropy.fork('ambient'), onEnd: () => undefined }
  const { host, runtime } = identity
  return { entropy: runtime.entropy.fork('ambient'), onEnd: listener => host.onProcessEnd(listener) }
}
