// foreshock mutants: plants known bugs in the product, one at a time, and shows which seed catches each.

import { availableParallelism } from 'node:os'
import { Command, Option } from 'commander'
import { EXIT_CODES } from '../../reports/exit-codes.ts'
import { formatTable } from '../../reports/table-text.ts'
import { wrapText } from '../../reports/wrap-text.ts'
import { parseAddress } from '../../scenarios/address.ts'
import type { Mutant } from '../../test/mutants/mutant.ts'
import { MUTANTS } from '../../test/mutants/mutants.ts'
import { commitOf } from '../commit.ts'
import { exampleText } from '../examples.ts'
import { searchMutant } from '../mutant-search.ts'
import type { SearchResult } from '../mutant-search.ts'
import { mutantOf } from '../planted-bug.ts'
import { ProgressLine } from '../progress-line.ts'
import { PROJECT_ROOT } from '../project-root.ts'
import { integerOption, parseSeedRange } from '../wrong-use.ts'
import type { SeedRange } from '../wrong-use.ts'

interface Choice {
  readonly seeds: SeedRange
  readonly jobs: number
}

export function mutantsCommand(): Command {
  return new Command('mutants')
    .description('plants known bugs in the product, one at a time, and searches for the first seed that catches each')
    .argument('[name...]', 'only these; all of them otherwise')
    .addOption(
      new Option('--seeds <range>', 'where to search, both included')
        .argParser(parseSeedRange)
        .default({ first: 1, last: 200 }, '1..200'),
    )
    .option('--jobs <number>', 'processes at a time', integerOption('--jobs', 1, 256), availableParallelism())
    .addHelpText('after', `\nThe planted bugs:\n${mutantLines().join('\n')}`)
    .addHelpText('after', exampleText('mutants', 'mutants index-before-block --seeds 1..50'))
    .action(searchAll)
}

function mutantLines(): readonly string[] {
  return MUTANTS.flatMap(({ name, says }) => [`  ${name}`, ...wrapText(says, 100).map(line => `      ${line}`)])
}

async function searchAll(names: readonly string[], choice: Choice): Promise<void> {
  const mutants = names.length === 0 ? MUTANTS : names.map(mutantOf)
  const commit = commitOf(PROJECT_ROOT)
  const seeds = choice.seeds.last - choice.seeds.first + 1
  const results: { readonly mutant: Mutant; readonly result: SearchResult }[] = []
  for (const mutant of mutants) {
    const progress = new ProgressLine(process.stderr, { what: mutant.name, total: seeds })
    const result = await searchMutant(mutant, {
      seeds: choice.seeds,
      processes: choice.jobs,
      commit,
      onRun: () => progress.advance(),
    })
    progress.clear()
    console.log(`${mutant.name}: ${sentenceOf(result)}`)
    results.push({ mutant, result })
  }
  console.log(`\n${formatTable([HEADER, ...results.map(rowOf)]).join('\n')}`)
  const caught = results.filter(({ result }) => result.kind === 'caught').length
  console.log(`\n${caught} of ${results.length} planted bugs caught within ${seeds} seeds each`)
  process.exitCode = exitCodeOf(results.map(({ result }) => result.kind))
}

const HEADER = ['mutant', 'caught', 'seed', 'seeds tried', 'by']

function rowOf({ mutant, result }: { readonly mutant: Mutant; readonly result: SearchResult }): readonly string[] {
  switch (result.kind) {
    case 'caught':
      return [mutant.name, 'yes', seedOf(result.run.job.address), String(result.tried), judgedBy(result)]
    case 'survived':
      return [mutant.name, 'NO', '', String(result.tried), '']
    case 'failed':
      return [mutant.name, 'FAILED', seedOf(result.run.job.address), String(result.tried), 'the harness itself failed']
  }
}

function seedOf(address: string): string {
  return String(parseAddress(address).seed)
}

function sentenceOf(result: SearchResult): string {
  switch (result.kind) {
    case 'caught':
      return `caught by ${result.run.job.address}: ${result.run.sentence}`
    case 'survived':
      return `NOT caught by ${result.tried} seeds`
    case 'failed':
      return `the harness itself failed at ${result.run.job.address}: ${result.run.sentence}`
  }
}

/** The invariants that do not hold, or the verdict where it rests on none. */
function judgedBy({ run }: Extract<SearchResult, { readonly kind: 'caught' }>): string {
  const broken = (run.record?.invariants ?? []).filter(({ outcome }) => outcome === 'broken')
  return broken.length === 0 ? run.outcome : broken.map(({ name }) => name).join('; ')
}

function exitCodeOf(kinds: readonly SearchResult['kind'][]): number {
  if (kinds.includes('failed')) return EXIT_CODES['harness-failed'].code
  return EXIT_CODES[kinds.includes('survived') ? 'mutant-survived' : 'as-expected'].code
}
