import { describe, expect, test } from 'vitest'
import { formatFault, hostsOf, isMeant, parseFault } from '../../../chaos/fault.ts'
import type { Fault } from '../../../chaos/fault.ts'
import { FIRST_LIGHT } from '../../../scenarios/first-light/first-light.ts'
import { FAMILIES, strainsOf } from '../../../scenarios/first-light/strains.ts'
import { keyedEntropy } from '../../../sim/kernel/entropy.ts'

const HOSTS = [
  'kafka-controller',
  ...['kafka', 'store'].flatMap(role => [1, 2, 3].map(number => `${role}-${number}`)),
  ...['write', 'stream', 'query'].flatMap(role => [1, 2].map(number => `${role}-${number}`)),
]

const faultsOf = (family: string): readonly Fault[] =>
  strainsOf(family).flatMap(({ blows }) => blows.flat().map(({ fault }) => fault))

describe('the faults of first light', () => {
  test('mean hosts that there are, and print and parse', () => {
    for (const fault of FAMILIES.flatMap(({ name }) => faultsOf(name))) {
      expect(parseFault(formatFault(fault))).toEqual(fault)
      for (const end of hostsOf(fault)) expect(HOSTS.some(host => isMeant(end, host))).toBe(true)
    }
  })

  test('hit every host of the installation', () => {
    const hit = new Set(faultsOf('light').flatMap(fault => ('host' in fault ? [fault.host] : [])))
    expect([...hit].sort()).toEqual([...HOSTS].sort())
  })

  test('take power only where the family says so, and of engines only when all is whole', () => {
    expect(faultsOf('none')).toEqual([])
    expect(faultsOf('light').map(({ kind }) => kind)).not.toContain('power-loss')
    const parts = strainsOf('power').flatMap(({ blows }) => blows.flat())
    const lost = parts.flatMap(({ fault, when }) => (fault.kind === 'power-loss' ? [{ host: fault.host, when }] : []))
    expect(lost.length).toBe(12)
    for (const { host, when } of lost) expect(when).toBe(/^(kafka|store)-/.test(host) ? 'whole' : 'now')
  })

  test('are the same for a seed in every family that has them, and so is the workload', () => {
    const prepare = (size: string, faults: string): ReturnType<typeof FIRST_LIGHT.prepare> =>
      FIRST_LIGHT.prepare({ variant: 'default', size, faults, entropy: keyedEntropy('first-light#1') })
    expect(prepare('small', 'none').plan.faults).toEqual([])
    expect(prepare('small', 'light').plan).toEqual(prepare('small', 'light').plan)
    expect([...prepare('small', 'light').events.keys()]).toEqual([...prepare('small', 'none').events.keys()])
    const light = prepare('small', 'light').plan.faults.filter(({ fault }) => fault.kind === 'freeze')
    const power = prepare('small', 'power').plan.faults.filter(({ fault }) => fault.kind === 'freeze')
    expect(power).toEqual(light)
  })
})
