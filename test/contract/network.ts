// What the Network port promises, as facts that hold for every implementation: two processes, and a name by which the one
// finds the other. Live they may be one process. Nothing here depends on how long anything takes.

import { expect } from 'vitest'
import type { Connection, ConnectionEvents } from '../../system/runtime/network.ts'
import type { Runtime } from '../../system/runtime/runtime.ts'

export interface TwoProcesses {
  readonly near: Runtime
  readonly far: Runtime
  /** A name or an address of the far host. */
  readonly farHost: string
}

export interface NetworkFact {
  readonly fact: string
  body(processes: TwoProcesses): Promise<void>
}

export const NETWORK_FACTS: readonly NetworkFact[] = [
  {
    fact: 'both ends know the same addresses and ports',
    async body(processes) {
      const { near, far } = await connected(processes)
      expect(near.connection.remotePort).toBe(far.connection.localPort)
      expect(near.connection.localPort).toBe(far.connection.remotePort)
      expect(near.connection.remoteAddress).toBe(far.connection.localAddress)
      expect(near.connection.localAddress).toBe(far.connection.remoteAddress)
    },
  },
  {
    fact: 'bytes arrive in order, both ways at once, however they were cut',
    async body(processes) {
      const { near, far } = await connected(processes)
      for (const end of [near, far]) {
        for (let position = 0, length = 1; position < STREAM_BYTES; position += length, length = (length * 7) % 4099) {
          end.connection.write(stream(position, Math.min(length, STREAM_BYTES - position)))
        }
        end.connection.end()
      }
      for (const end of [near, far]) {
        expect(await end.closed()).toBe('clean')
        expect(end.bytes).toBe(STREAM_BYTES)
        expect(end.isAsWritten).toBe(true)
      }
    },
  },
  {
    fact: 'a half-close is seen after all bytes, and the other side may still write',
    async body(processes) {
      const { near, far } = await connected(processes)
      near.connection.write(stream(0, 1000))
      near.connection.end()
      await far.ended()
      expect(far.bytes).toBe(1000)
      far.connection.write(stream(0, 500))
      far.connection.end()
      expect(await near.closed()).toBe('clean')
      expect(await far.closed()).toBe('clean')
      expect(near.bytes).toBe(500)
      expect(near.calls).toEqual(['data', 'end', 'close'])
    },
  },
  {
    fact: 'what is written after the end is dropped',
    async body(processes) {
      const { near, far } = await connected(processes)
      near.connection.write(stream(0, 10))
      near.connection.end()
      near.connection.write(stream(10, 10))
      near.connection.end()
      await far.ended()
      far.connection.end()
      await near.closed()
      near.connection.write(stream(10, 10))
      expect(far.bytes).toBe(10)
    },
  },
  {
    fact: 'a reset is an error for the other side, and nothing is called after it',
    async body(processes) {
      const { near, far } = await connected(processes)
      near.connection.write(stream(0, 10))
      await far.read(10)
      near.connection.destroy({ reset: true })
      expect(await far.closed()).toBe('ECONNRESET')
      far.connection.write(stream(0, 10))
      far.connection.end()
      far.connection.destroy()
      expect(far.calls).toEqual(['data', 'close'])
    },
  },
  {
    fact: 'letting go still sends what was written',
    async body(processes) {
      const { near, far } = await connected(processes)
      near.connection.write(stream(0, STREAM_BYTES))
      near.connection.destroy()
      await far.ended()
      expect(far.bytes).toBe(STREAM_BYTES)
      expect(far.isAsWritten).toBe(true)
    },
  },
  {
    fact: 'who writes to a side that has let go is reset in the end',
    async body(processes) {
      const { near, far } = await connected(processes)
      near.connection.destroy()
      await far.ended()
      while (far.calls.at(-1) !== 'close') {
        far.connection.write(stream(0, 10))
        await processes.far.clock.sleep(10)
      }
      expect(['ECONNRESET', 'EPIPE']).toContain(await far.closed())
    },
  },
  {
    fact: 'a paused reader sees nothing and stops the writer; resumed, it gets all of it',
    async body(processes) {
      const { near, far } = await connected(processes)
      far.connection.pause()
      let written = 0
      while (near.connection.write(stream(written, CHUNK_BYTES))) {
        written += CHUNK_BYTES
        if (written > BUFFERS_BYTES_MAX) throw new Error('nothing has stopped the writer')
        await processes.near.clock.sleep(1)
      }
      written += CHUNK_BYTES
      expect(near.connection.bufferedBytes).toBeGreaterThan(0)
      const before = far.bytes
      await processes.near.clock.sleep(100)
      expect(far.bytes).toBe(before)
      expect(near.calls).not.toContain('drain')
      far.connection.resume()
      await near.drained()
      near.connection.end()
      await far.ended()
      expect(far.bytes).toBe(written)
      expect(far.isAsWritten).toBe(true)
    },
  },
  {
    fact: 'data that comes before there are callbacks is kept',
    async body({ near, far, farHost }) {
      const listener = await far.network.listen({ port: 0 }, connection => {
        connection.handle({})
        connection.write(stream(0, 1000))
        connection.end()
      })
      const connection = await near.network.connect({ host: farHost, port: listener.port })
      await near.clock.sleep(50)
      const end = new End(connection)
      await end.ended()
      expect(end.bytes).toBe(1000)
    },
  },
  {
    fact: 'nobody listens: ECONNREFUSED',
    async body({ near, far, farHost }) {
      const listener = await far.network.listen({ port: 0 }, connection => connection.handle({}))
      await listener.close()
      expect(await codeOf(near.network.connect({ host: farHost, port: listener.port }))).toBe('ECONNREFUSED')
    },
  },
  {
    fact: 'a listener that is closed frees its port, and what it has accepted lives on',
    async body(processes) {
      const { near, far, close, port } = await connected(processes)
      await close()
      const again = await processes.far.network.listen({ port }, connection => connection.handle({}))
      expect(again.port).toBe(port)
      near.connection.write(stream(0, 10))
      await far.read(10)
      expect(await codeOf(processes.near.network.connect({ host: processes.farHost, port }))).toBe(undefined)
    },
  },
  {
    fact: 'a port belongs to one listener; port 0 is any that is free',
    async body({ far }) {
      const one = await far.network.listen({ port: 0 }, connection => connection.handle({}))
      const two = await far.network.listen({ port: 0 }, connection => connection.handle({}))
      expect(one.port).toBeGreaterThan(0)
      expect(two.port).not.toBe(one.port)
      expect(await codeOf(far.network.listen({ port: one.port }, () => undefined))).toBe('EADDRINUSE')
    },
  },
  {
    fact: 'an unknown name is not found',
    async body({ near }) {
      expect(await codeOf(near.network.resolve('no-such-host.invalid'))).toBe('ENOTFOUND')
      expect(await codeOf(near.network.connect({ host: 'no-such-host.invalid', port: 1 }))).toBe('ENOTFOUND')
    },
  },
  {
    fact: 'a name has at least one address, and a connection goes there',
    async body(processes) {
      const addresses = await processes.near.network.resolve(processes.farHost)
      expect(addresses.length).toBeGreaterThan(0)
      const { near } = await connected(processes)
      expect(addresses).toContain(near.connection.remoteAddress)
    },
  },
]

const STREAM_BYTES = 300_000
const CHUNK_BYTES = 64 * 1024

/** More than what any machine holds for two sockets and the link between them. */
const BUFFERS_BYTES_MAX = 256 * 1024 * 1024

/** What comes back tells its position. */
function stream(position: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => byteAt(position + index))
}

function byteAt(position: number): number {
  return (position ^ (position >>> 7) ^ (position >>> 15)) & 255
}

async function codeOf(attempt: Promise<unknown>): Promise<string | undefined> {
  return attempt.then(
    () => undefined,
    (error: { readonly code?: string }) => error.code,
  )
}

/** One connection, both of whose ends are handled. */
async function connected({ near, far, farHost }: TwoProcesses): Promise<{
  readonly near: End
  readonly far: End
  readonly port: number
  close(): Promise<void>
}> {
  let accept: (end: End) => void = () => undefined
  const accepted = new Promise<End>(resolve => (accept = resolve))
  const listener = await far.network.listen({ port: 0 }, connection => accept(new End(connection)))
  const end = new End(await near.network.connect({ host: farHost, port: listener.port }))
  return { near: end, far: await accepted, port: listener.port, close: () => listener.close() }
}

/** One end of a connection, and all that it was told. */
class End {
  readonly connection: Connection
  /** Callbacks in the order of their first calls: one that is called more often stands there once. */
  readonly calls: string[] = []
  bytes = 0
  isAsWritten = true
  readonly #waiting: { isTrue: () => boolean; resolve: () => void }[] = []
  #outcome: string | undefined

  constructor(connection: Connection) {
    this.connection = connection
    const events: ConnectionEvents = {
      onData: chunk => {
        for (const byte of chunk) if (byte !== byteAt(this.bytes++)) this.isAsWritten = false
        this.#called('data')
      },
      onEnd: () => this.#called('end'),
      onDrain: () => this.#called('drain'),
      onClose: error => {
        this.#outcome = error === undefined ? 'clean' : error.code
        this.#called('close')
      },
    }
    connection.handle(events)
  }

  async read(bytes: number): Promise<void> {
    await this.#until(() => this.bytes >= bytes)
  }

  async ended(): Promise<void> {
    await this.#until(() => this.calls.includes('end'))
  }

  async drained(): Promise<void> {
    await this.#until(() => this.calls.includes('drain'))
  }

  /** How it ended. */
  async closed(): Promise<string | undefined> {
    await this.#until(() => this.calls.includes('close'))
    return this.#outcome
  }

  #called(what: string): void {
    if (this.calls.at(-1) !== what) this.calls.push(what)
    for (const waiting of this.#waiting) if (waiting.isTrue()) waiting.resolve()
  }

  async #until(isTrue: () => boolean): Promise<void> {
    if (!isTrue()) await new Promise<void>(resolve => this.#waiting.push({ isTrue, resolve }))
  }
}
