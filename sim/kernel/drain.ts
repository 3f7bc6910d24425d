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

/**
 * From now on what is thrown in a promise job, or rejected without anyone listening, goes to `fault`, synchronously within
 * the drain of whoever caused it; listeners of others see nothing. The answer undoes it.
 */
export function catchFaults(fault: (thrown: unknown) => void): () => void {
  const others = FAULT_EVENTS.map(event => ({ event, listeners: process.rawListeners(event) }))
  for (const event of FAULT_EVENTS) process.removeAllListeners(event)
  const onFault = (thrown: unknown): void => fault(thrown)
  for (const event of FAULT_EVENTS) process.on(event, onFault)
  return () => {
    for (const { event, listeners } of others) {
      process.removeListener(event, onFault)
      for (const listener of listeners) process.on(event, listener as never)
    }
  }
}
