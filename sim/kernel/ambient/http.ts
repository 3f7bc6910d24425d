// node:http inside a run: pooled connections belong to a process, and no header tells the real time.

import http from 'node:http'
import https from 'node:https'
import { current } from '../current.ts'
import { perProcess } from './owner.ts'
import type { AnyFunction } from './replace.ts'
import { trap } from './trap.ts'

const agents: () => http.Agent = perProcess(
  () => new http.Agent({ keepAlive: true, scheduling: 'lifo', timeout: AGENT_TIMEOUT_MS }),
)

/** That of Node's own global agent. */
const AGENT_TIMEOUT_MS = 5_000

export function routeHttp(): void {
  const real = http.globalAgent as unknown as { addRequest: AnyFunction }
  const addRequest = real.addRequest.bind(real)
  Object.defineProperty(real, 'addRequest', {
    configurable: true,
    writable: true,
    value: (...args: unknown[]) => {
      if (current.world === undefined) return addRequest(...args)
      return (agents() as unknown as { addRequest: AnyFunction }).addRequest(...args)
    },
  })
  leaveOutDates()
  trap(https, 'request', 'https.request', 'TLS is not simulated')
  trap(https, 'get', 'https.get', 'TLS is not simulated')
}

/** Node writes the Date header from a real clock, and keeps it until a real timer fires. */
function leaveOutDates(): void {
  const wanted = Symbol('sendDate')
  Object.defineProperty(http.ServerResponse.prototype, 'sendDate', {
    configurable: true,
    get(this: { [wanted]?: boolean }) {
      return current.world === undefined && this[wanted] === true
    },
    set(this: { [wanted]?: boolean }, value: boolean) {
      this[wanted] = value
    },
  })
}

interface Parser {
  readonly socket: unknown
}

interface HttpCommon {
  readonly parsers: { alloc(): Parser; free(parser: Parser): boolean }
  freeParser(parser: Parser, request: unknown, socket: unknown): void
}

/** An open parser is held by native code, and holds all of its process: with the process they are freed. */
export function freeParsersWithTheirProcess(common: HttpCommon): void {
  const { parsers, freeParser } = common
  const open = perProcess(({ onEnd }) => {
    const mine = new Set<Parser>()
    onEnd(() => {
      for (const parser of [...mine]) freeParser(parser, null, parser.socket)
      mine.clear()
    })
    return mine
  })
  const alloc = parsers.alloc.bind(parsers)
  const free = parsers.free.bind(parsers)
  const ownerOf = new WeakMap<Parser, Set<Parser>>()
  Object.assign(parsers, {
    alloc(): Parser {
      const parser = alloc()
      if (current.world === undefined) return parser
      const mine = open()
      mine.add(parser)
      ownerOf.set(parser, mine)
      return parser
    },
    free(parser: Parser): boolean {
      ownerOf.get(parser)?.delete(parser)
      return free(parser)
    },
  })
}
