// foreshock list: what can be rehearsed, and the words by which it is asked for.

import { Command } from 'commander'
import { wrapText } from '../../reports/wrap-text.ts'
import { SCENARIOS } from '../../scenarios/registry.ts'
import { addressOf } from '../choose-address.ts'
import { exampleText } from '../examples.ts'

/** A name and a sentence. */
interface Item {
  readonly name: string
  readonly says: string
}

export function listCommand(): Command {
  return new Command('list')
    .description('shows the scenarios, their variants, sizes and families of faults')
    .argument('[scenario]', 'only this one, with its story')
    .addHelpText('after', exampleText('list', 'list first-light'))
    .action((name?: string) => {
      if (name !== undefined) addressOf(name, { seed: 1 })
      const shown = SCENARIOS.filter(scenario => name === undefined || scenario.name === name)
      console.log(shown.map(scenario => formatScenario(scenario, name !== undefined)).join('\n\n'))
    })
}

type Scenario = (typeof SCENARIOS)[number]

function formatScenario(scenario: Scenario, isWhole: boolean): string {
  const { name, title, story, variants, sizes, faults } = scenario
  return [
    `${name}: ${title}`,
    ...(isWhole ? ['', ...wrapText(story, LINE_LENGTH_MAX).map(line => `  ${line}`), ''] : []),
    ...items('variants', variants),
    ...items('sizes', sizes),
    ...items('faults', faults),
    `  run it    npx foreshock run ${name} --faults ${(faults[1] ?? faults[0])?.name ?? 'none'} --seed 1`,
  ].join('\n')
}

/** The first is what is taken where nothing is asked for. */
function items(title: string, list: readonly Item[]): readonly string[] {
  const width = Math.max(...list.map(item => item.name.length))
  return list.map(({ name, says }, index) => {
    const lead = index === 0 ? title.padEnd(TITLE_WIDTH) : ' '.repeat(TITLE_WIDTH)
    return `  ${lead}${name.padEnd(width)}  ${says}${index === 0 && list.length > 1 ? ' (default)' : ''}`
  })
}

const TITLE_WIDTH = 10
const LINE_LENGTH_MAX = 100
