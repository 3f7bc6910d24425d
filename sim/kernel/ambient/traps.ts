// What answers from outside the loop, on a thread or from the operating system: inside a run it would never settle, so it
// throws where it is called.

import child from 'node:child_process'
import cluster from 'node:cluster'
import crypto from 'node:crypto'
import dgram from 'node:dgram'
import dns from 'node:dns'
import fs from 'node:fs'
import http2 from 'node:http2'
import perfHooks from 'node:perf_hooks'
import tls from 'node:tls'
import v8 from 'node:v8'
import workers from 'node:worker_threads'
import zlib from 'node:zlib'
import { route } from './replace.ts'
import type { AnyFunction } from './replace.ts'
import { refuse, trap } from './trap.ts'

interface Trapped {
  readonly name: string
  readonly target: object
  readonly keys: readonly string[]
  readonly why: string
}

const THREADS = 'it answers from a thread, and so never'

/** Every function of an object. */
function functionsOf(target: object): string[] {
  return Object.keys(target).filter(key => typeof Reflect.get(target, key) === 'function')
}

function methodsOf(target: object): string[] {
  return Object.getOwnPropertyNames(target).filter(
    key => key !== 'constructor' && typeof Object.getOwnPropertyDescriptor(target, key)?.value === 'function',
  )
}

function withoutLookup(target: object): string[] {
  return functionsOf(target).filter(key => key !== 'lookup')
}

/** Those of a module that have a synchronous twin. */
function withTwins(target: object): string[] {
  return functionsOf(target).filter(key => `${key}Sync` in target)
}

export function trapped(): readonly Trapped[] {
  const { subtle } = crypto.webcrypto
  return [
    { name: 'fs', target: fs, keys: [...withTwins(fs), ...FS_MORE], why: `${THREADS}: use the Disk port` },
    { name: 'fs.promises', target: fs.promises, keys: functionsOf(fs.promises), why: `${THREADS}: use the Disk port` },
    {
      name: 'zlib',
      target: zlib,
      keys: [...withTwins(zlib), ...zlibStreams()],
      why: `${THREADS}: use its synchronous twin`,
    },
    { name: 'dns', target: dns, keys: withoutLookup(dns), why: 'use the Network port' },
    { name: 'dns.promises', target: dns.promises, keys: withoutLookup(dns.promises), why: 'use the Network port' },
    { name: 'crypto', target: crypto, keys: CRYPTO, why: THREADS },
    { name: 'crypto', target: crypto, keys: CRYPTO_RANDOM, why: 'it draws from the real generator' },
    {
      name: 'crypto.subtle',
      target: Object.getPrototypeOf(subtle) as object,
      keys: methodsOf(Object.getPrototypeOf(subtle) as object),
      why: THREADS,
    },
    {
      name: 'worker_threads',
      target: workers,
      keys: ['Worker', 'MessageChannel', 'BroadcastChannel'],
      why: 'use the Cpu port',
    },
    { name: 'globalThis', target: globalThis, keys: GLOBALS, why: THREADS },
    { name: 'child_process', target: child, keys: CHILD, why: 'there are no other processes' },
    { name: 'cluster', target: cluster, keys: ['fork'], why: 'there are no other processes' },
    { name: 'dgram', target: dgram, keys: ['createSocket', 'Socket'], why: 'only TCP is simulated' },
    { name: 'v8', target: v8, keys: HEAP, why: 'no two runs would use the same' },
    { name: 'tls', target: tls, keys: ['connect', 'createServer', 'TLSSocket'], why: 'TLS is not simulated' },
    {
      name: 'http2',
      target: http2,
      keys: ['connect', 'createServer', 'createSecureServer'],
      why: 'it was never tried there',
    },
    {
      name: 'perf_hooks',
      target: perfHooks,
      keys: ['monitorEventLoopDelay', 'PerformanceObserver'],
      why: 'it would answer with real time',
    },
    {
      name: 'WebAssembly',
      target: Reflect.get(globalThis, 'WebAssembly') as object,
      keys: ['compile', 'instantiate', 'compileStreaming', 'instantiateStreaming'],
      why: `${THREADS}: use new WebAssembly.Module`,
    },
    { name: 'Atomics', target: Atomics, keys: ['wait', 'waitAsync'], why: 'nobody would ever notify' },
    { name: 'Blob', target: Blob.prototype, keys: ['arrayBuffer', 'text', 'bytes', 'stream'], why: THREADS },
  ]
}

const FS_MORE = ['createReadStream', 'createWriteStream', 'watch', 'watchFile', 'unwatchFile', 'openAsBlob', 'exists']
const CRYPTO = ['pbkdf2', 'scrypt', 'hkdf', 'generateKey', 'generateKeyPair', 'generatePrime', 'checkPrime', 'argon2']
const CRYPTO_RANDOM = [
  'generateKeySync',
  'generateKeyPairSync',
  'generatePrimeSync',
  'createECDH',
  'createDiffieHellman',
  'getDiffieHellman',
  'randomUUIDv7',
]
const GLOBALS = ['MessageChannel', 'BroadcastChannel', 'CompressionStream', 'DecompressionStream', 'Worker']
const HEAP = ['getHeapStatistics', 'getHeapSpaceStatistics', 'getHeapSnapshot', 'writeHeapSnapshot', 'queryObjects']
const CHILD = ['spawn', 'spawnSync', 'exec', 'execSync', 'execFile', 'execFileSync', 'fork']

function zlibStreams(): string[] {
  return functionsOf(zlib).filter(key => key.startsWith('create') || /^[A-Z]/.test(key))
}

export function setTraps(): void {
  for (const { name, target, keys, why } of trapped()) {
    for (const key of new Set(keys)) if (isFunction(target, key)) trap(target, key, `${name}.${key}`, why)
  }
  for (const name of ['sign', 'verify', 'diffieHellman', 'encapsulate', 'decapsulate'] as const) trapCallback(name)
}

/** Not every version has everything. */
function isFunction(target: object, key: string): boolean {
  return typeof Object.getOwnPropertyDescriptor(target, key)?.value === 'function'
}

/** Synchronous without a callback, on a thread with one. */
function trapCallback(name: string): void {
  const real = Reflect.get(crypto, name) as AnyFunction | undefined
  if (real === undefined) return
  route(crypto, name, (args, self) =>
    typeof args.at(-1) === 'function'
      ? refuse(`crypto.${name} with a callback`, THREADS)
      : Reflect.apply(real, self, args),
  )
}
