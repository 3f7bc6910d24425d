// Work over a list with a bound on how much of it is under way.

/**
 * Calls `work` on each item, in order, with at most `limit` calls unfinished. Resolves with the results in the order of the
 * items. When a call rejects, no further one is begun, and the first rejection is passed on once those under way have ended.
 */
export async function aFewAtATime<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results = new Array<R>(items.length)
  const failures: unknown[] = []
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < items.length && failures.length === 0) {
      const index = next++
      try {
        results[index] = await work(items[index]!)
      } catch (error) {
        failures.push(error)
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane))
  if (failures.length > 0) throw failures[0]
  return results
}
