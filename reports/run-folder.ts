// The folder that a run leaves behind: verdict.json, history.jsonl, logs.jsonl, trace.bin. verdict.json is written last, so
// that a folder which has it is whole.

import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { History } from '../scenarios/history.ts'
import type { LogRecord } from './log-text.ts'
import { parseRunRecord, RunRecordError } from './run-record.ts'
import type { RunRecord } from './run-record.ts'
import { decodeTrace, TraceFileError } from './trace-file.ts'
import type { TraceFile } from './trace-file.ts'

export interface RunFiles {
  readonly record: RunRecord
  /** What clients did and saw, in order. */
  readonly history: History
  /** What hosts said, in order. */
  readonly logs: readonly LogRecord[]
  readonly trace: Uint8Array
}

/** `reports/out/` and a name made of the address, the same for the same address. */
export function defaultRunFolder(root: string, address: string): string {
  return join(root, 'reports', 'out', address.replace(/\+.*$/, '').replace(/[^A-Za-z0-9_-]+/g, '.'))
}

/** Throws RunRecordError when the folder cannot be written, before a run is spent on it. */
export function prepareRunFolder(folder: string): void {
  try {
    makeFolder(folder)
    const probe = join(folder, '.writable')
    writeFileSync(probe, '')
    rmSync(probe)
    rmSync(join(folder, VERDICT), { force: true })
  } catch (error) {
    throw new RunRecordError(`cannot write a report to ${folder} (${codeOf(error)}): name another folder with --out`)
  }
}

/** Step by step: Node's recursive mkdir never returns where the system refuses without a word on why, as in /proc. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return
  const parent = dirname(folder)
  if (parent !== folder) makeFolder(parent)
  try {
    mkdirSync(folder)
  } catch (error) {
    // Another run may have made it in between.
    if (codeOf(error) !== 'EEXIST') throw error
  }
}

export function writeRunFolder(folder: string, files: RunFiles): void {
  try {
    makeFolder(folder)
    writeLines(join(folder, HISTORY), files.history)
    writeLines(join(folder, LOGS), files.logs)
    writeFileSync(join(folder, TRACE), files.trace)
    writeFileSync(join(folder, VERDICT), `${JSON.stringify(files.record, undefined, 2)}\n`)
  } catch (error) {
    throw new RunRecordError(`cannot write the report to ${folder} (${codeOf(error)}): name another folder with --out`)
  }
}

/** True where a path could be meant as a run's folder. */
export function isRunFolder(path: string): boolean {
  return existsSync(join(path, VERDICT))
}

export function readRecord(folder: string): RunRecord {
  const path = join(folder, VERDICT)
  return parseRunRecord(readText(path, folder), path)
}

export function readHistory(folder: string): History {
  const isOperation = ({ kind }: Members): boolean => kind === 'write' || kind === 'query'
  return readLines(join(folder, HISTORY), folder, isOperation) as unknown as History
}

export function readLogs(folder: string): readonly LogRecord[] {
  const isLine = ({ atMicros, host }: Members): boolean => typeof atMicros === 'number' && typeof host === 'string'
  return readLines(join(folder, LOGS), folder, isLine) as unknown as readonly LogRecord[]
}

export function readTrace(folder: string): TraceFile {
  const path = join(folder, TRACE)
  if (!existsSync(path)) throw new RunRecordError(`${folder} has no ${TRACE}: run the scenario again`)
  try {
    return decodeTrace(readFileSync(path))
  } catch (error) {
    if (!(error instanceof TraceFileError)) throw error
    throw new RunRecordError(`${path} is ${error.message}: run the scenario again`)
  }
}

const VERDICT = 'verdict.json'
const HISTORY = 'history.jsonl'
const LOGS = 'logs.jsonl'
const TRACE = 'trace.bin'

/** Lines are gathered to about this many characters a write: a full run has hundreds of thousands. */
const WRITE_CHARACTERS = 1 << 20

function writeLines(path: string, values: readonly unknown[]): void {
  const file = openSync(path, 'w')
  try {
    let text = ''
    for (const value of values) {
      text += `${JSON.stringify(value)}\n`
      if (text.length < WRITE_CHARACTERS) continue
      writeFileSync(file, text)
      text = ''
    }
    writeFileSync(file, text)
  } finally {
    closeSync(file)
  }
}

type Members = Readonly<Record<string, unknown>>

/** A report of the right format is believed beyond the shape of each line's first look. */
function readLines(path: string, folder: string, isRight: (members: Members) => boolean): readonly Members[] {
  const lines = readText(path, folder).split('\n')
  return lines
    .filter(line => line !== '')
    .map((line, index) => {
      try {
        const value = JSON.parse(line) as Members | null
        if (typeof value === 'object' && value !== null && isRight(value)) return value
      } catch {
        // Said below, as for any other line that is not what it should be.
      }
      throw new RunRecordError(`line ${index + 1} of ${path} is damaged: run the scenario again`)
    })
}

function readText(path: string, folder: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new RunRecordError(`${folder} is no report of a run (${codeOf(error)} on ${path})`)
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.message) : String(error)
}
