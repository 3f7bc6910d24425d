// Letting all promise and tick work finish, synchronously, before the next entry.
//
// `process._tickCallback` is Node's own: it runs what nextTick and promises have queued. It does nothing when the loop was
// itself entered from a promise job, so the loop is entered from `setImmediate`, and a probe makes sure of it.

const tick: () => void = (process as unknown as { _tickCallback(): void })._tickCallback.bind(process)

export function drain(): void {
  tick()
}

/** Throws if promise work is not run by `drain` here. */
export function probeDrain(): void {
  let isDrained = false
  queueMicrotask(() => {
    isDrained = true
  })
  tick()
  if (!isDrained) throw new Error('promise work is not drained here: a world must be entered from setImmediate')
}

const FAULT_EVENTS = ['uncaughtException', 'unhandledRejection'] as const
export type FaultEvent = (typeof FAULT_EVENTS)[number]

/**
 * From now on what is thrown in a promise job, or rejected without anyone listening, goes to `fault`, synchronously within
 * the drain of whoever caused it; listeners of others see nothing. The answer undoes it.
 */
export function catchFaults(fault: (thrown: unknown, event: FaultEvent) => void): () => void {
  const caught = FAULT_EVENTS.map(event => {
    const listeners = process.rawListeners(event)
    process.removeAllListeners(event)
    const listener = (thrown: unknown): void => fault(thrown, event)
    process.on(event, listener)
    return { event, listener, listeners }
  })
  return () => {
    for (const { event, listener, listeners } of caught) {
      process.removeListener(event, listener)
      for (const other of listeners) process.on(event, other as never)
    }
  }
}
