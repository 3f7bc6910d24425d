// What the hosts of a world have said, in virtual time, and the metrics that they counted.

import type { Log, LogFields, LogLevel, MetricLabels } from '../../system/runtime/log.ts'

export interface LogLine {
  readonly atMicros: number
  readonly host: string
  readonly level: LogLevel
  readonly message: string
  readonly fields: LogFields
}

/** Later lines are counted, not kept. */
export const LOG_LINES_MAX = 1_000_000

export class LogBook {
  readonly #nowMicros: () => number
  readonly #lines: LogLine[] = []
  readonly #metrics = new Map<string, number>()
  #dropped = 0

  constructor(nowMicros: () => number) {
    this.#nowMicros = nowMicros
  }

  get lines(): readonly LogLine[] {
    return this.#lines
  }

  /** How many lines were not kept, because there were more than LOG_LINES_MAX. */
  get dropped(): number {
    return this.#dropped
  }

  /** By `host name{label="value"}`: the sum of a counter, the last value of a gauge, the sum of what was observed. */
  get metrics(): ReadonlyMap<string, number> {
    return this.#metrics
  }

  of(host: string, fields: LogFields = {}): Log {
    const add = (metric: string, amount: number, labels: MetricLabels = {}): void => {
      const key = keyOf(host, metric, labels)
      this.#metrics.set(key, (this.#metrics.get(key) ?? 0) + amount)
    }
    return {
      write: (level, message, more) => this.#write({ host, level, message, fields: { ...fields, ...more } }),
      child: more => this.of(host, { ...fields, ...more }),
      count: (metric, amount = 1, labels) => add(metric, amount, labels),
      gauge: (metric, value, labels = {}) => void this.#metrics.set(keyOf(host, metric, labels), value),
      observe(metric, value, labels) {
        add(`${metric}_sum`, value, labels)
        add(`${metric}_count`, 1, labels)
      },
    }
  }

  #write(line: Omit<LogLine, 'atMicros'>): void {
    if (this.#lines.length < LOG_LINES_MAX) this.#lines.push({ atMicros: this.#nowMicros(), ...line })
    else this.#dropped++
  }
}

function keyOf(host: string, metric: string, labels: MetricLabels): string {
  const named = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
  return named.length === 0 ? `${host} ${metric}` : `${host} ${metric}{${named.join(',')}}`
}
