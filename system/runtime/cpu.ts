// Work that keeps a processor busy.

/** A pure function of cloneable arguments: no captured state, so that it can run in another thread. */
export type Computation<A extends readonly unknown[], R> = (...args: A) => R

export interface Cpu {
  /**
   * Runs `compute(...args)` and resolves with its result, or rejects with what it threw. `costMicros` is the caller's
   * estimate of the processor time in microseconds. Live it decides between here and a worker; simulated, it is the time
   * for which this host's processor is taken: everything else on the host waits behind it.
   */
  run<A extends readonly unknown[], R>(
    work: { readonly name: string; readonly costMicros: number },
    compute: Computation<A, R>,
    ...args: A
  ): Promise<R>
}
