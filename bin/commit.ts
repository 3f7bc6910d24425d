// Where the tree stands, for the address of a run: read by the command, never inside a simulation.

import { execFileSync } from 'node:child_process'

/** A short commit, with `-dirty` where tracked files have changed; `unknown` where there is no repository or no git. */
export function commitOf(root: string): string {
  try {
    const commit = git(root, ['rev-parse', '--short=10', 'HEAD'])
    const changes = git(root, ['status', '--porcelain', '--untracked-files=no'])
    return changes === '' ? commit : `${commit}-dirty`
  } catch {
    return UNKNOWN_COMMIT
  }
}

const UNKNOWN_COMMIT = 'unknown'

function git(root: string, args: readonly string[]): string {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
}
