// The planted bugs by the names that they have on the command line and in reports.

import type { Mutant } from '../test/mutants/mutant.ts'
import { MUTANTS } from '../test/mutants/mutants.ts'
import { WrongUse } from './wrong-use.ts'

/** Throws WrongUse, which says what there is. */
export function mutantOf(name: string): Mutant {
  const mutant = MUTANTS.find(each => each.name === name)
  if (mutant !== undefined) return mutant
  const names = MUTANTS.map(each => each.name).join(', ')
  throw new WrongUse(`no bug is planted under the name ${name}: choose one of ${names}`)
}
