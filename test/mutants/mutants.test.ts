import { afterAll, describe, expect, it } from 'vitest'
import { startRunPool } from '../../bin/run-pool.ts'
import type { RunJob } from '../../bin/run-worker.ts'
import type { RunRecord } from '../../reports/run-record.ts'
import { MUTANTS } from './mutants.ts'

/** Pinned hashes and seeds hold in processes of the pinned runtime, not in the one of the test runner. */
const pool = startRunPool(2)
afterAll(() => pool.close())

async function run(job: Pick<RunJob, 'address' | 'mutant'>): Promise<RunRecord> {
  const reply = await pool.run({ ...job, commit: 'tested' })
  if (reply.kind === 'failed') throw new Error(reply.message)
  return reply.record
}

/** Several bugs are caught by one address: its run without them is run once. */
const sound = new Map<string, Promise<RunRecord>>()

function soundRun(address: string): Promise<RunRecord> {
  const running = sound.get(address) ?? run({ address })
  sound.set(address, running)
  return running
}

const REAL_MS_MAX = 300_000

describe.concurrent('the seed that is kept for a planted bug', { timeout: REAL_MS_MAX }, () => {
  it.each(MUTANTS.map(mutant => [mutant.name, mutant.caughtBy, mutant] as const))(
    '%s is caught by %s, which is as expected without it',
    async (name, address, mutant) => {
      const planted = await run({ address, mutant: name })
      expect(planted).toMatchObject({ address, mutant: name, verdict: { kind: mutant.verdict } })
      expect(planted.verdict.sentence).toContain(mutant.sign)
      expect((await soundRun(address)).verdict).toMatchObject({ kind: 'as-expected' })
    },
  )
})
