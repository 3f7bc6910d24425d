// One line that a host said, in virtual time, as people read it.

import { formatVirtual } from './virtual-time.ts'

export const LOG_LEVELS: readonly string[] = ['debug', 'info', 'warn', 'error']

/** As it stands in logs.jsonl. */
export interface LogRecord {
  readonly atMicros: number
  readonly host: string
  readonly level: string
  readonly message: string
  readonly fields?: Readonly<Record<string, unknown>>
}

/** `0:12.345678  write-1   warn   the message  key=value` */
export function formatLogLine(line: LogRecord): string {
  const { atMicros, host, level, message, fields } = line
  const columns = [formatVirtual(atMicros), host.padEnd(HOST_WIDTH), level.padEnd(5), message]
  return [...columns, ...formatFields(fields)].join('  ')
}

/** `key=value`, one text each. */
export function formatFields(fields: LogRecord['fields'] = {}): readonly string[] {
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${typeof value === 'string' ? quoted(value) : JSON.stringify(value)}`)
}

/** True when `level` is at least as grave as `from`. */
export function isAtLeast(level: string, from: string): boolean {
  return LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(from)
}

const HOST_WIDTH = 12

function quoted(text: string): string {
  return /^[^\s"=]+$/.test(text) ? text : JSON.stringify(text)
}
