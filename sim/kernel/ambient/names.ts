// dns.lookup is asked by most libraries, and answered by the host's network; the rest of dns is not.

import dns from 'node:dns'
import { route } from './replace.ts'
import { networkOfRunningProcess } from './simulated-socket.ts'

interface LookupOptions {
  readonly all?: boolean
}

interface Found {
  readonly address: string
  readonly family: 4
}

type Done = (error: Error | null, found?: string | readonly Found[], family?: 4) => void

export function routeNames(): void {
  route(dns, 'lookup', args => {
    const done = args.pop() as Done
    const [name, options] = args
    lookUp(name as string).then(
      found => (isAll(options) ? done(null, found) : done(null, found[0]?.address, 4)),
      (error: Error) => done(error),
    )
  })
  route(dns.promises, 'lookup', async ([name, options]) => {
    const found = await lookUp(name as string)
    return isAll(options) ? found : found[0]
  })
}

async function lookUp(name: string): Promise<readonly Found[]> {
  const addresses = await networkOfRunningProcess('dns.lookup').resolve(name)
  return addresses.map(address => ({ address, family: 4 }))
}

function isAll(options: unknown): boolean {
  return (options as LookupOptions | undefined)?.all === true
}
