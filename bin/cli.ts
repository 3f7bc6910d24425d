// The command line: which commands there are, and what their failures mean to the shell.

import { Command, CommanderError } from 'commander'
import { exitCodeTable, EXIT_CODES } from '../reports/exit-codes.ts'
import { diffCommand } from './commands/diff.ts'
import { explainCommand } from './commands/explain.ts'
import { listCommand } from './commands/list.ts'
import { mutantsCommand } from './commands/mutants.ts'
import { replayCommand } from './commands/replay.ts'
import { runCommand } from './commands/run.ts'
import { seedsCommand } from './commands/seeds.ts'
import { versionCommand } from './commands/version.ts'
import { isSentence } from './wrong-use.ts'

/** Runs one command. Its outcome is the process's exit code. */
export async function main(args: readonly string[]): Promise<void> {
  const program = new Command('foreshock')
    .description(
      'Rehearses an event-analytics platform: whole clusters in one process, in virtual time, with crashes and power ' +
        'losses drawn from a seed, judged by what clients saw.',
    )
    .usage('COMMAND')
    .addHelpText('after', `\n${exitCodeTable()}\n\n${FIRST_STEPS}`)
    .helpCommand(false)
  for (const command of COMMANDS) program.addCommand(command())
  // A sub-command has its own settings: each must report to us instead of leaving with commander's codes.
  for (const command of [program, ...program.commands]) {
    const help = command === program ? 'foreshock --help' : `foreshock ${command.name()} --help`
    command.exitOverride().configureOutput({
      getOutHelpWidth: () => HELP_WIDTH,
      outputError: (text, write) => write(`${text.trim().replace(/^error: /, 'foreshock: ')} (${help} shows more)\n`),
    })
  }
  // A reader such as `head` that has seen enough is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit()
    throw error
  })

  try {
    await (args.length === 0
      ? program.parseAsync(['--help'], { from: 'user' })
      : program.parseAsync([...args], { from: 'user' }))
  } catch (error) {
    process.exitCode = exitCodeOf(error)
  }
}

/** Whatever the terminal: the tables below the options do not break either. */
const HELP_WIDTH = 120

const COMMANDS: readonly (() => Command)[] = [
  listCommand,
  runCommand,
  replayCommand,
  diffCommand,
  explainCommand,
  seedsCommand,
  mutantsCommand,
  versionCommand,
]

const FIRST_STEPS = `First steps:
  npx foreshock list                              what can be rehearsed
  npx foreshock run first-light --faults light    one run; its report lands in reports/out/
  npx foreshock seeds first-light --seeds 1..100  a hundred runs on all cores, and the addresses of what failed
An address such as 'first-light/default@light:small#7' names a run: foreshock replay ADDRESS shows it again.`

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) {
    // Commander has printed its sentence, or the help that was asked for.
    return error.exitCode === 0 ? 0 : EXIT_CODES['wrong-use'].code
  }
  if (isSentence(error)) {
    console.error(`foreshock: ${error.message}`)
    return EXIT_CODES['wrong-use'].code
  }
  console.error(`foreshock: the harness itself failed\n${error instanceof Error ? error.stack : String(error)}`)
  return EXIT_CODES['harness-failed'].code
}
