// What run and replay do: run an address here, write its report, print what a reader needs, and, when asked, hold the
// hash against that of a fresh process.

import { Option } from 'commander'
import type { Command } from 'commander'
import { relative, resolve } from 'node:path'
import { compareRecords, describeComparison } from '../reports/compare-records.ts'
import { EXIT_CODES } from '../reports/exit-codes.ts'
import { formatLogLine, isAtLeast, LOG_LEVELS } from '../reports/log-text.ts'
import type { LogRecord } from '../reports/log-text.ts'
import { defaultRunFolder, prepareRunFolder, writeRunFolder } from '../reports/run-folder.ts'
import type { RunRecord } from '../reports/run-record.ts'
import { formatRun } from '../reports/run-text.ts'
import { TraceRecorder } from '../reports/trace-file.ts'
import { formatAddress } from '../scenarios/address.ts'
import type { RunAddress } from '../scenarios/address.ts'
import { commitOf } from './commit.ts'
import { execute } from './execute.ts'
import { checkPatches } from './mutant-search.ts'
import { mutantOf } from './planted-bug.ts'
import { PROJECT_ROOT } from './project-root.ts'
import { JOB_REAL_MS_MAX, runInFreshProcess } from './run-pool.ts'
import { armWatchdog } from './watchdog.ts'
import { integerOption } from './wrong-use.ts'

export interface RunOptions {
  readonly verify?: boolean
  readonly until?: number
  readonly mutant?: string
  readonly out?: string
  /** A level; true: all of them. */
  readonly logs?: string | boolean
}

export function addRunOptions(command: Command): Command {
  return command
    .option('--verify', 'runs it again in a fresh process, which must give the same trace hash')
    .option(
      '--until <entry>',
      'stops the world when so many entries of its trace are done',
      integerOption('--until', 1, Number.MAX_SAFE_INTEGER),
    )
    .option('--mutant <name>', 'plants a known bug in the product first; foreshock mutants --help lists them')
    .option('--out <folder>', 'where the report goes (default: a folder below reports/out/)')
    .addOption(
      new Option('--logs [level]', 'prints what the hosts said, in virtual time').choices(LOG_LEVELS).preset('info'),
    )
}

/** The outcome is the process's exit code. */
export async function performRun(address: RunAddress, options: RunOptions): Promise<void> {
  const commit = commitOf(PROJECT_ROOT)
  const name = formatAddress({ ...address, commit })
  if (options.mutant !== undefined) checkPatches(mutantOf(options.mutant))
  const folder = options.out === undefined ? defaultFolder(name, options.mutant) : resolve(options.out)
  prepareRunFolder(folder)

  const recorder = new TraceRecorder()
  const disarm = armWatchdog(JOB_REAL_MS_MAX, `${name} did not end within ${JOB_REAL_MS_MAX / 1_000} s and was killed`)
  const { record, result, realMs } = await execute(address, {
    commit,
    untilEntry: options.until,
    mutant: options.mutant,
    observer: recorder,
  })
  await disarm()
  const { history, logs } = result
  writeRunFolder(folder, { record, history, logs, trace: recorder.encode(result.hosts) })
  if (typeof options.logs === 'string') printLogs(logs, options.logs)
  const shownFolder = shownPath(folder)
  console.log(formatRun(record, { realMs, folder: shownFolder, until: options.until }))
  process.exitCode = EXIT_CODES[record.verdict.kind].code
  if (options.verify === true) await verify(record, { ...options, folder: shownFolder })
}

function defaultFolder(name: string, mutant: string | undefined): string {
  return `${defaultRunFolder(PROJECT_ROOT, name)}${mutant === undefined ? '' : `.${mutant}`}`
}

/** As short as it can be given to another command from here. */
function shownPath(folder: string): string {
  const fromHere = relative(process.cwd(), folder)
  return fromHere.startsWith('..') || fromHere === '' ? folder : fromHere
}

function printLogs(logs: readonly LogRecord[], from: string): void {
  for (const line of logs) if (isAtLeast(line.level, from)) console.log(formatLogLine(line))
}

async function verify(record: RunRecord, options: { readonly folder: string; readonly until?: number }): Promise<void> {
  const reply = await runInFreshProcess({
    address: record.address,
    commit: record.commit,
    ...(record.mutant === undefined ? {} : { mutant: record.mutant }),
    ...(options.until === undefined ? {} : { untilEntry: options.until }),
  })
  if (reply.kind === 'failed') {
    console.error(`verify   the second run failed: ${reply.message}`)
    process.exitCode = EXIT_CODES['harness-failed'].code
    return
  }
  const comparison = compareRecords(record, reply.record)
  if (comparison.kind === 'same') {
    console.log(`verify   a second run in a fresh process: ${describeComparison(comparison)}`)
    return
  }
  console.error(
    `verify   a second run in a fresh process was another run: ${describeComparison(comparison)}\n` +
      `find it  npx foreshock diff ${options.folder} '${record.address}'`,
  )
  process.exitCode = EXIT_CODES['harness-failed'].code
}
