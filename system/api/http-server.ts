// An HTTP server over the Network port: fastify routes, node:http parses, connections come from the port. What a role
// serves is handed in; limits, errors and headers are the same for all.

import Fastify from 'fastify'
import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Configuration, Limits } from '../configuration.ts'
import { duplexOver } from '../runtime/duplex.ts'
import { errorText } from '../runtime/error-text.ts'
import type { Connection } from '../runtime/network.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { watchConnection } from './connection-limits.ts'
import type { WatchedConnection } from './connection-limits.ts'
import { answerOf, ApiError, rawAnswer } from './errors.ts'
import type { ErrorAnswer, ErrorCode } from './errors.ts'
import { httpDate } from './http-date.ts'

export interface HttpServer {
  /** Takes no new connections, lets requests under way be answered for up to `drainMs`, then closes everything. */
  stop(): Promise<void>
}

/** An error that already knows its answer: those of queries. */
export interface AnsweringError extends Error {
  readonly code: string
  readonly status: number
}

/** Resolves when the port is bound. Rejects with a NetworkError if it cannot be. */
export async function startHttpServer(
  runtime: Runtime,
  configuration: Configuration,
  addRoutes: (app: FastifyInstance) => void,
): Promise<HttpServer> {
  const { limits } = configuration
  const connections = new Map<Duplex, WatchedConnection>()
  const app = createApp(runtime, limits, connections)
  addRoutes(app)
  await app.ready()
  const listener = await runtime.network.listen({ port: configuration.http.port }, connection => {
    if (connections.size >= limits.connectionsMax) refuse(runtime, connection)
    else take(runtime, { limits, connections, server: app.server }, connection)
  })
  runtime.log.write('info', 'listening', { port: listener.port })

  return {
    async stop() {
      await listener.close()
      for (const connection of connections.values()) connection.finish()
      await drained(runtime, limits.drainMs, connections)
      for (const duplex of connections.keys()) duplex.destroy()
      await app.close()
    },
  }
}

function createApp(runtime: Runtime, limits: Limits, connections: Map<Duplex, WatchedConnection>): FastifyInstance {
  const app = Fastify({
    bodyLimit: limits.bodyBytesMax,
    routerOptions: { maxParamLength: PARAMETER_LENGTH_MAX },
    frameworkErrors: (error, _request, reply) => {
      const answer = answerOfError(runtime, error)
      void (reply as FastifyReply)
        .code(answer.status)
        .headers({ ...CORS, ...answer.headers })
        .send(answer.body)
    },
    clientErrorHandler: (error, socket) => {
      connections.get(socket)?.closeWith(rawAnswer(CLIENT_ERRORS[error.code] ?? 'MalformedRequestError'))
    },
    serverFactory: handler =>
      createPortServer(limits, (request, response) => {
        connections.get(request.socket)?.begin(request, response)
        response.sendDate = false
        response.setHeader('date', httpDate(runtime.clock.wallMs()))
        // Every body is read as JSON: beacons send text/plain, webhooks anything, and some a type that is none.
        delete request.headers['content-type']
        handler(request, response)
      }),
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  app.addHook('onRequest', (request, reply, done) => {
    void reply.headers(CORS)
    if (request.method === 'OPTIONS') void reply.code(204).send()
    else done()
  })
  app.setNotFoundHandler(() => {
    throw new ApiError('ResourceNotFoundError')
  })
  app.setErrorHandler((error: FastifyError, _request, reply) => {
    const answer = answerOfError(runtime, error)
    return reply.code(answer.status).headers(answer.headers).send(answer.body)
  })
  return app
}

/** Its timers are off: those of `watchConnection` hold. */
function createPortServer(limits: Limits, handle: Parameters<typeof createServer>[1]): Server {
  const server = createServer({ maxHeaderSize: limits.headerBytesMax, keepAliveTimeout: 0 }, handle)
  server.headersTimeout = 0
  server.requestTimeout = 0
  server.timeout = 0
  return server
}

function take(
  runtime: Runtime,
  parts: { limits: Limits; connections: Map<Duplex, WatchedConnection>; server: Server },
  connection: Connection,
): void {
  const { limits, connections, server } = parts
  const duplex = duplexOver(connection)
  duplex.on('error', () => undefined)
  duplex.on('close', () => connections.delete(duplex))
  server.emit('connection', duplex)
  const onTimeout = (limit: keyof Limits): void => {
    runtime.log.count('http_connections_cut', 1, { limit })
    if (limit !== 'keepAliveMs') runtime.log.write('info', 'connection cut', { limit, from: connection.remoteAddress })
  }
  connections.set(duplex, watchConnection({ clock: runtime.clock, onTimeout }, limits, duplex))
}

function refuse(runtime: Runtime, connection: Connection): void {
  runtime.log.count('http_connections_cut', 1, { limit: 'connectionsMax' })
  connection.handle({})
  connection.destroy({ reset: true })
}

async function drained(
  runtime: Runtime,
  drainMs: number,
  connections: ReadonlyMap<Duplex, WatchedConnection>,
): Promise<void> {
  const untilMs = runtime.clock.monotonicMs() + drainMs
  while ([...connections.values()].some(connection => connection.isBusy)) {
    if (runtime.clock.monotonicMs() >= untilMs) return
    await runtime.clock.sleep(DRAIN_LOOK_MS)
  }
}

function answerOfError(runtime: Runtime, error: Error): ErrorAnswer {
  if (error instanceof ApiError) return answerOf(error)
  if (isAnswering(error)) {
    return { status: error.status, headers: {}, body: { message: error.message, error_code: error.code } }
  }
  const code = 'code' in error ? FRAMEWORK_ERRORS[String(error.code)] : undefined
  if (code !== undefined) return answerOf(new ApiError(code))
  runtime.log.count('http_internal_errors')
  runtime.log.write('error', 'request failed', { error: errorText(error) })
  return answerOf(new ApiError('InternalServerError'))
}

function isAnswering(error: Error): error is AnsweringError {
  return 'status' in error && typeof error.status === 'number' && 'code' in error && typeof error.code === 'string'
}

const FRAMEWORK_ERRORS: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'RequestTooLargeError',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'MalformedRequestError',
  FST_ERR_BAD_URL: 'MalformedRequestError',
  FST_ERR_MAX_PARAM_LENGTH: 'UriTooLongError',
  ECONNRESET: 'MalformedRequestError',
}

const CLIENT_ERRORS: Readonly<Record<string, ErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'HeadersTooLargeError',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'RequestTooLargeError',
}

/** Of one path segment: long enough that an overlong collection name is told what is wrong with it. */
const PARAMETER_LENGTH_MAX = 2_048

const DRAIN_LOOK_MS = 10

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, HEAD, POST, PUT, DELETE, OPTIONS',
  'access-control-allow-headers': 'Authorization, Content-Type, Keen-Sdk, Origin, Accept, X-Requested-With',
  'access-control-max-age': '86400',
}
