import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { beforeAll, expect, it } from 'vitest'
import type { CompanyRun } from './company.ts'

const SCRIPT = resolve(import.meta.dirname, 'print-run.ts')
const SEED = '1'

interface Circumstances {
  readonly seed?: string
  readonly runsBefore?: number
  readonly flags?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly directory?: string
}

async function runInChild(circumstances: Circumstances = {}): Promise<CompanyRun> {
  const { seed = SEED, runsBefore = 0, flags = [], env = {}, directory = process.cwd() } = circumstances
  const child = spawn(process.execPath, ['--zero-fill-buffers', ...flags, SCRIPT, seed, String(runsBefore)], {
    cwd: directory,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)])
  if (output === '') throw new Error(errors)
  return JSON.parse(output) as CompanyRun
}

let alone: CompanyRun

beforeAll(async () => {
  alone = await runInChild()
}, 120_000)

/** The first difference is what a reader needs. */
function expectSame(run: CompanyRun): void {
  const differs = run.checkpoints.findIndex((checkpoint, index) => checkpoint !== alone.checkpoints[index])
  expect({ differs, ...run }).toEqual({ differs: -1, ...alone })
}

it('the libraries do their work, through a crash, a power loss and a restart of each kind of host', () => {
  expect(alone.end).toEqual({ kind: 'stopped', reason: 'all was asked' })
  expect(alone.deaths).toEqual([])
  const ids = alone.answers.filter(answer => answer.startsWith('{"id":'))
  const read = alone.answers.filter(answer => answer.startsWith('['))
  expect(ids.length).toBeGreaterThan(25)
  expect(alone.answers.some(answer => answer.includes('failed'))).toBe(true)
  // Two records of each event, each read by three services.
  const whole = read.filter(answer => (JSON.parse(answer) as unknown[]).length >= 6)
  expect(whole.length).toBeGreaterThan(10)
})

it('another process gives the same run', async () => {
  expectSame(await runInChild())
}, 120_000)

it('the fiftieth run of a process is the same as the first of another', async () => {
  expectSame(await runInChild({ runsBefore: 49 }))
}, 240_000)

it('a busy machine changes nothing', async () => {
  const spinning: ChildProcess[] = [1, 2].map(() => spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }))
  try {
    expectSame(await runInChild())
  } finally {
    for (const child of spinning) {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
  }
}, 240_000)

it('neither do the engine’s seeds and its collector, the time zone, the language and the folder', async () => {
  expectSame(
    await runInChild({
      flags: ['--random-seed=77', '--hash-seed=4242', '--gc-interval=2000', '--single-threaded'],
      env: { TZ: 'Asia/Kathmandu', LANG: 'tr_TR.UTF-8', KAFKAJS_NO_PARTITIONER_WARNING: '1' },
      directory: tmpdir(),
    }),
  )
}, 240_000)

it('another seed is another run', async () => {
  const other = await runInChild({ seed: '2' })
  expect(other.end).toEqual(alone.end)
  expect(other.hash).not.toBe(alone.hash)
}, 120_000)
