// How long the JSON of a value would be, without making it.

/** At most as many characters as JSON.stringify would make. */
export function jsonLength(value: unknown): number {
  if (typeof value === 'string') return value.length + 2
  if (typeof value !== 'object' || value === null) return 1
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + jsonLength(item) + 1, 1)
  let length = 1
  for (const key of Object.keys(value)) length += key.length + 4 + jsonLength((value as Record<string, unknown>)[key])
  return length
}
