// Many runs share one process. What a module keeps from one run is found by the next, unless each process of a world has the
// module for itself: sim/kernel/stateful.ts lists those of libraries. A new dependency, or a new path through an old one, shows
// its state here by itself.

import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'

const SCRIPT = resolve(import.meta.dirname, 'print-changes.ts')

/** What changes, and why it does no harm. */
const HARMLESS: readonly { readonly change: RegExp; readonly why: string }[] = [
  {
    change:
      /^node_modules\/long\/umd\/index\.js Long\.(?:fromBuffer|toBuffer|.*\.inspect|.*\.toJSON): function {2}→ function $/,
    why: 'cassandra-driver puts the same four pure functions there at each boot',
  },
  {
    change: /^sim\/cassandra\/cql\/lexer\.ts (?:FORMS\.\d+\.1|SKIPPED)\.lastIndex: /,
    why: 'the place at which it looks next is set before every look',
  },
]

interface Found {
  readonly modules: number
  readonly changes: readonly string[]
}

async function detect(world: 'company' | 'planted'): Promise<Found> {
  const child = spawn(process.execPath, ['--zero-fill-buffers', SCRIPT, world], { stdio: ['ignore', 'pipe', 'pipe'] })
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)])
  if (output === '') throw new Error(errors)
  return JSON.parse(output) as Found
}

it('a module that keeps something from run to run is found, in its variables and in what they hold', async () => {
  const { changes } = await detect('planted')
  expect(changes).toEqual([
    'test/sim/kernel/state/planted.cjs.count: 2 → 3',
    'test/sim/kernel/state/planted.cjs names.3: nothing → 1',
  ])
}, 60_000)

it('no module that processes share keeps anything', async () => {
  const { modules, changes } = await detect('company')
  // It has seen the models, the kernel and the shared parts of kafkajs, cassandra-driver and fastify.
  expect(modules).toBeGreaterThan(300)
  expect(changes.filter(change => !HARMLESS.some(harmless => harmless.change.test(change)))).toEqual([])
}, 240_000)
