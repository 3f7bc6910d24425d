// The real functions that the harness itself needs, kept before anything ambient is replaced.

export const real: {
  readonly setImmediate: (run: () => void) => unknown
  readonly nowMs: () => number
} = {
  setImmediate,
  nowMs: performance.now.bind(performance),
}
