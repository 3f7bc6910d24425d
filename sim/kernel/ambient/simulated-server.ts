// net.Server on the host's own network: it listens there, and takes connections from there.

import type { Server } from 'node:net'
import type { Connection, Listener } from '../../../system/runtime/network.ts'
import { networkOfRunningProcess, portArguments, SimulatedSocket } from './simulated-socket.ts'

/** What Node's own methods look at: whether there is a handle, and how many connections. */
interface Internals {
  _handle: Handle | null
  _connections: number
  _emitCloseIfDrained(): void
  readonly allowHalfOpen?: boolean
  maxConnections?: number
}

interface Handle {
  close(): void
  ref(): void
  unref(): void
  hasRef(): boolean
  getsockname(into: object): number
}

export function listen(server: Server, args: unknown[], whenListening: () => void = nothing): Server {
  const internals = server as unknown as Internals
  if (internals._handle !== null) {
    throw Object.assign(new Error('Listen method has been called more than once without closing.'), {
      code: 'ERR_SERVER_ALREADY_LISTEN',
    })
  }
  const { options, listener } = portArguments('net.Server.listen', args)
  const { host: address } = options
  if (listener !== undefined) server.once('listening', listener)
  const pending = handleOf(undefined)
  internals._handle = pending
  const port = Number(options.port)
  const isAny = address === undefined || address === '0.0.0.0' || address === '::'
  networkOfRunningProcess('net.Server')
    .listen({ port, ...(isAny ? {} : { address }) }, connection => accept(server, internals, connection))
    .then(
      bound => {
        if (internals._handle !== pending) return void bound.close()
        internals._handle = handleOf(bound)
        server.emit('listening')
        return whenListening()
      },
      (error: Error) => {
        internals._handle = null
        server.emit('error', Object.assign(error, { syscall: 'listen', port }))
      },
    )
  return server
}

function handleOf(bound: Listener | undefined): Handle {
  return {
    close: () => void bound?.close(),
    ref: nothing,
    unref: nothing,
    hasRef: () => true,
    getsockname(into) {
      Object.assign(into, { address: bound?.address ?? '0.0.0.0', family: 'IPv4', port: bound?.port ?? 0 })
      return 0
    },
  }
}

function accept(server: Server, internals: Internals, connection: Connection): void {
  const { maxConnections } = internals
  if (maxConnections !== undefined && internals._connections >= maxConnections) {
    connection.handle({})
    connection.destroy({ reset: true })
    server.emit('drop')
    return
  }
  const socket = new SimulatedSocket({ allowHalfOpen: internals.allowHalfOpen === true })
  socket.attach(connection)
  internals._connections++
  socket.once('close', () => {
    internals._connections--
    internals._emitCloseIfDrained()
  })
  server.emit('connection', socket)
}

function nothing(): void {}
