// foreshock run SCENARIO: one run, from a scenario's name and a seed.

import { Command } from 'commander'
import { SEED_MAX } from '../../scenarios/address.ts'
import { addressOf } from '../choose-address.ts'
import { exampleText } from '../examples.ts'
import { addRunOptions, performRun } from '../perform-run.ts'
import type { RunOptions } from '../perform-run.ts'
import { integerOption } from '../wrong-use.ts'

interface Choice extends RunOptions {
  readonly variant?: string
  readonly size?: string
  readonly seed: number
  readonly faults?: string
}

export function runCommand(): Command {
  const command = new Command('run')
    .description('runs a scenario once and judges it')
    .argument('<scenario>', 'its name, as `foreshock list` shows it')
    .option('--variant <name>', 'which variant of the scenario (default: its first)')
    .option('--size <name>', 'how much work (default: its smallest)')
    .option(
      '--seed <number>',
      'what every random decision of the run follows from',
      integerOption('--seed', 0, SEED_MAX),
      1,
    )
    .option('--faults <name>', 'which family of faults is drawn from the seed (default: its first)')
  addRunOptions(command).addHelpText(
    'after',
    exampleText('run first-light', 'run first-light --faults light --seed 7 --verify'),
  )
  return command.action(async (scenario: string, choice: Choice) => {
    await performRun(addressOf(scenario, choice), choice)
  })
}
