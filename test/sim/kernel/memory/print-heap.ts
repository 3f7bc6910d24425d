// node --expose-gc test/sim/kernel/memory/print-heap.ts crashes|runs: how many bytes of memory are in use, at a few moments of
// one world whose host crashes again and again, or between many worlds.

import { once } from 'node:events'
import http from 'node:http'
import { text } from 'node:stream/consumers'
import { outsideTheRun } from '../../../../sim/kernel/ambient/module-loading.ts'
import { World } from '../../../../sim/kernel/world.ts'
import { Fabric } from '../../../../sim/network/fabric.ts'

const collect = (globalThis as { gc?: () => void }).gc
if (collect === undefined) throw new Error('run it with --expose-gc')

function bytesInUse(): number {
  return outsideTheRun(() => {
    collect?.()
    collect?.()
    return process.memoryUsage().heapUsed
  })
}

const CRASH_EVERY_MICROS = 50_000

/** A server that has much under way when it crashes, and a client that asks it all the time. */
function crashingWorld(crashes: number, onCrash: (count: number) => void): World {
  const world = new World({ seed: '1', limits: { virtualMicros: 3600e6, entries: 1e7, realMs: 300_000 } })
  const fabric = new Fabric(world)
  const add = (name: string, address: string): ReturnType<World['addHost']> =>
    world.addHost({ name, address, network: host => fabric.portOf(host), disk: () => undefined as never })
  const server = add('server', '10.0.0.1')
  server.start(() => {
    const ballast = Array.from({ length: 10_000 }, (_, index) => index / 7)
    process.on('SIGTERM', () => ballast)
    setInterval(() => ballast, 1_000)
    setTimeout(() => ballast, 3_000_000)
    http
      .createServer((request, response) => {
        request.resume()
        setTimeout(() => response.end(String(ballast[1])), Math.random() * 20)
      })
      .listen(80)
    void fetch('http://client:81/').catch(() => undefined)
  })
  add('client', '10.0.0.2').start(async () => {
    http.createServer(() => undefined).listen(81)
    for (;;) {
      await Promise.allSettled([0, 1, 2].map(ask))
      await new Promise(resolve => setTimeout(resolve, 1))
    }
  })
  for (let count = 1; count <= crashes; count++) {
    world.schedule(count * CRASH_EVERY_MICROS, undefined, 'fault', () => {
      server.crash()
      server.restart()
      onCrash(count)
      if (count === crashes) world.stop('enough')
    })
  }
  return world
}

async function ask(): Promise<string> {
  const request = http.get('http://server/', { signal: AbortSignal.timeout(100) })
  const [response] = (await once(request, 'response')) as [http.IncomingMessage]
  return text(response)
}

const bytes: number[] = []
if (process.argv[2] === 'crashes') {
  await crashingWorld(400, count => void (count % 100 === 0 && bytes.push(bytesInUse()))).run()
} else {
  for (let count = 1; count <= 200; count++) {
    await crashingWorld(2, () => undefined).run()
    // What is to be told of the end of objects is told when the real event loop turns.
    await new Promise(resolve => setTimeout(resolve, 0))
    if (count % 50 === 0) bytes.push(bytesInUse())
  }
}
console.log(JSON.stringify(bytes))
