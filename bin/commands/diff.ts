// foreshock diff RUN RUN: the first entry in which two runs differ, from both sides.

import { Command } from 'commander'
import { compareRecords, describeComparison } from '../../reports/compare-records.ts'
import { ENTRIES_AFTER, formatDifference } from '../../reports/difference-text.ts'
import type { DifferenceSide } from '../../reports/difference-text.ts'
import { EXIT_CODES } from '../../reports/exit-codes.ts'
import { findDifference } from '../../reports/find-difference.ts'
import type { TraceSide } from '../../reports/find-difference.ts'
import { formatCount } from '../../reports/numbers-text.ts'
import { commitOf } from '../commit.ts'
import { exampleText } from '../examples.ts'
import { openRun } from '../open-run.ts'
import type { OpenRun } from '../open-run.ts'
import { PROJECT_ROOT } from '../project-root.ts'
import { runAgain } from '../run-again.ts'
import type { RanAgain } from '../run-again.ts'
import { isSentence } from '../wrong-use.ts'

export function diffCommand(): Command {
  return new Command('diff')
    .description('finds the first entry in which two runs differ, and shows it from both sides')
    .argument('<run>', 'the folder of a report, or an address, which is then run')
    .argument('<other>', 'the same')
    .addHelpText(
      'after',
      exampleText(
        "diff reports/out/first-light.default.light.small.7 'first-light/default@light:small#7'",
        'diff /tmp/here /tmp/from-another-machine',
      ),
    )
    .action(async (left: string, right: string) => {
      await diff(await openRun(left), await openRun(right))
    })
}

async function diff(left: OpenRun, right: OpenRun): Promise<void> {
  console.log([describe('left ', left), describe('right', right)].join('\n'))
  const comparison = compareRecords(left.record, right.record)
  if (comparison.kind === 'same') {
    console.log(`They are the same run: ${describeComparison(comparison)}.`)
    return
  }
  process.exitCode = EXIT_CODES.different.code
  const range = { from: comparison.agreedUntil, to: comparison.differBy }
  let sides = { left: keptSide(left), right: keptSide(right) }
  let difference = findDifference(sides, range)
  if (difference.kind === 'not-kept') {
    sides = { left: await sideRunAgain(left, range), right: await sideRunAgain(right, range) }
    difference = findDifference(sides, range)
  }
  if (difference.kind === 'not-kept') {
    console.log(
      `Of these runs it is known that ${describeComparison(comparison)}; the entries themselves are in no report, and ` +
        'running the addresses again gave another run.',
    )
    return
  }
  const { index } = difference
  console.log(
    formatDifference(difference, {
      left: await withStack(left, sides.left, index),
      right: await withStack(right, sides.right, index),
    }),
  )
}

function describe(side: string, { name, isRunNow, record }: OpenRun): string {
  const whence = isRunNow ? 'run now' : `the report of ${record.address}`
  return `${side}  ${name}: ${whence} at commit ${record.commit}, ${formatCount(record.entries)} entries`
}

function keptSide({ record, trace }: OpenRun): TraceSide {
  try {
    return { rows: trace(), entries: record.entries }
  } catch (error) {
    if (!isSentence(error)) throw error
    return { rows: { row: () => undefined }, entries: record.entries }
  }
}

async function sideRunAgain(
  { record }: OpenRun,
  range: { readonly from: number; readonly to: number },
): Promise<TraceSide> {
  const again = await runAgainIfPossible(record, { from: range.from, to: range.to + ENTRIES_AFTER })
  const isUsable = typeof again !== 'string' && again.isSameRun
  return { rows: isUsable ? again.rows : { row: () => undefined }, entries: record.entries }
}

/** Each side is run once more, as far as the entry, with the stack of where it was armed. */
async function withStack({ record }: OpenRun, side: TraceSide, index: number): Promise<DifferenceSide> {
  const { rows } = side
  const row = rows.row(index)
  if (row === undefined) return { rows, armedAt: 'this run has no such entry' }
  const again = await runAgainIfPossible(record, { from: index, to: index + 1, stackOf: row.sequence })
  if (typeof again === 'string') return { rows, armedAt: again }
  if (again.rows.row(index)?.hash !== row.hash) {
    const here = commitOf(PROJECT_ROOT)
    const why = here === record.commit ? 'though the tree is at the same commit' : `and this tree is at ${here}`
    return { rows, armedAt: `unknown: recorded at ${record.commit}, ${why}, running it again gave another run` }
  }
  return { rows, armedAt: again.armedAt ?? 'unknown: it was armed before the world began to run' }
}

/** A sentence where the address cannot be run here. */
async function runAgainIfPossible(
  record: OpenRun['record'],
  options: Parameters<typeof runAgain>[1],
): Promise<RanAgain | string> {
  try {
    return await runAgain(record, options)
  } catch (error) {
    if (isSentence(error)) return `unknown: ${error.message}`
    throw error
  }
}
