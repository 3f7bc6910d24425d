// Write and query hosts over a network in memory, with a queue and a query engine that the test plays.

import type { FastifyInstance } from 'fastify'
import { afterEach } from 'vitest'
import { eventRoutes } from '../../../system/api/event-routes.ts'
import { startHttpServer } from '../../../system/api/http-server.ts'
import type { HttpServer } from '../../../system/api/http-server.ts'
import { queryRoutes } from '../../../system/api/query-routes.ts'
import type { QueryRequest } from '../../../system/api/query-routes.ts'
import { addRoutes } from '../../../system/api/routes.ts'
import { parseConfiguration } from '../../../system/configuration.ts'
import { createIngest } from '../../../system/ingest/ingest.ts'
import type { Publication, PublishOutcome } from '../../../system/queue/publication.ts'
import type { Network } from '../../../system/runtime/network.ts'
import { projectsOf } from '../../../system/tenancy/projects.ts'
import { fakeRuntime } from '../queue/fake-runtime.ts'
import type { FakeRuntime } from '../queue/fake-runtime.ts'
import { memoryNetwork } from './memory-network.ts'

export const W: string = 'W'.repeat(64)
export const R: string = 'R'.repeat(64)
export const M: string = 'M'.repeat(64)
export const EVENT = '/3.0/projects/p1/events/purchases'
export const BATCH = '/3.0/projects/p1/events'

const servers: HttpServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop()
})

export interface Started {
  readonly network: Network
  readonly runtime: FakeRuntime
  readonly server: HttpServer
}

async function start(
  limits: Readonly<Record<string, number>>,
  addTo: (app: FastifyInstance, runtime: FakeRuntime) => void,
): Promise<Started> {
  const network = memoryNetwork()
  const runtime = { ...fakeRuntime(), network }
  const configuration = parseConfiguration({ limits })
  const server = await startHttpServer(runtime, configuration, app => addTo(app, runtime))
  servers.push(server)
  return { network, runtime, server }
}

const projects = projectsOf([{ id: 'p1', name: 'one', writeKey: W, readKey: R, masterKey: M }])

export async function startWrite(
  options: { readonly held?: boolean; readonly connectionsMax?: number } = {},
): Promise<Started & { readonly published: readonly Publication[]; settleWith(outcome: PublishOutcome): void }> {
  const published: Publication[] = []
  const held: ((outcome: PublishOutcome) => void)[] = []
  const publisher = {
    publish(publication: Publication): Promise<PublishOutcome> {
      published.push(publication)
      if (options.held === true) return new Promise(resolve => held.push(resolve))
      return Promise.resolve({ kind: 'accepted', place: { partition: 0, offset: published.length, writer: '', n: 0 } })
    },
    stop: () => Promise.resolve(),
  }
  const limits = options.connectionsMax === undefined ? {} : { connectionsMax: options.connectionsMax }
  const started = await start(limits, (app, runtime) => {
    const ingest = createIngest({ clock: runtime.clock, publisher }, parseConfiguration({}))
    addRoutes(app, eventRoutes(projects, ingest))
  })
  return { ...started, published, settleWith: outcome => held.splice(0).forEach(settle => settle(outcome)) }
}

export async function startQuery(): Promise<Started & { readonly asked: readonly QueryRequest[] }> {
  const asked: QueryRequest[] = []
  const started = await start({}, app =>
    addRoutes(
      app,
      queryRoutes(projects, query => {
        asked.push(query)
        const { event_collection: collection } = query.parameters
        if (collection === 'crash') return Promise.reject(new Error('a bug'))
        if (collection === 'fail') {
          return Promise.reject(Object.assign(new Error('no'), { code: 'FilterDefinitionError', status: 400 }))
        }
        return Promise.resolve({ result: 21 })
      }),
    ),
  )
  return { ...started, asked }
}
