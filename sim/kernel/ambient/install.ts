// Replaces what is ambient in Node, once in a process: outside a run everything is as it was, inside a run it answers for
// the host that is running, and what cannot be answered for throws.
//
// To be imported before any library that keeps a function of Node's for itself when it is loaded.

import { createRequire, syncBuiltinESMExports } from 'node:module'
import '../real.ts'
import { routeDates } from './date.ts'
import { routeFetch } from './fetch.ts'
import { freeParsersWithTheirProcess, routeHttp } from './http.ts'
import { routeMachine } from './machine.ts'
import { routeMeasuredTime } from './measured-time.ts'
import { routeModuleLoading } from './module-loading.ts'
import { routeNames } from './names.ts'
import { routeNextTick } from './next-tick.ts'
import { routeProcessEvents } from './process-events.ts'
import { routeRandomness } from './randomness.ts'
import { routeSockets } from './sockets.ts'
import { routeTimerPromises } from './timer-promises.ts'
import { routeTimers } from './timers.ts'
import { setTraps } from './traps.ts'
import { routeWeakness } from './weak.ts'

const INSTALLED = Symbol.for('foreshock.ambient')

function install(): void {
  if (INSTALLED in globalThis)
    throw new Error('this process has two copies of sim/kernel: they would not see one another')
  Object.defineProperty(globalThis, INSTALLED, { value: true })
  routeDates()
  routeTimers()
  routeTimerPromises()
  routeRandomness()
  routeMeasuredTime()
  routeNextTick()
  routeWeakness()
  routeMachine()
  routeProcessEvents()
  routeSockets()
  routeNames()
  routeHttp()
  routeFetch()
  const require = createRequire(import.meta.url)
  freeParsersWithTheirProcess(require('_http_common') as Parameters<typeof freeParsersWithTheirProcess>[0])
  setTraps()
  routeModuleLoading()
  syncBuiltinESMExports()
}

install()
