// The command as a user runs it: a process of its own, its output and its exit code.

import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { FLAGS } from '../../bin/pinned-runtime.js'

export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunningCommand {
  readonly ended: Promise<Ran>
  /** Resolves when the text has come on one of the streams. */
  says(text: string): Promise<void>
  interrupt(): void
}

export const ROOT: string = join(import.meta.dirname, '../..')

export function foreshock(...args: readonly string[]): Promise<Ran> {
  return start(...args).ended
}

export function start(...args: readonly string[]): RunningCommand {
  return startNode([...FLAGS, join(ROOT, 'bin', 'foreshock.js'), ...args])
}

/** A script under the Node of these tests, with flags before it. */
export function startNode(args: readonly string[]): RunningCommand {
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] })
  const said = { stdout: '', stderr: '' }
  const waiting: { readonly text: string; readonly resolve: () => void }[] = []
  const look = (): void => {
    for (const { text, resolve } of waiting) if (said.stdout.includes(text) || said.stderr.includes(text)) resolve()
  }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      said[name] += text
      look()
    })
  }
  return {
    ended: new Promise((resolve, reject) => {
      child.on('error', reject).on('close', code => resolve({ code, ...said }))
    }),
    says: text =>
      new Promise(resolve => {
        waiting.push({ text, resolve })
        look()
      }),
    interrupt: () => void child.kill('SIGINT'),
  }
}
