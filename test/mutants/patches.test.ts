import { describe, expect, it } from 'vitest'
import { MUTANTS } from './mutants.ts'
import { TypeCheck } from './type-check.ts'

describe('a planted bug', () => {
  const check = new TypeCheck()

  it.each(MUTANTS.map(mutant => [mutant.name, mutant] as const))(
    '%s is a program without a slip: it fits, and its types are right',
    (_, mutant) => {
      expect(check.errorsOf(mutant.patches)).toEqual([])
    },
  )

  it('a slip would be seen: a name that nobody defines, a text that is not there', () => {
    const file = 'system/stream/commit-range.ts'
    const slip = { file, find: 'range.end, ...fields', replace: 'range.end, ...feilds' }
    expect(check.errorsOf([slip]).join()).toContain("Cannot find name 'feilds'")
    expect(() => check.errorsOf([{ file, find: 'nowhere in it', replace: '' }])).toThrow('must fit exactly once')
  })

  it('has a name of its own', () => {
    expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length)
  })
})
