// foreshock seeds SCENARIO: a range of seeds on all cores, and the addresses of those that failed.

import { availableParallelism } from 'node:os'
import { Command } from 'commander'
import { formatAddress } from '../../scenarios/address.ts'
import { EXIT_CODES } from '../../reports/exit-codes.ts'
import type { Outcome } from '../../reports/exit-codes.ts'
import { formatCount } from '../../reports/numbers-text.ts'
import { replayLine, VERDICTS } from '../../reports/run-text.ts'
import { addressOf } from '../choose-address.ts'
import { commitOf } from '../commit.ts'
import { exampleText } from '../examples.ts'
import { ProgressLine } from '../progress-line.ts'
import { PROJECT_ROOT } from '../project-root.ts'
import { sweep } from '../sweep.ts'
import type { SweptRun } from '../sweep.ts'
import { integerOption, parseSeedRange } from '../wrong-use.ts'
import type { SeedRange } from '../wrong-use.ts'

interface Choice {
  readonly seeds: SeedRange
  readonly variant?: string
  readonly size?: string
  readonly faults?: string
  readonly jobs: number
  readonly verifyEvery: number
}

export function seedsCommand(): Command {
  return new Command('seeds')
    .description('runs a range of seeds and prints the addresses that failed')
    .argument('<scenario>', 'its name, as `foreshock list` shows it')
    .requiredOption('--seeds <range>', 'such as 1..200, both included', parseSeedRange)
    .option('--variant <name>', 'which variant of the scenario (default: its first)')
    .option('--size <name>', 'how much work (default: its smallest)')
    .option('--faults <name>', 'which family of faults is drawn from each seed (default: its first)')
    .option('--jobs <number>', 'processes at a time', integerOption('--jobs', 1, 256), availableParallelism())
    .option(
      '--verify-every <number>',
      'runs one of so many again in a fresh process and compares the hashes; 0: none',
      integerOption('--verify-every', 0, 1_000_000),
      0,
    )
    .addHelpText('after', `\nCtrl-C ends it, with the summary of what was done.`)
    .addHelpText('after', exampleText('seeds first-light --seeds 1..200 --faults light', SWEEP_EXAMPLE))
    .action(sweepSeeds)
}

const SWEEP_EXAMPLE = 'seeds first-light --seeds 1..50 --faults power --size full --verify-every 10'

async function sweepSeeds(scenario: string, choice: Choice): Promise<void> {
  const commit = commitOf(PROJECT_ROOT)
  const { first, last } = choice.seeds
  const jobs = Array.from({ length: last - first + 1 }, (_, index) => ({
    address: formatAddress(addressOf(scenario, { ...choice, seed: first + index })),
    commit,
  }))
  const startedMs = performance.now()
  const progress = new ProgressLine(process.stderr, { what: scenario, total: jobs.length })
  const interrupt = new AbortController()
  const onInterrupt = (): void => interrupt.abort()
  // For good: Ctrl-C on a terminal comes twice, from the terminal and from the process that started this one.
  process.on('SIGINT', onInterrupt).on('SIGTERM', onInterrupt)
  console.log(`${jobs[0]?.address.replace(/#.*/, '')}, seeds ${first}..${last}, commit ${commit}`)
  const runs = await sweep(jobs, {
    processes: choice.jobs,
    verifyEvery: choice.verifyEvery,
    signal: interrupt.signal,
    onRun(run) {
      const isFailure = run.outcome !== 'as-expected'
      progress.clear()
      if (isFailure) console.log(formatFailure(run))
      progress.advance(isFailure)
    },
  })
  progress.clear()
  console.log(formatSummary(runs, { wanted: jobs.length, realMs: performance.now() - startedMs }))
  process.exitCode = worstCode(runs, jobs.length)
}

function formatFailure(run: SweptRun): string {
  const line = replayLine({ address: run.job.address, commit: run.job.commit })
  return [`${VERDICTS[run.outcome]}: ${run.sentence}`, `  ${line}`].join('\n')
}

/** Ends with the counts alone on a line, for people and for machines that look for them. */
function formatSummary(
  runs: readonly SweptRun[],
  { wanted, realMs }: { readonly wanted: number; readonly realMs: number },
): string {
  const failed = runs.filter(run => run.outcome !== 'as-expected').length
  const verified = runs.filter(run => run.isVerified).length
  const operations = runs.reduce((sum, run) => sum + (run.record?.operations ?? 0), 0)
  const entries = runs.reduce((sum, run) => sum + (run.record?.entries ?? 0), 0)
  return [
    ...(runs.length < wanted
      ? [`interrupted: ${formatCount(runs.length)} of ${formatCount(wanted)} runs were done`]
      : []),
    `${runs.length} runs in ${(realMs / 1_000).toFixed(1)} s: ${formatCount(operations)} client operations, ` +
      `${formatCount(entries)} entries, ${verified} verified in a fresh process`,
    `${runs.length - failed} passed, ${failed} failed`,
  ].join('\n')
}

/** The gravest outcome decides: a failed harness makes the others worth less, a broken invariant matters more than a goal. */
function worstCode(runs: readonly SweptRun[], wanted: number): number {
  const worst = GRAVEST_FIRST.find(outcome => runs.some(run => run.outcome === outcome))
  return EXIT_CODES[worst ?? (runs.length < wanted ? 'unknown' : 'as-expected')].code
}

const GRAVEST_FIRST: readonly Outcome[] = ['harness-failed', 'broken', 'goal-missed', 'unknown']
