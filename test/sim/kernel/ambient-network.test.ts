import { AsyncLocalStorage } from 'node:async_hooks'
import dns from 'node:dns'
import { once } from 'node:events'
import http from 'node:http'
import net from 'node:net'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { World } from '../../../sim/kernel/world.ts'
import type { Host } from '../../../sim/kernel/host.ts'
import { Fabric } from '../../../sim/network/fabric.ts'
import { Story } from './small-world.ts'

const LINK = { minMicros: 1_000, maxMicros: 1_000, tailShare: 0, tailFactor: 1 }

class Net {
  readonly world: World = new World({ seed: 'net', limits: { virtualMicros: 120e6, entries: 1e6, realMs: 60_000 } })
  readonly story: Story = new Story(this.world)
  readonly #fabric = new Fabric(this.world, { latency: LINK, latencyBetween: () => LINK })

  host(name: string): Host {
    return this.world.addHost({
      name,
      address: `10.0.0.${this.world.hosts.size + 1}`,
      network: host => this.#fabric.portOf(host),
      disk: () => undefined as never,
    })
  }

  async run(): Promise<readonly string[]> {
    // A server of node:http looks after its connections for as long as it lives.
    expect((await this.world.run()).kind).toMatch(/quiescent|virtual-limit/)
    return this.story.lines
  }
}

/** An HTTP server by node:http alone, which answers with who asks, after `delayMs`. */
function serve(options: http.ServerOptions, port: number, delayMs = 0): http.Server {
  const server = http.createServer(options, (request, response) => {
    request.resume()
    request.on('end', () => {
      setTimeout(() => response.end(`${request.socket.remoteAddress} ${request.url}`), delayMs)
    })
  })
  return server.listen(port)
}

async function get(url: string, options: http.RequestOptions = {}): Promise<string> {
  const request = http.get(url, options)
  const [response] = (await once(request, 'response')) as [http.IncomingMessage]
  return text(response)
}

const later = (delayMs: number): Promise<void> => new Promise(resolve => setTimeout(resolve, delayMs))

it('net.Socket and net.Server speak over the hosts’ own network, in its time', async () => {
  const net_ = new Net()
  net_.story.start(net_.host('server'), (_, say) => {
    const server = net.createServer(socket => {
      say(`from ${socket.remoteAddress} to ${socket.localPort}`)
      socket.pipe(socket)
    })
    server.listen(7, () => say(`listening ${(server.address() as AddressInfo).port} ${server.listening}`))
  })
  net_.story.start(net_.host('client'), async (_, say) => {
    await later(10)
    const socket = new net.Socket()
    expect(socket).toBeInstanceOf(net.Socket)
    socket.connect(7, 'server', () => say(`connected ${socket.remoteAddress} ${socket.readyState}`))
    say(socket.readyState)
    socket.on('close', () => say(socket.readyState))
    socket.setNoDelay(true).setKeepAlive(true).ref().unref()
    socket.write('written before ')
    socket.end('the connection stood')
    say(await text(socket))
  })
  const lines = await net_.run()
  expect(lines.map(line => line.replace(/^[\d.]+ /, ''))).toEqual([
    'server: listening 7 true',
    'client: opening',
    'client: connected 10.0.0.1 readOnly',
    'server: from 10.0.0.2 to 7',
    'client: closed',
    'client: written before the connection stood',
  ])
})

it('a connection that nobody takes fails as Node’s do', async () => {
  const net_ = new Net()
  net_.host('server').start(() => undefined)
  net_.story.start(net_.host('client'), async (_, say) => {
    for (const target of [
      { port: 9, host: 'server' },
      { port: 9, host: 'nowhere' },
    ]) {
      const socket = net.connect(target)
      const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException]
      say(`${error.code} ${error.syscall} ${socket.destroyed}`)
    }
    expect(() => net.connect('/a/path')).toThrow('only ports are routed')
  })
  expect((await net_.run()).map(line => line.split(': ')[1])).toEqual([
    'ECONNREFUSED connect true',
    'ENOTFOUND connect true',
  ])
})

it('an idle socket says so in virtual time, and one that is used does not', async () => {
  const net_ = new Net()
  net_.host('server').start(() => void net.createServer(socket => socket.pipe(socket)).listen(7))
  net_.story.start(net_.host('client'), async (_, say) => {
    await later(10)
    const socket = net.connect(7, 'server')
    await once(socket, 'connect')
    const startedMs = performance.now()
    socket.setTimeout(100, () => {
      say(`idle after ${Math.floor((performance.now() - startedMs) / 10) * 10}`)
      socket.destroy()
    })
    for (let count = 0; count < 5; count++) {
      await later(60)
      socket.write('x')
    }
    const other = net.connect(7, 'server')
    other.setTimeout(50)
    other.setTimeout(0)
    other.on('timeout', () => say('never'))
    await later(500)
    other.destroy()
  })
  expect((await net_.run()).map(line => line.split(': ')[1])).toEqual(['idle after 400'])
})

it('http.globalAgent and fetch keep the connections of each host apart, and of each process', async () => {
  const net_ = new Net()
  const connections: string[] = []
  net_.host('server').start(() => {
    serve({ keepAliveTimeout: 60_000 }, 80).on('connection', socket => connections.push(String(socket.remoteAddress)))
  })
  const clients = [net_.host('one'), net_.host('two')]
  for (const host of clients) {
    net_.story.start(host, async (_, say) => {
      await later(10)
      for (let count = 0; count < 10; count++) {
        expect(await get('http://server/')).toBe(`${host.address} /`)
        const response = await fetch('http://server/fetched')
        expect(await response.text()).toBe(`${host.address} /fetched`)
        expect(response.headers.get('date')).toBeNull()
      }
      say('done')
    })
  }
  net_.world.schedule(2_000_000, undefined, 'fault', () => clients[0]?.crash())
  net_.world.schedule(2_001_000, undefined, 'fault', () => clients[0]?.restart())
  expect((await net_.run()).map(line => line.split(' ')[1])).toEqual(['one:', 'two:', 'one:'])
  expect(net_.world.deaths).toEqual([])
  expect(connections.sort()).toEqual(['10.0.0.2', '10.0.0.2', '10.0.0.2', '10.0.0.2', '10.0.0.3', '10.0.0.3'])
})

it('a server answers 408 to a request that does not end, in virtual time, and lets the others be', async () => {
  const net_ = new Net()
  net_.host('server').start(() => {
    serve(
      { headersTimeout: 2_000, requestTimeout: 5_000, connectionsCheckingInterval: 500, keepAliveTimeout: 60_000 },
      80,
    )
  })
  net_.story.start(net_.host('client'), async (_, say) => {
    await later(10)
    const dribble = async (name: string, head: string): Promise<void> => {
      const socket = net.connect(80, 'server')
      socket.write(head)
      const answer = await text(socket)
      say(`${name} ${answer.split('\r\n')[0]} after ${Math.round(performance.now() / 500) / 2} s`)
    }
    await Promise.all([
      dribble('headers', 'GET / HTTP/1.1\r\nHost: x\r\n'),
      dribble('body', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab'),
      (async () => {
        for (let count = 0; count < 40; count++) {
          await get('http://server/')
          await later(250)
        }
        say('regular requests done')
      })(),
    ])
  })
  expect((await net_.run()).map(line => line.split(': ')[1])).toEqual([
    'headers HTTP/1.1 408 Request Timeout after 2.5 s',
    'body HTTP/1.1 408 Request Timeout after 5.5 s',
    'regular requests done',
  ])
})

it('a server lets an idle connection go when its keep-alive is over, or when it closes', async () => {
  const net_ = new Net()
  net_.story.start(net_.host('server'), async (_, say) => {
    const server = serve({ keepAliveTimeout: 5_000 }, 80)
    await later(20_000)
    server.close(() => say('closed'))
    expect(server.listening).toBe(false)
  })
  net_.story.start(net_.host('client'), async (_, say) => {
    await later(10)
    const ask = async (): Promise<void> => {
      const socket = net.connect(80, 'server')
      socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
      const startedMs = performance.now()
      await text(socket)
      say(`let go after ${Math.round((performance.now() - startedMs) / 1000)} s`)
    }
    await ask()
    await later(19_000 - performance.now())
    await ask()
    await expect(get('http://server/')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })
  expect((await net_.run()).map(line => line.replace(/^[\d.]+ /, ''))).toEqual([
    'client: let go after 6 s',
    'server: closed',
    'client: let go after 1 s',
  ])
})

it('a request may have an agent of its own, or none', async () => {
  const net_ = new Net()
  net_.host('server').start(() => void serve({}, 80))
  net_.story.start(net_.host('client'), async (_, say) => {
    await later(10)
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
    say((await Promise.all(['/a', '/b'].map(path => get(`http://server${path}`, { agent })))).join())
    agent.destroy()
    say(await get('http://server/c', { agent: false }))
  })
  expect((await net_.run()).map(line => line.split(': ')[1])).toEqual(['10.0.0.2 /a,10.0.0.2 /b', '10.0.0.2 /c'])
})

it('what arrives on a socket comes in the scope in which the socket was made', async () => {
  const storage = new AsyncLocalStorage<string>()
  const net_ = new Net()
  net_.host('server').start(() => void net.createServer(socket => socket.pipe(socket)).listen(7))
  net_.story.start(net_.host('client'), async (_, say) => {
    await later(10)
    for (const name of ['one', 'two']) {
      storage.run(name, () => {
        const socket = net.connect(7, 'server', () => say(`connect ${storage.getStore()}`))
        socket.once('data', () => say(`data ${storage.getStore()}`))
        socket.once('close', () => say(`close ${storage.getStore()}`))
        socket.end(name)
      })
    }
  })
  expect((await net_.run()).map(line => line.split(': ')[1]).sort()).toEqual([
    'close one',
    'close two',
    'connect one',
    'connect two',
    'data one',
    'data two',
  ])
})

it('names are looked up in the network of the host', async () => {
  const net_ = new Net()
  net_.story.start(net_.host('a'), async (_, say) => {
    say(JSON.stringify(await dns.promises.lookup('a')))
    say(JSON.stringify(await dns.promises.lookup('a', { all: true })))
    dns.lookup('nowhere', error => say(String(error?.code)))
  })
  expect((await net_.run()).map(line => line.split(/: (.*)/)[1])).toEqual([
    '{"address":"10.0.0.1","family":4}',
    '[{"address":"10.0.0.1","family":4}]',
    'ENOTFOUND',
  ])
})

it('a server that takes a port twice is told so', async () => {
  const net_ = new Net()
  net_.story.start(net_.host('a'), async (_, say) => {
    const first = net.createServer().listen({ port: 80 })
    await once(first, 'listening')
    expect(() => first.listen(81)).toThrow('more than once')
    const [error] = (await once(net.createServer().listen(80, '0.0.0.0'), 'error')) as [NodeJS.ErrnoException]
    say(String(error.code))
  })
  expect((await net_.run()).map(line => line.split(': ')[1])).toEqual(['EADDRINUSE'])
})
