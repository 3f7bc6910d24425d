// Runs addresses in child processes: for another opinion on a hash, and for as many seeds as there are cores.

import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { FLAGS } from './pinned-runtime.js'
import type { RunJob, RunReply } from './run-worker.ts'

/** One run must end within this; a child that does not is killed, and its run counts as a failure of the harness. */
export const JOB_REAL_MS_MAX = 300_000

export interface RunPool {
  /** Runs the job in the first child that is free. Never rejects: what goes wrong is a reply. */
  run(job: RunJob): Promise<RunReply>
  /** Ends all children. */
  close(): void
}

/** A pool of at most `processes` children, each of which runs many jobs, one after the other. */
export function startRunPool(processes: number): RunPool {
  const idle: Runner[] = []
  const waiting: { readonly job: RunJob; readonly reply: (reply: RunReply) => void }[] = []
  const all = new Set<Runner>()

  const next = (): void => {
    const first = waiting[0]
    if (first === undefined) return
    const runner = idle.pop() ?? (all.size < processes ? new Runner() : undefined)
    if (runner === undefined) return
    waiting.shift()
    all.add(runner)
    void runner.run(first.job).then(reply => {
      if (runner.isAlive) idle.push(runner)
      else all.delete(runner)
      first.reply(reply)
      next()
    })
  }

  return {
    run: job =>
      new Promise(reply => {
        waiting.push({ job, reply })
        next()
      }),
    close: () => all.forEach(runner => runner.kill()),
  }
}

/** Runs one job in a process of its own, which has run nothing before; the signal ends it. */
export async function runInFreshProcess(job: RunJob, signal?: AbortSignal): Promise<RunReply> {
  const runner = new Runner()
  const kill = (): void => runner.kill()
  signal?.addEventListener('abort', kill)
  const reply = await runner.run(job)
  signal?.removeEventListener('abort', kill)
  runner.kill()
  return reply
}

class Runner {
  readonly #child: ChildProcess = fork(join(import.meta.dirname, 'run-worker.ts'), {
    // Not those of this process: a test runner has its own.
    execArgv: [...FLAGS],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  #errors = ''
  #isKilled = false

  constructor() {
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#errors = (this.#errors + text).slice(-ERROR_CHARACTERS_MAX)
    })
  }

  get isAlive(): boolean {
    return !this.#isKilled && this.#child.connected && this.#child.exitCode === null
  }

  run(job: RunJob): Promise<RunReply> {
    return new Promise(resolve => {
      const child = this.#child
      const settle = (reply: RunReply): void => {
        clearTimeout(timer)
        child.off('message', onMessage).off('exit', onExit).off('error', onError)
        resolve(reply)
      }
      const onMessage = (message: unknown): void => settle(message as RunReply)
      const failed = (message: string): void => settle({ kind: 'failed', message })
      const onExit = (code: number | null, signal: string | null): void =>
        failed(`the process of the run ended by itself (${signal ?? `code ${String(code)}`})\n${this.#errors}`.trim())
      const onError = (error: Error): void => failed(`the process of the run does not answer: ${error.message}`)
      const timer = setTimeout(() => {
        this.kill()
        failed(`the run took more than ${JOB_REAL_MS_MAX / 1_000} s of real time and was killed`)
      }, JOB_REAL_MS_MAX)
      child.on('message', onMessage).on('exit', onExit).on('error', onError)
      child.send(job, error => {
        if (error !== null) onError(error)
      })
    })
  }

  kill(): void {
    this.#isKilled = true
    this.#child.kill('SIGKILL')
  }
}

/** The last words of a child that are kept, for the report of its death. */
const ERROR_CHARACTERS_MAX = 4_000
