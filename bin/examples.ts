// The last part of a command's help: what one types.

/** Each without `npx foreshock`. */
export function exampleText(...examples: readonly string[]): string {
  return ['', 'Examples:', ...examples.map(each => `  npx foreshock ${each}`)].join('\n')
}
