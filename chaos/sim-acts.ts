// Does faults to a simulated world, undoes them, and counts what each changed. It also starts processes again that died by
// themselves, as whatever watches over processes in life does.

import type { Host } from '../sim/kernel/host.ts'
import { PASS, DROP } from '../sim/network/rules.ts'
import type { Rule } from '../sim/network/rules.ts'
import type { Simulation } from '../sim/simulation.ts'
import type { ActingFault, Acts } from './carry-out.ts'
import { formatFault, isMeant } from './fault.ts'
import type { Fault, LinkFault } from './fault.ts'

export interface SimulatedActsOptions {
  /** Whether the service on the host is up, in the process that runs there now. */
  serves(host: string): boolean
  /** How long after its death a process is started again. */
  readonly restartPauseMs: number
}

/** To be made when all hosts are there. */
export function simulatedActs(simulation: Simulation, options: SimulatedActsOptions): Acts {
  const { world } = simulation
  /** Down because a fault says so: nobody starts them again but its end. */
  const held = new Set<Host>()
  let rules = 0

  for (const host of world.hosts.values()) {
    host.onDown(() => {
      if (held.has(host)) return
      world.schedule(options.restartPauseMs * 1_000, undefined, 'fault', () => {
        if (!held.has(host) && host.state === 'down') host.restart()
      })
    })
  }

  const hostNamed = (name: string): Host => {
    const host = world.hosts.get(name)
    if (host === undefined) throw new RangeError(`a fault means ${name}, and there is no such host`)
    return host
  }

  const stop = (host: Host, how: 'crash' | 'power-loss'): ActingFault => {
    const connections = simulation.fabric.connectionsOf(host)
    const isRunning = host.state !== 'down'
    const disk = simulation.diskOf(host)
    const lostBefore = disk.lostBytes
    held.add(host)
    if (isRunning && how === 'crash') host.crash()
    else if (isRunning) host.powerLoss()
    const lost = disk.lostBytes - lostBefore
    return {
      end() {
        held.delete(host)
        if (host.state === 'down') host.restart()
      },
      changes: () => ({
        'processes ended': isRunning ? 1 : 0,
        [how === 'crash' ? 'connections reset' : 'connections silenced']: connections,
        'bytes lost': lost,
      }),
      isUndone: () => options.serves(host.name),
    }
  }

  const freeze = (host: Host): ActingFault => {
    const isFrozen = host.state === 'up'
    if (isFrozen) host.freeze()
    let isHeld = isFrozen
    return {
      end() {
        isHeld = false
        if (host.state === 'frozen') host.thaw()
      },
      changes: () => ({ 'entries held': isHeld ? host.heldEntries : 0 }),
      isUndone: () => options.serves(host.name),
    }
  }

  const trouble = (fault: LinkFault): ActingFault => {
    const name = `${formatFault(fault)} #${rules++}`
    simulation.fabric.rules.add(name, ruleOf(fault))
    return {
      end: () => simulation.fabric.rules.remove(name),
      changes: () => ({
        [fault.kind === 'slow' ? 'segments delayed' : 'segments dropped']: simulation.fabric.rules.bites(name),
      }),
      isUndone: () => !simulation.fabric.rules.has(name),
    }
  }

  return {
    nowMicros: () => world.nowMicros,
    sleep: delayMs => new Promise(resolve => world.schedule(delayMs * 1_000, undefined, 'fault', resolve)),
    begin(fault: Fault) {
      switch (fault.kind) {
        case 'crash':
        case 'power-loss':
          return stop(hostNamed(fault.host), fault.kind)
        case 'freeze':
          return freeze(hostNamed(fault.host))
        case 'cut':
        case 'one-way-cut':
        case 'slow':
          return trouble(fault)
      }
    },
  }
}

function ruleOf(fault: LinkFault): Rule {
  switch (fault.kind) {
    case 'cut':
      return ({ from, to }) => (isBetween(fault.between, from, to) ? DROP : PASS)
    case 'one-way-cut':
      return ({ from, to }) => (isFrom(fault.from, fault.to, { from, to }) ? DROP : PASS)
    case 'slow': {
      const delayed = { kind: 'delay', micros: fault.delayMs * 1_000 } as const
      return ({ from, to }) => (isBetween(fault.between, from, to) ? delayed : PASS)
    }
  }
}

function isBetween([a, b]: readonly [string, string], from: Host, to: Host): boolean {
  return isFrom(a, b, { from, to }) || isFrom(b, a, { from, to })
}

/** Also where one end is of the many that the other means: but what a host says to itself crosses no link. */
function isFrom(a: string, b: string, { from, to }: { readonly from: Host; readonly to: Host }): boolean {
  return from !== to && isMeant(a, from.name) && isMeant(b, to.name)
}
