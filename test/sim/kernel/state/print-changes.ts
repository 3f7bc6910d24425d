// node test/sim/kernel/state/print-changes.ts company|planted: runs a world, then others, and prints what these have changed
// in modules that all runs of a process share. A process of its own, as modules are looked at while they are loaded.

import { sep } from 'node:path'
import { pictureOf } from './reachable-state.ts'
import { watchBindings } from './top-level-bindings.ts'

const root = `${process.cwd()}${sep}`
const bindings = watchBindings(file => !file.includes(`${sep}node_modules${sep}typescript${sep}`))
const worlds: Readonly<Record<string, () => Promise<(seed: string) => Promise<unknown>>>> = {
  company: async () => {
    const { runCompany } = await import('../../determinism/company.ts')
    return seed => runCompany({ seed, requests: 12, settledAfterMs: 3_000 })
  },
  planted: async () => {
    const { addHost, smallWorld } = await import('../small-world.ts')
    return async seed => {
      const world = smallWorld({ seed })
      addHost(world, 'a').start(process => {
        const program = 'test/sim/kernel/state/planted-program.ts'
        process.load<typeof import('./planted-program.ts')>(program).act(seed)
      })
      await world.run()
    }
  },
}

const load = worlds[process.argv[2] ?? '']
if (load === undefined) throw new Error('print-changes.ts company|planted')
const run = await load()
// What is loaded and cached once in a process is there after two.
await run('1')
await run('2')
const picture = pictureOf(bindings, file => file.replace(root, ''))
await run('3')
console.log(JSON.stringify({ modules: bindings.size, changes: picture.changes() }))
