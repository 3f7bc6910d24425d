// Whom ambient things answer for: the process that is running, or the world itself between two processes.

import type { Entropy } from '../../../system/runtime/entropy.ts'
import { current } from '../current.ts'
import type { World } from '../world.ts'

/** The world that is running, while nothing is being loaded. Undefined: real Node answers. */
export function runningWorld(): World | undefined {
  return current.world
}

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
    const owner = runningOwner()
    const known = values.get(owner.identity)
    if (known !== undefined) return known.value
    const value = make(owner)
    values.set(owner.identity, { value })
    return value
  }
}

export interface Owner {
  readonly identity: object
  readonly entropy: Entropy
  /** Called when the process has ended, or the world. */
  onEnd(listener: () => void): void
}

function runningOwner(): Owner {
  const { world, host } = current
  const running = host?.process
  if (running !== undefined) {
    return {
      identity: running,
      entropy: running.runtime.entropy.fork('ambient'),
      onEnd: listener => running.host.onProcessEnd(listener),
    }
  }
  if (world === undefined) throw new Error('no world is running')
  return { identity: world, entropy: world.entropy.fork('ambient'), onEnd: () => undefined }
}
