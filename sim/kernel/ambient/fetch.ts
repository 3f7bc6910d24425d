// `fetch` inside a run: connections are pooled by process, and made over the host's network.
//
// What fetch measures of itself goes into a buffer of the real process, which is cut to 250 entries after the run; inside it
// nobody can read them.

import { current } from '../current.ts'
import { perProcess } from './owner.ts'
import { SimulatedSocket } from './simulated-socket.ts'
import { trap } from './trap.ts'

interface Dispatcher {
  dispatch(options: unknown, handler: unknown): unknown
}

type Connect = (
  options: { readonly hostname: string; readonly port: string; readonly protocol: string },
  done: (error: Error | null, socket: unknown) => void,
) => void

type AgentClass = new (options: { connect: Connect; headersTimeout: number; bodyTimeout: number }) => Dispatcher

export function routeFetch(): void {
  const dispatcher = globalDispatcher()
  const Agent = dispatcher.constructor as AgentClass
  // Time-outs of undici's own share one timer among all hosts, which the crash of the one that armed it would stop.
  const pools = perProcess(() => new Agent({ connect, headersTimeout: 0, bodyTimeout: 0 }))
  const dispatch = dispatcher.dispatch.bind(dispatcher)
  Object.defineProperty(dispatcher, 'dispatch', {
    configurable: true,
    writable: true,
    value: (options: unknown, handler: unknown) =>
      current.world === undefined ? dispatch(options, handler) : pools().dispatch(options, handler),
  })
  for (const name of ['WebSocket', 'EventSource']) {
    if (name in globalThis) trap(globalThis, name, name, 'it was never tried there')
  }
}

/** undici keeps it under this name, for all copies of itself; it is there once anything of undici was used. */
function globalDispatcher(): Dispatcher {
  new Headers()
  const found = ['undici.globalDispatcher.2', 'undici.globalDispatcher.1']
    .map(name => Reflect.get(globalThis, Symbol.for(name)) as Dispatcher | undefined)
    .find(dispatcher => dispatcher !== undefined)
  if (found === undefined) throw new Error('nothing to replace: the global dispatcher of undici')
  return found
}

const connect: Connect = (options, done) => {
  if (options.protocol !== 'http:') {
    done(new Error('TLS is not simulated'), null)
    return
  }
  const socket = new SimulatedSocket({ allowHalfOpen: false })
  const failed = (error: Error): void => done(error, null)
  socket.once('error', failed)
  socket.connect({ host: options.hostname, port: options.port || '80', timeoutMs: CONNECT_TIMEOUT_MS }, () => {
    socket.removeListener('error', failed)
    done(null, socket)
  })
}

/** That of undici. */
const CONNECT_TIMEOUT_MS = 10_000
