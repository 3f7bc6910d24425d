// A write host: takes events over HTTP, answers when they are in the queue.

import { eventRoutes } from '../api/event-routes.ts'
import { startHttpServer } from '../api/http-server.ts'
import { addRoutes } from '../api/routes.ts'
import type { Configuration } from '../configuration.ts'
import { createIngest } from '../ingest/ingest.ts'
import { kafkaClient } from '../queue/kafka-client.ts'
import { createLogProducer } from '../queue/log-producer.ts'
import { createPublisher } from '../queue/publisher.ts'
import { checkTopic } from '../queue/topics.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { projectsOf } from '../tenancy/projects.ts'
import type { Service } from './service.ts'
import { untilReady } from './until-ready.ts'

/** Resolves when requests are taken; rejects when the queue is not ready within `startMs`, or the port is taken. */
export async function startWrite(runtime: Runtime, configuration: Configuration): Promise<Service> {
  const kafka = kafkaClient(runtime, configuration)
  const { startMs } = configuration.limits
  await untilReady(runtime, { what: 'the queue', withinMs: startMs }, () => checkTopic(kafka, configuration))
  const publisher = createPublisher(runtime, configuration, createLogProducer(kafka, configuration))
  const ingest = createIngest({ clock: runtime.clock, publisher }, configuration)
  const projects = projectsOf(configuration.projects)
  const server = await startHttpServer(runtime, configuration, app => addRoutes(app, eventRoutes(projects, ingest)))
  return {
    async stop() {
      await server.stop()
      await publisher.stop()
    },
  }
}
