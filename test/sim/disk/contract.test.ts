import { describe, test } from 'vitest'
import { DISK_FACTS } from '../../contract/disk.ts'
import { inWorld } from '../../contract/in-world.ts'

describe('the simulated disk', () => {
  test.each(DISK_FACTS)('$fact', async ({ body }) => {
    await inWorld('1', ({ runtime }) => body(runtime.disk))
  })
})
