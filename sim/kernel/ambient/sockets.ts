// net.Socket and net.connect: inside a run they are of the host's own network.

import http from 'node:http'
import net from 'node:net'
import { checkInVirtualTime } from './http-server-checks.ts'
import { listen } from './simulated-server.ts'
import { SimulatedSocket } from './simulated-socket.ts'
import { replace, route } from './replace.ts'
import { refuse } from './trap.ts'

export function routeSockets(): void {
  const RealSocket = net.Socket
  route(net, 'Socket', (args, _self, newTarget) => {
    if (newTarget === undefined || newTarget === (net.Socket as unknown)) return new SimulatedSocket(args[0] as object)
    return refuse(`a class over net.Socket (${newTarget.name})`, 'only net.Socket itself is routed')
  })
  const hasInstance = Function.prototype[Symbol.hasInstance]
  Object.defineProperty(net.Socket, Symbol.hasInstance, {
    configurable: true,
    value: (socket: unknown) => socket instanceof SimulatedSocket || hasInstance.call(RealSocket, socket),
  })
  replace(net, 'Stream', net.Socket)
  for (const name of ['connect', 'createConnection'] as const) {
    route(net, name, args => new SimulatedSocket(args[0] as object).connect(...args))
  }
  route(net.Server.prototype, 'listen', (args, self) =>
    self instanceof http.Server
      ? listen(self, args, () => checkInVirtualTime(self as http.Server))
      : listen(self as net.Server, args),
  )
}
