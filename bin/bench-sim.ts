// npm run bench:sim: how fast the simulator is, each measurement in fresh processes, several times; a table and JSON.

import { Command, CommanderError } from 'commander'
import { availableParallelism, cpus, loadavg } from 'node:os'
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { EXIT_CODES } from '../reports/exit-codes.ts'
import { MEASUREMENTS } from './bench/measurements.ts'
import { buildPeers, hasCargo, obstacleToPeers } from './bench/peers.ts'
import type { BuiltPeer } from './bench/peers.ts'
import { runSeries } from './bench/series.ts'
import { formatSummaries, summarise } from './bench/summary.ts'
import { commitOf } from './commit.ts'
import { PROJECT_ROOT } from './project-root.ts'
import { integerOption, WrongUse } from './wrong-use.ts'

interface Choice {
  readonly only?: readonly string[]
  readonly reps: number
  readonly json: string
  readonly peers?: string
}

const NAMES = MEASUREMENTS.map(({ name, says }) => `  ${name.padEnd(18)} ${says}`).join('\n')

const program = new Command('bench:sim')
  .description('Measures the simulator. Every number is a median of fresh processes; more is better.')
  .option('--only <names...>', 'only these measurements')
  .option('--reps <number>', 'how often each is run', integerOption('--reps', 1, 1000), 5)
  .option('--json <file>', 'where the numbers go', resolve(PROJECT_ROOT, 'reports/out/bench-sim.json'))
  .option(
    '--peers <folder>',
    'also builds turmoil and madsim from the cargo projects in this folder, and runs them between',
  )
  .addHelpText('after', `\nMeasurements:\n${NAMES}`)
  .showHelpAfterError('(--help shows the options)')
  .action(bench)
  .exitOverride()

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = exitCodeOf(error)
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) {
    // Commander has printed its sentence, or the help that was asked for.
    return error.exitCode === 0 ? 0 : EXIT_CODES['wrong-use'].code
  }
  const isWrongUse = error instanceof WrongUse
  console.error(`bench:sim: ${isWrongUse ? error.message : error instanceof Error ? error.stack : String(error)}`)
  return EXIT_CODES[isWrongUse ? 'wrong-use' : 'harness-failed'].code
}

function bench(choice: Choice): void {
  for (const name of choice.only ?? []) {
    if (!MEASUREMENTS.some(each => each.name === name)) {
      throw new WrongUse(`there is no measurement '${name}'; --help lists them`)
    }
  }
  const measurements = MEASUREMENTS.filter(({ name }) => choice.only?.includes(name) ?? true)
  const file = resolve(choice.json)
  prepareFile(file)
  const peers = choice.peers === undefined ? [] : peersFrom(choice.peers)
  const summaries = summarise(
    runSeries(measurements, {
      peers,
      repeats: choice.reps,
      began: what => void process.stderr.write(`${what}\n`),
    }),
  )
  console.log(formatSummaries(summaries))
  writeFileSync(file, `${JSON.stringify({ ...circumstances(), repeats: choice.reps, summaries }, undefined, 2)}\n`)
  console.log(`\nwritten to ${file}`)
}

/** Before the long work, so that it was not for nothing. */
function prepareFile(file: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true })
    appendFileSync(file, '')
  } catch (error) {
    throw new WrongUse(
      `${file} cannot be written (${error instanceof Error ? error.message : String(error)}): give --json another file`,
    )
  }
}

function peersFrom(folder: string): readonly BuiltPeer[] {
  const obstacle = obstacleToPeers(resolve(folder))
  if (obstacle !== undefined) throw new WrongUse(obstacle)
  if (!hasCargo()) {
    console.error('bench:sim: cargo is not on the path, so the peers are left out; https://rustup.rs installs it')
    return []
  }
  console.error('building the peers; the first time takes minutes')
  return buildPeers(resolve(folder))
}

/** Without them a number says little. */
function circumstances(): object {
  return {
    commit: commitOf(PROJECT_ROOT),
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    processor: cpus()[0]?.model,
    processors: availableParallelism(),
    loadAverage: loadavg()[0],
  }
}
