// What the command answers to the shell. One table; the help text is printed from it.

export type Outcome =
  | 'as-expected'
  | 'broken'
  | 'goal-missed'
  | 'unknown'
  | 'different'
  | 'mutant-survived'
  | 'wrong-use'
  | 'harness-failed'

export const EXIT_CODES: Readonly<Record<Outcome, { readonly code: number; readonly meaning: string }>> = {
  'as-expected': { code: 0, meaning: 'as expected: every invariant held and every goal was reached' },
  broken: { code: 10, meaning: 'an invariant is broken: the report names a witness' },
  'goal-missed': { code: 11, meaning: 'a goal was not reached within its virtual time' },
  unknown: {
    code: 12,
    meaning: 'unknown: a planned fault never changed anything, or the run was ended before its verdict',
  },
  different: { code: 13, meaning: 'diff: the two runs are different' },
  'mutant-survived': { code: 14, meaning: 'mutants: a planted bug was not caught' },
  'wrong-use': { code: 64, meaning: 'wrong use: nothing was run' },
  'harness-failed': { code: 70, meaning: 'the harness itself failed: this says nothing about the system' },
}

export function exitCodeTable(): string {
  const rows = Object.values(EXIT_CODES).map(({ code, meaning }) => `  ${String(code).padStart(3)}  ${meaning}`)
  return ['Exit codes:', ...rows].join('\n')
}
