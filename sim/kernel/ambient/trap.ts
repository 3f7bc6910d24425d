// What is not routed throws inside a run, where it is called.

import { route } from './replace.ts'

export class AmbientError extends Error {
  override readonly name = 'AmbientError'
}

/** Inside a run the function at `key` throws; outside it is what it was. */
export function trap(target: object, key: PropertyKey, name: string, why: string): void {
  route(target, key, () => refuse(name, why))
}

export function refuse(name: string, why: string): never {
  throw new AmbientError(`${name} is not to be had inside a simulated world: ${why}`)
}
