import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { moduleGraph } from '../../../sim/kernel/module-graph.ts'
import { patched } from '../../../sim/kernel/source-patch.ts'
import { isStateful } from '../../../sim/kernel/stateful.ts'

const require = createRequire(import.meta.url)

describe('the modules of a process', () => {
  const file = 'system/store/block.ts'

  it('are its own, and one each within it', () => {
    const [one, other] = [moduleGraph([]), moduleGraph([])]
    const first = one.load<Record<string, unknown>>(file)
    expect(one.load(file)).toBe(first)
    const second = other.load<Record<string, unknown>>(file)
    expect(Object.keys(second)).toEqual(Object.keys(first))
    const [name] = Object.entries(first).find(([, value]) => typeof value === 'function') ?? ['']
    expect(second[name]).not.toBe(first[name])
  })

  it('share what holds no state, and have the libraries that do for themselves', () => {
    const [one, other] = [moduleGraph([]), moduleGraph([])].map(graph =>
      graph.load<{ kafkaClient: unknown }>('system/queue/kafka-client.ts'),
    )
    expect(one?.kafkaClient).not.toBe(other?.kafkaClient)
    const paths = (name: string): string => require.resolve(name)
    expect(isStateful(paths('kafkajs/src/instrumentation/event.js'))).toBe(true)
    expect(isStateful(paths('kafkajs/src/producer/index.js'))).toBe(true)
    expect(isStateful(paths('kafkajs/src/protocol/encoder.js'))).toBe(false)
    expect(isStateful(paths('fastify'))).toBe(true)
    expect(isStateful(paths('seedrandom'))).toBe(false)
  })

  const names = 'system/ingest/names.ts'
  interface Names {
    refuseCollectionName(name: string): { readonly name: string } | undefined
  }

  it('have names without the folders of the machine', () => {
    const { refuseCollectionName } = moduleGraph([]).load<Names>(names)
    expect.assertions(1)
    try {
      refuseCollectionName(undefined as never)
    } catch (error) {
      expect((error as Error).stack).toMatch(/\(system\/ingest\/names\.ts:\d+:\d+\)/)
    }
  })

  it('can have a bug planted, which others do not have', () => {
    const patch = { file: names, find: "name.includes('$')", replace: "name.includes('%')" }
    const [right, wrong] = [moduleGraph([]), moduleGraph([patch])].map(graph => graph.load<Names>(names))
    expect(right?.refuseCollectionName('a$')).toMatchObject({ name: 'InvalidCollectionNameError' })
    expect(wrong?.refuseCollectionName('a$')).toBeUndefined()
    expect(moduleGraph([]).load<Names>(names).refuseCollectionName('a$')).toBeDefined()
  })

  it('refuse a bug that does not fit exactly once', () => {
    const patch = { file: names, find: 'x', replace: 'y' }
    expect(patched('a x b', patch)).toBe('a y b')
    expect(() => patched('nothing', patch)).toThrow('must fit exactly once; found 0 times')
    expect(() => patched('x x', patch)).toThrow('found 2 times')
  })
})
