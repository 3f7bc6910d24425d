// Structured lines and metrics, outwards only.

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** Printable values; an error is given as its message under `error`. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>

export type MetricLabels = Readonly<Record<string, string>>

/** Never throws, never blocks, never changes what the caller does: losing a line is better than losing an event. */
export interface Log {
  /** `message` is a constant phrase, so that lines can be counted; what varies goes into `fields`. */
  write(level: LogLevel, message: string, fields?: LogFields): void
  /** A log that adds `fields` to every line. */
  child(fields: LogFields): Log
  /** Adds to a counter. Names are snake_case with the unit last, labels few and bounded. */
  count(metric: string, amount?: number, labels?: MetricLabels): void
  /** Sets a gauge. */
  gauge(metric: string, value: number, labels?: MetricLabels): void
  /** Adds one observation to a distribution. */
  observe(metric: string, value: number, labels?: MetricLabels): void
}
