// The name of a property in a query: the keys that lead to it, joined by points. No key of an event has a point in it.

import { QueryError } from './query-error.ts'

export type PropertyPath = readonly string[]

/** Throws InvalidParameterError; `where` names the parameter. */
export function parsePropertyPath(name: unknown, where: string): PropertyPath {
  if (typeof name !== 'string' || name === '' || name.length > NAME_LENGTH_MAX) {
    throw new QueryError(
      'InvalidParameterError',
      `${where} must be the name of a property, a text of 1 to ${NAME_LENGTH_MAX} characters`,
    )
  }
  return name.split('.')
}

/** `path` is `prefix`, or below it. */
export function startsWith(path: PropertyPath, prefix: PropertyPath): boolean {
  return prefix.length <= path.length && prefix.every((key, depth) => path[depth] === key)
}

export function isSamePath(a: PropertyPath, b: PropertyPath): boolean {
  return a.length === b.length && startsWith(a, b)
}

const NAME_LENGTH_MAX = 4_096
