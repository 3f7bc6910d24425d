// A role's routes as data, and what every role serves beside them.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ApiError } from './errors.ts'

export interface Route {
  readonly method: 'GET' | 'POST'
  readonly url: string
  /** Called before the body is read; throws ApiError. */
  admit(request: FastifyRequest): void
  answer(request: FastifyRequest, reply: FastifyReply): Promise<unknown>
}

/** The list of versions, the routes, and 405 with the methods that there are for the others of each URL. */
export function addRoutes(app: FastifyInstance, routes: readonly Route[]): void {
  const methods = new Map<string, string[]>()
  for (const { method, url, admit, answer } of [VERSIONS, ...routes]) {
    app.route({
      method,
      url,
      onRequest: (request, _reply, done) => {
        admit(request)
        done()
      },
      handler: answer,
    })
    const known = methods.get(url) ?? []
    methods.set(url, [...known, method, ...(method === 'GET' ? ['HEAD'] : [])])
  }
  for (const [url, known] of methods) {
    const others = METHODS.filter(method => !known.includes(method))
    const refuse = (): never => {
      throw new ApiError('InvalidHttpVerbError', { headers: { allow: [...known, 'OPTIONS'].join(', ') } })
    }
    app.route({ method: others, url, onRequest: refuse, handler: refuse })
  }
}

const METHODS = ['DELETE', 'GET', 'HEAD', 'PATCH', 'POST', 'PUT']

const VERSIONS: Route = {
  method: 'GET',
  url: '/',
  admit: () => undefined,
  answer: () =>
    Promise.resolve([
      { is_public: false, url: '/1.0', version: '1.0' },
      { is_public: false, url: '/2.0', version: '2.0' },
      { is_public: true, url: '/3.0', version: '3.0' },
    ]),
}
