// Programs of clients in a simulated world: the run is over when the last has ended, and fails with the first that failed.

import type { Host, HostProcess } from '../../sim/kernel/host.ts'
import type { World } from '../../sim/kernel/world.ts'
import type { Simulation } from '../../sim/simulation.ts'

export class ClientPrograms {
  readonly #simulation: Simulation
  #count = 0
  #unfinished = 0
  #failure: unknown

  constructor(simulation: Simulation) {
    this.#simulation = simulation
  }

  /** On a host of its own, 10.0.1.1 being the first. */
  start(name: string, program: (process: HostProcess) => Promise<void>): Host {
    const { world } = this.#simulation
    this.#unfinished++
    this.#count++
    const host = this.#simulation.addHost({ name, address: `10.0.1.${this.#count}` })
    host.start(process => {
      program(process).then(
        () => {
          if (--this.#unfinished === 0) world.stop('done')
        },
        (error: unknown) => {
          this.#failure ??= error
          world.stop('failed')
        },
      )
    })
    return host
  }

  /** Runs to the end; rejects if a program failed, a process died by itself, or the world came to another end. */
  async run(): Promise<void> {
    const { world } = this.#simulation
    const end = await world.run()
    if (this.#failure !== undefined) throw this.#failure as Error
    if (end.kind === 'harness-failed') throw end.error
    const [death] = world.deaths
    if (death !== undefined) throw new Error(`${death.host} died: ${death.error.stack}`)
    if (end.kind !== 'stopped') throw new Error(`the world has ended: ${end.kind} ${lastLines(world)}`)
  }
}

/** Until the condition holds; asked ten times a second of virtual time. */
export async function until(process: HostProcess, what: string, holds: () => boolean, seconds = 120): Promise<void> {
  const { clock } = process.runtime
  const endMs = clock.monotonicMs() + seconds * 1000
  while (!holds()) {
    if (clock.monotonicMs() > endMs) throw new Error(`not in ${seconds} s: ${what} ${lastLines(process.host.world)}`)
    await clock.sleep(100)
  }
}

function lastLines(world: World): string {
  return world.logs.lines
    .slice(-40)
    .map(line => `\n${(line.atMicros / 1e6).toFixed(3)} ${line.host} ${line.message} ${JSON.stringify(line.fields)}`)
    .join('')
}
