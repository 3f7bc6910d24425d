// foreshock replay ADDRESS: the run of an address, again.

import { Command } from 'commander'
import { parseAddress } from '../../scenarios/address.ts'
import { commitOf } from '../commit.ts'
import { checkAddress } from '../choose-address.ts'
import { exampleText } from '../examples.ts'
import { addRunOptions, performRun } from '../perform-run.ts'
import type { RunOptions } from '../perform-run.ts'
import { PROJECT_ROOT } from '../project-root.ts'

export function replayCommand(): Command {
  const command = new Command('replay')
    .description('runs an address again, as a failing run printed it')
    .argument('<address>', "such as 'first-light/default@light:small#17+ab12cd3'")
  addRunOptions(command).addHelpText(
    'after',
    exampleText(
      "replay 'first-light/default@light:small#17'",
      "replay 'first-light/default@light:small#17+ab12cd3' --logs",
    ),
  )
  return command.action(async (text: string, options: RunOptions) => {
    const address = checkAddress(parseAddress(text))
    const here = commitOf(PROJECT_ROOT)
    if (address.commit !== undefined && address.commit !== here) {
      console.error(
        `The address was recorded at commit ${address.commit}, and this tree is at ${here}: the decisions are the same where ` +
          'the code that asks for them is, the trace hash need not be.',
      )
    }
    await performRun(address, options)
  })
}
