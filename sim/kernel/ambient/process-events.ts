// `process` as an emitter, and its end: each simulated process has its own listeners, and exits alone.

import { EventEmitter } from 'node:events'
import { current } from '../current.ts'
import { outsideTheRun } from './module-loading.ts'
import type { FaultEvent } from '../drain.ts'
import { perProcess } from './owner.ts'
import { route } from './replace.ts'
import { refuse } from './trap.ts'

const emitters: () => EventEmitter = perProcess(({ onEnd }) => {
  const emitter = new EventEmitter()
  onEnd(() => emitter.removeAllListeners())
  return emitter
})

const METHODS = [
  'on',
  'addListener',
  'once',
  'prependListener',
  'prependOnceListener',
  'off',
  'removeListener',
  'removeAllListeners',
  'listeners',
  'rawListeners',
  'listenerCount',
  'eventNames',
  'setMaxListeners',
  'getMaxListeners',
] as const

/** These come from Node itself, and are for whoever runs the world. */
const OF_NODE: ReadonlySet<unknown> = new Set([
  'uncaughtException',
  'uncaughtExceptionMonitor',
  'unhandledRejection',
  'rejectionHandled',
])

/** Whether the running process has a listener of its own for such an error, which has then been told. */
export function hasHandled(event: FaultEvent, error: unknown): boolean {
  if (error instanceof ProcessExit) return false
  const emitter = emitters()
  if (event === 'unhandledRejection' && emitter.emit(event, error)) return true
  return emitter.emit('uncaughtException', error, event)
}

/** What `process.exit` throws, as it must not return. The process that it would reach is gone. */
export class ProcessExit extends Error {
  override readonly name = 'ProcessExit'
}

export function routeProcessEvents(): void {
  for (const name of METHODS) {
    const real = process[name] as (...args: unknown[]) => unknown
    Object.defineProperty(process, name, {
      configurable: true,
      writable: true,
      value(this: unknown, ...args: unknown[]): unknown {
        if (current.world === undefined) return Reflect.apply(real, process, args)
        const answer: unknown = Reflect.apply(EventEmitter.prototype[name], emitters(), args)
        return answer instanceof EventEmitter ? process : answer
      },
    })
  }
  const emit = process.emit as (...args: unknown[]) => unknown
  Object.defineProperty(process, 'emit', {
    configurable: true,
    writable: true,
    value(...args: unknown[]): unknown {
      if (current.world === undefined || OF_NODE.has(args[0])) return Reflect.apply(emit, process, args)
      return emitters().emit(...(args as [string]))
    },
  })
  for (const name of ['stdin', 'stdout', 'stderr']) makeReal(name)
  route(process, 'exit', ([code]) => exit(code as ExitCode))
  route(process, 'reallyExit', ([code]) => exit(code as ExitCode))
  route(process, 'abort', () => exit('abort'))
  route(process, 'kill', ([pid, signal]) =>
    pid === process.pid
      ? exit((signal as ExitCode) ?? 'SIGTERM')
      : refuse('process.kill', 'there are no other processes'),
  )
  route(process, 'emitWarning', ([warning, type]) => warn(warning, type))
}

/** Node makes them when they are first asked for: also then they are sockets and files of the real process. */
function makeReal(name: string): void {
  const found = Object.getOwnPropertyDescriptor(process, name)
  if (found?.get === undefined) return
  const get = found.get.bind(process)
  Object.defineProperty(process, name, { ...found, get: () => outsideTheRun(get) as unknown })
}

type ExitCode = number | string | undefined

function exit(code: ExitCode): never {
  const { world, host } = current
  if (host === undefined || world === undefined) return refuse('process.exit', 'no host is running')
  const reason = new ProcessExit(`the process exited: ${code ?? 0}`)
  emitters().emit('exit', code ?? 0)
  world.fault(reason)
  throw reason
}

/** Node prints a deprecation once in a real process: it would be in one run's log and not in the next. */
function warn(warning: unknown, type: unknown): void {
  const kind = typeof type === 'object' && type !== null ? (type as { type?: unknown }).type : type
  const name = warning instanceof Error ? warning.name : typeof kind === 'string' ? kind : 'Warning'
  if (name === 'DeprecationWarning' || name === 'ExperimentalWarning') return
  const message = warning instanceof Error ? warning.message : String(warning)
  current.host?.process?.runtime.log.write('warn', 'process warning', { name, said: message })
}
