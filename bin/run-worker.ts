// A child process that runs the addresses it is sent, one after the other, and sends back what verdict.json would hold.

import { parseAddress } from '../scenarios/address.ts'
import type { RunRecord } from '../reports/run-record.ts'
import { execute } from './execute.ts'

export interface RunJob {
  readonly address: string
  readonly commit: string
  readonly untilEntry?: number
  readonly mutant?: string
}

export type RunReply =
  | { readonly kind: 'done'; readonly record: RunRecord; readonly realMs: number }
  | { readonly kind: 'failed'; readonly message: string }

async function reply(job: RunJob): Promise<RunReply> {
  try {
    const { record, realMs } = await execute(parseAddress(job.address), job)
    return { kind: 'done', record, realMs }
  } catch (error) {
    return { kind: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}

// Ctrl-C reaches every process of the terminal: what becomes of the run is the parent's decision, which ends us if it wants.
process.on('SIGINT', () => undefined)

process.on('message', (job: RunJob) => {
  void reply(job).then(answer => process.send?.(answer))
})
