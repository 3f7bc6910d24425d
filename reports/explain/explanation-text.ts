// The story of an event as its reader sees it: each attempt in short, then everything in order.

import { parseEventId } from '../../system/store/event-id.ts'
import { formatAttempt } from '../../scenarios/history.ts'
import { formatCount } from '../numbers-text.ts'
import { formatVirtual } from '../virtual-time.ts'
import type { AttemptStory, Explanation } from './explain-event.ts'
import type { Moment } from './moment.ts'

/** Several lines, without a line break at the end. */
export function formatExplanation({ attempts, moments }: Explanation): string {
  return [...attempts.flatMap(attemptLines), '', ...momentLines(moments)].join('\n')
}

function attemptLines(story: AttemptStory): readonly string[] {
  const { attempt, fate, ids, firstSeenMicros, seen, seenAtTheEnd } = story
  const sight =
    firstSeenMicros === undefined
      ? 'no reader ever saw it'
      : `first seen at ${formatVirtual(firstSeenMicros)}, in ${formatCount(seen)} answers, ` +
        `${seenAtTheEnd === 0 ? 'none' : formatCount(seenAtTheEnd)} of them at the end`
  const copies = ids.size > 1 ? `; it is stored ${ids.size} times` : ''
  return [`${formatAttempt(attempt)}: ${FATES[fate] ?? fate}; ${sight}${copies}`, ...[...ids].map(idLine)]
}

const FATES: Readonly<Record<string, string>> = {
  accepted: 'the client was told that it is accepted',
  refused: 'the client was told that it is refused',
  failed: 'it certainly is not stored, as far as the client knows',
  unknown: 'nobody told the client what became of it',
  'never sent': 'no client sent it',
}

function idLine(id: string): string {
  const place = parseEventId(id)
  if (place === undefined) return `  ${id}: no id that this system gives`
  const { log, partition, offset, index, month } = place
  const year = 1970 + Math.floor(month / 12)
  return (
    `  keen.id ${id}: log ${log}, partition ${partition}, offset ${formatCount(offset)}, event ${index} of its record, ` +
    `kept under ${year}-${String((month % 12) + 1).padStart(2, '0')}`
  )
}

function momentLines(moments: readonly Moment[]): readonly string[] {
  const hosts = moments.map(({ host }) => (host === '' ? WORLD : host))
  const hostWidth = Math.max(...hosts.map(host => host.length))
  const times = moments.map(({ atMicros }) => formatVirtual(atMicros))
  const timeWidth = Math.max(...times.map(time => time.length))
  return moments.map(({ what }, index) => {
    return `${times[index]?.padStart(timeWidth)}  ${hosts[index]?.padEnd(hostWidth)}  ${what}`
  })
}

const WORLD = '(world)'
