import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { moduleGraph } from '../../../sim/kernel/module-graph.ts'
import { patched } from '../../../sim/kernel/source-patch.ts'
import { isStateful } from '../../../sim/kernel/stateful.ts'

const require = createRequire(import.meta.url)

describe('the modules of a process', () => {
  it('are its own where they require a library that holds state, and one each within it', () => {
    const [one, other] = [moduleGraph([]), moduleGraph([])]
    const first = one.load<{ startStream: unknown }>('system/roles/stream.ts')
    expect(one.load('system/roles/stream.ts')).toBe(first)
    expect(other.load<{ startStream: unknown }>('system/roles/stream.ts').startStream).not.toBe(first.startStream)
  })

  it('are shared where nothing below them holds state', () => {
    const [one, other] = [moduleGraph([]), moduleGraph([])].map(graph => graph.load<object>('system/store/block.ts'))
    expect(one).toBe(other)
  })

  it('are its own where a bug is planted in them or below them', () => {
    const patch = {
      file: 'system/store/bytes.ts',
      find: 'export class ByteReader',
      replace: 'export  class ByteReader',
    }
    const planted = moduleGraph([patch]).load<object>('system/store/segment.ts')
    expect(planted).not.toBe(moduleGraph([]).load('system/store/segment.ts'))
    expect(planted).not.toBe(moduleGraph([patch]).load('system/store/segment.ts'))
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
