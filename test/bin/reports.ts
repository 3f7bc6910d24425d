// Reports made by hand, in a folder of the machine's own.

import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LogRecord } from '../../reports/log-text.ts'
import { writeRunFolder } from '../../reports/run-folder.ts'
import { RECORD_FORMAT } from '../../reports/run-record.ts'
import type { RunRecord } from '../../reports/run-record.ts'
import { TraceRecorder } from '../../reports/trace-file.ts'
import type { History } from '../../scenarios/history.ts'

export const FOLDER: string = mkdtempSync(join(tmpdir(), 'foreshock-test-'))

export interface Report {
  readonly record?: Partial<RunRecord>
  readonly history?: History
  readonly logs?: readonly LogRecord[]
  /** The low halves of the running hash, one an entry. */
  readonly hashes?: readonly number[]
}

/** Writes it and answers where. Its address is of a scenario that nobody has, so that nothing can be run again. */
export function writeReport(name: string, { record, history = [], logs = [], hashes = [1, 2, 3] }: Report): string {
  const folder = join(FOLDER, name)
  const trace = new TraceRecorder()
  for (const [index, hash] of hashes.entries()) {
    trace.entry({ hash, sequence: index, kind: 'timer', host: 1, atMicros: index * 1_000 })
  }
  writeRunFolder(folder, {
    record: {
      format: RECORD_FORMAT,
      address: 'long-gone/default@light:small#17',
      commit: 'ab12cd3',
      node: 'v26.10.0',
      traceHash: hashes.join('-'),
      entries: hashes.length,
      virtualMicros: 5_000,
      operations: history.length,
      checkpoints: [],
      end: 'stopped',
      verdict: { kind: 'as-expected', sentence: 'all held' },
      invariants: [],
      faults: [],
      ...record,
    },
    history,
    logs,
    trace: trace.encode(['write-1']),
  })
  return folder
}
