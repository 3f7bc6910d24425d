// An error as one line of a log.

/** Its name and the first line of its message: cassandra-driver puts whole stacks of other errors into some. */
export function errorText(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  const [first = ''] = text.split('\n', 1)
  return first.slice(0, TEXT_LENGTH_MAX)
}

const TEXT_LENGTH_MAX = 300
