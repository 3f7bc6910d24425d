// foreshock explain RUN EVENT: all that happened to one event, with virtual times and hosts.

import { Command } from 'commander'
import { explainEvent } from '../../reports/explain/explain-event.ts'
import { formatExplanation } from '../../reports/explain/explanation-text.ts'
import { attemptsSent, parseSubject } from '../../reports/explain/subject.ts'
import { formatAttempt } from '../../scenarios/history.ts'
import type { History } from '../../scenarios/history.ts'
import { exampleText } from '../examples.ts'
import { openRun } from '../open-run.ts'
import { WrongUse } from '../wrong-use.ts'

export function explainCommand(): Command {
  return new Command('explain')
    .description('tells all that happened to one event, with virtual times and hosts')
    .argument('<run>', 'the folder of a report, or an address, which is then run')
    .argument('<event>', "its keen.id (24 hex digits), its client's name for it, or that name and an attempt")
    .addHelpText(
      'after',
      exampleText(
        'explain reports/out/first-light.default.light.small.7 flights-00017',
        'explain reports/out/first-light.default.light.small.7 flights-00017/2',
        "explain 'first-light/default@light:small#7' 000030000000004c000001fc",
      ),
    )
    .action(async (run: string, event: string) => {
      const subject = parseSubject(event)
      if (subject === undefined) {
        throw new WrongUse(`'${event}' names no event: ${HOW_EVENTS_ARE_NAMED}, such as flights-00017/2`)
      }
      const { record, history, logs } = await openRun(run)
      const operations = history()
      const explanation = explainEvent({ history: operations, logs: logs(), faults: record.faults }, subject)
      if (explanation === undefined) {
        throw new WrongUse(`nobody sent or saw ${event} in ${run}: ${HOW_EVENTS_ARE_NAMED}${exampleOf(operations)}`)
      }
      console.log(formatExplanation(explanation))
    })
}

const HOW_EVENTS_ARE_NAMED = "give its keen.id, 24 hex digits, or its client's name, with or without an attempt"

function exampleOf(history: History): string {
  const [first] = history.flatMap(attemptsSent)
  return first === undefined ? '' : `; the first that was sent is ${formatAttempt(first)}`
}
