// The machine and the operating system's process, as constants: what runs must not see on which machine it does.

import os from 'node:os'
import { current } from '../current.ts'
import { perProcess } from './owner.ts'
import { route, routeGetter } from './replace.ts'
import { trap } from './trap.ts'

const environments: () => Record<string, string> = perProcess(() => ({ NODE_ENV: 'production', TZ: 'UTC' }))

const MEMORY_BYTES = 4 * 1024 ** 3

export function routeMachine(): void {
  routeGetter(process, 'env', () => environments())
  routeGetter(process, 'pid', () => PID_FIRST + current.incarnation)
  routeGetter(process, 'ppid', () => 1)
  route(os, 'hostname', () => current.host?.name ?? 'world')
  route(os, 'loadavg', () => [0, 0, 0])
  route(os, 'cpus', () => [])
  route(os, 'availableParallelism', () => 1)
  route(os, 'totalmem', () => MEMORY_BYTES)
  route(os, 'freemem', () => MEMORY_BYTES / 2)
  route(os, 'networkInterfaces', () => ({}))
  route(process, 'availableMemory', () => MEMORY_BYTES / 2)
  route(process, 'constrainedMemory', () => MEMORY_BYTES)
  for (const name of ['memoryUsage', 'cpuUsage', 'threadCpuUsage', 'resourceUsage'] as const) {
    trap(process, name, `process.${name}`, 'no two runs would use the same')
  }
}

const PID_FIRST = 1_000
