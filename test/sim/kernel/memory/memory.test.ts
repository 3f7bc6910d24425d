// What a dead process leaves behind would stay until its world ends, and what a world leaves, for ever.

import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'

const SCRIPT = resolve(import.meta.dirname, 'print-heap.ts')

/** A process holds 80 kB, and more in sockets, parsers, timers and listeners. */
const GROWTH_BYTES_MAX = 1_500_000

it.each(['crashes', 'runs'])(
  'hundreds of %s leave nothing behind',
  async what => {
    const child = spawn(process.execPath, ['--zero-fill-buffers', '--expose-gc', SCRIPT, what], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)])
    if (output === '') throw new Error(errors)
    const bytes = JSON.parse(output) as number[]
    expect(bytes).toHaveLength(4)
    expect((bytes[3] as number) - (bytes[0] as number)).toBeLessThan(GROWTH_BYTES_MAX)
  },
  240_000,
)
