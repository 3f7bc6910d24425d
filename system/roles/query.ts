// A query host: answers queries over HTTP from what is in the store.

import { startHttpServer } from '../api/http-server.ts'
import { queryRoutes } from '../api/query-routes.ts'
import { addRoutes } from '../api/routes.ts'
import type { Configuration } from '../configuration.ts'
import { PartialResults } from '../query/partial-results.ts'
import { runQuery } from '../query/run-query.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { projectsOf } from '../tenancy/projects.ts'
import { openStore } from './open-store.ts'
import type { Service } from './service.ts'

/** Resolves when queries are taken; rejects when the store is not ready within `startMs`, or the port is taken. */
export async function startQuery(runtime: Runtime, configuration: Configuration): Promise<Service> {
  const { store, close } = await openStore(runtime, configuration)
  const results = new PartialResults(configuration.limits.queryCacheBytesMax)
  const ports = { runtime, store, limits: configuration.limits, results }
  const routes = queryRoutes(projectsOf(configuration.projects), request => runQuery(request, ports))
  const server = await startHttpServer(runtime, configuration, app => addRoutes(app, routes))
  return {
    async stop() {
      await server.stop()
      await close()
    },
  }
}
