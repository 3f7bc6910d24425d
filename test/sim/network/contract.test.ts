import { describe, test } from 'vitest'
import type { Runtime } from '../../../system/runtime/runtime.ts'
import { inWorld } from '../../contract/in-world.ts'
import { NETWORK_FACTS } from '../../contract/network.ts'

describe('the simulated network, between two hosts', () => {
  test.each(NETWORK_FACTS)('$fact', async ({ body }) => {
    let far: Runtime | undefined
    await inWorld(
      '1',
      async ({ runtime }) => {
        await runtime.clock.sleep(1)
        if (far === undefined) throw new Error('the far host has not booted')
        await body({ near: runtime, far, farHost: 'there' })
      },
      {
        prepare: simulation =>
          simulation.addHost({ name: 'there', address: '10.0.0.2' }).start(process => {
            far = process.runtime
          }),
      },
    )
  })
})

describe('the simulated network, of one host with itself', () => {
  test.each(NETWORK_FACTS)('$fact', async ({ body }) => {
    await inWorld('1', ({ runtime }) => body({ near: runtime, far: runtime, farHost: '127.0.0.1' }))
  })
})
