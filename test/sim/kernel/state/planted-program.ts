// The program of a host that uses the planted module.

import { next } from './planted.cjs'

export function act(name: string): number {
  return next(name)
}
