// The real functions that the harness itself needs, kept before anything ambient is replaced.

export const real: {
  readonly setImmediate: (run: () => void) => void
  readonly nowMs: () => number
} = {
  setImmediate: setImmediate as (run: () => void) => unknown satisfies (run: () => void) => unknown as (
    run: () => void,
  ) => void,
  nowMs: performance.now.bind(performance),
}
