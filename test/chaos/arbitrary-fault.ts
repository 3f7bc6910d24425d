// Any fault and any plan, for properties that must hold for all of them.

import fc from 'fast-check'
import type { Fault } from '../../chaos/fault.ts'
import { planOf } from '../../chaos/plan.ts'
import type { FaultPlan, PlannedFault } from '../../chaos/plan.ts'

/** fast-check's records have no prototype otherwise, and are then equal to nothing. */
const PLAIN = { noNullPrototype: true } as const

const host: fc.Arbitrary<string> = fc.stringMatching(/^[a-z][a-z0-9]{0,5}(-[a-z0-9]{1,3}){0,2}$/)
const hosts: fc.Arbitrary<[string, string]> = fc.tuple(host, host)

export const anyFault: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({ kind: fc.constantFrom('crash' as const, 'power-loss' as const, 'freeze' as const), host }, PLAIN),
  fc.record({ kind: fc.constant('cut' as const), between: hosts }, PLAIN),
  fc.record({ kind: fc.constant('one-way-cut' as const), from: host, to: host }, PLAIN),
  fc.record(
    { kind: fc.constant('slow' as const), between: hosts, delayMs: fc.integer({ min: 1, max: 9_999_999 }) },
    PLAIN,
  ),
)

const anyPlanned: fc.Arbitrary<PlannedFault> = fc
  .tuple(anyFault, fc.nat(100_000), fc.integer({ min: 1, max: 50_000 }), fc.constantFrom('now', 'whole'))
  .map(([fault, fromMs, lengthMs, when]) => ({ fault, fromMs, toMs: fromMs + lengthMs, when }))

export const anyPlan: fc.Arbitrary<FaultPlan> = fc.array(anyPlanned, { maxLength: 12 }).map(planOf)
