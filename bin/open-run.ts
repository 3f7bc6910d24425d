// A run as commands take it: the folder of a report, or an address, which is then run here.

import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { LogRecord } from '../reports/log-text.ts'
import { isRunFolder, readHistory, readLogs, readRecord, readTrace } from '../reports/run-folder.ts'
import type { RunRecord } from '../reports/run-record.ts'
import { decodeTrace, TraceRecorder } from '../reports/trace-file.ts'
import type { TraceRows } from '../reports/trace-file.ts'
import { parseAddress } from '../scenarios/address.ts'
import type { History } from '../scenarios/history.ts'
import { checkAddress } from './choose-address.ts'
import { commitOf } from './commit.ts'
import { execute } from './execute.ts'
import { PROJECT_ROOT } from './project-root.ts'
import { WrongUse } from './wrong-use.ts'

export interface OpenRun {
  /** As it was asked for. */
  readonly name: string
  readonly isRunNow: boolean
  readonly record: RunRecord
  history(): History
  logs(): readonly LogRecord[]
  trace(): TraceRows
}

/** Throws WrongUse, AddressError or RunRecordError, all with one sentence. */
export async function openRun(name: string): Promise<OpenRun> {
  if (existsSync(name)) return openFolder(name)
  if (/[@#]/.test(name)) return runNow(name)
  throw new WrongUse(
    `${name} is no run: name the folder of a report, as foreshock run prints it, or an address such as ` +
      "'first-light/default@light:small#17'",
  )
}

function openFolder(name: string): OpenRun {
  const folder = resolve(name)
  if (!isRunFolder(folder)) {
    const isFolder = statSync(folder).isDirectory()
    const why = isFolder
      ? 'it has no verdict.json, so it is none, or its run did not end'
      : 'it is a file, not a folder'
    throw new WrongUse(`${name} is no report of a run: ${why}`)
  }
  return {
    name,
    isRunNow: false,
    record: readRecord(folder),
    history: () => readHistory(folder),
    logs: () => readLogs(folder),
    trace: () => readTrace(folder),
  }
}

async function runNow(name: string): Promise<OpenRun> {
  const address = checkAddress(parseAddress(name))
  const recorder = new TraceRecorder()
  const { record, result } = await execute(address, { commit: commitOf(PROJECT_ROOT), observer: recorder })
  const { history, logs } = result
  return {
    name,
    isRunNow: true,
    record,
    history: () => history,
    logs: () => logs,
    trace: () => decodeTrace(recorder.encode(result.hosts)),
  }
}
