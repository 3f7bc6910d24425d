// A processor whose time is charged: while it is taken, everything else on its host waits.

import type { Cpu } from '../../system/runtime/cpu.ts'
import type { Host } from './host.ts'

export function simulatedCpu(host: Host): Cpu {
  return {
    run(work, compute, ...args) {
      return new Promise((resolve, reject) => {
        // The result is there when the time is over: the entry waits for the processor like every other of this host.
        const untilMicros = host.occupy(work.costMicros)
        host.world.schedule(untilMicros - host.world.nowMicros, host, 'cpu', () => {
          try {
            resolve(compute(...args))
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)))
          }
        })
      })
    },
  }
}
