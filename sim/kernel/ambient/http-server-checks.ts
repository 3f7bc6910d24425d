// The time-outs of node:http's server in virtual time. Its own check runs on a real timer and asks a native real clock; it is
// replaced by one that looks as often, at the same list of connections.

import type { IncomingMessage, Server } from 'node:http'
import type { SimulatedSocket } from './simulated-socket.ts'

interface Parser {
  readonly socket: SimulatedSocket | null
  readonly incoming: IncomingMessage | null
}

interface Connections {
  /** Those that have begun a request and not received all of it. */
  active(): Parser[]
}

interface ServerOptions {
  readonly connectionsCheckingInterval: number
  readonly headersTimeout: number
  readonly requestTimeout: number
}

/** To be called when the server listens, and has set its own timer. */
export function checkInVirtualTime(server: Server): void {
  const interval = symbolOf(server, 'http.server.connectionsCheckingInterval')
  const connections = symbolOf(server, 'http.server.connections')
  if (interval === undefined || connections === undefined) return
  clearInterval(Reflect.get(server, interval) as NodeJS.Timeout)
  const options = server as unknown as ServerOptions
  const watched = new Watch(options)
  const timer = setInterval(
    () => watched.look((Reflect.get(server, connections) as Connections).active()),
    options.connectionsCheckingInterval,
  )
  Reflect.set(server, interval, timer)
}

interface FirstSeen {
  readonly incoming: IncomingMessage | null
  readonly atMs: number
}

class Watch {
  readonly #options: ServerOptions
  /** When each unfinished request was first seen, by parser; another request on the same connection starts anew. */
  #since = new Map<Parser, FirstSeen>()

  constructor(options: ServerOptions) {
    this.#options = options
  }

  look(active: readonly Parser[]): void {
    const nowMs = performance.now()
    const since = new Map<Parser, FirstSeen>()
    for (const parser of active) {
      const { incoming, socket } = parser
      const known = this.#since.get(parser)
      const isSame = known !== undefined && (known.incoming === null || known.incoming === incoming)
      const { atMs } = isSame ? known : { atMs: nowMs }
      since.set(parser, { incoming, atMs })
      const { headersTimeout, requestTimeout } = this.#options
      const isLate = (limitMs: number): boolean => limitMs > 0 && nowMs - atMs >= limitMs
      if (socket !== null && (isLate(requestTimeout) || (incoming === null && isLate(headersTimeout)))) refuse(socket)
    }
    this.#since = since
  }
}

/** As Node does it: the server's own listener decides, or the answer is 408. */
function refuse(socket: SimulatedSocket): void {
  const error = Object.assign(new Error('Request timeout'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' })
  const { server } = socket as { server?: Server }
  if (server?.emit('clientError', error, socket) === true) return
  if (socket.writable) socket.write('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n')
  socket.destroySoon()
}

function symbolOf(server: Server, description: string): symbol | undefined {
  return Object.getOwnPropertySymbols(server).find(symbol => symbol.description === description)
}
