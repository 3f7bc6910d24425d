import { expect, test } from 'vitest'
import { readIfThere, writeDurably } from '../../../../sim/cassandra/storage/durable-file.ts'
import { live } from './lives.ts'

const PATH = 'node/schema'

test('a file that was never written is not there', () =>
  live([
    async ({ disk }) => {
      expect(await readIfThere(disk, PATH)).toBeUndefined()
    },
  ]))

test('what was written durably survives a power loss', () =>
  live([
    async ({ disk }) => {
      await writeDurably(disk, PATH, Buffer.from('one'))
      await writeDurably(disk, PATH, Buffer.from('two'))
      return 'power-loss'
    },
    async ({ disk }) => {
      expect(String(await readIfThere(disk, PATH))).toBe('two')
    },
  ]))

test.each(Array.from({ length: 40 }, (_, index) => index))(
  'a power loss %i × 20 µs after the call leaves the old content or the new',
  after =>
    live(
      [
        async ({ disk }, { host }) => {
          await writeDurably(disk, PATH, Buffer.from('old'))
          void writeDurably(disk, PATH, Buffer.from('a new and longer one'))
          await new Promise<void>(resolve => host.world.schedule(after * 20, host, 'timer', resolve))
          return 'power-loss'
        },
        async ({ disk }) => {
          expect(['old', 'a new and longer one']).toContain(String(await readIfThere(disk, PATH)))
          await writeDurably(disk, PATH, Buffer.from('x'))
          expect(String(await readIfThere(disk, PATH))).toBe('x')
        },
      ],
      { seed: String(after) },
    ),
)

test('a changed bit is an error', () =>
  live([
    async ({ disk }) => {
      await writeDurably(disk, PATH, Buffer.from('content'))
      const file = await disk.open(PATH)
      for (let position = 0; position < file.size; position++) {
        const [byte = 0] = await file.read(position, 1)
        await file.writeAt(position, Uint8Array.of(byte ^ 4))
        await expect(readIfThere(disk, PATH)).rejects.toMatchObject({ name: 'StorageError', code: 'corrupt' })
        await file.writeAt(position, Uint8Array.of(byte))
      }
    },
  ]))
