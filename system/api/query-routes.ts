// Asking queries: parameters in a URL or in a JSON body, the answer of the query engine as it is.

import type { FastifyRequest } from 'fastify'
import type { KeyKind, Projects } from '../tenancy/projects.ts'
import { authenticate } from './authenticate.ts'
import { parametersOfBody, parametersOfUrl } from './query-parameters.ts'
import type { QueryParameters } from './query-parameters.ts'
import type { Route } from './routes.ts'

export interface QueryRequest {
  readonly project: string
  readonly analysis: 'count' | 'extraction'
  readonly parameters: QueryParameters
}

/** `run` resolves with the body of the answer, or rejects with an error that has `code`, `status` and a message. */
export function queryRoutes(projects: Projects, run: (request: QueryRequest) => Promise<unknown>): readonly Route[] {
  const admit = (request: FastifyRequest): void => void authenticate(request, projects, MAY_READ)
  return ANALYSES.flatMap(analysis => {
    const url = `/3.0/projects/:project/queries/${analysis}`
    const answer = async (request: FastifyRequest): Promise<unknown> =>
      run({ project: projectOf(request), analysis, parameters: parametersOf(request) })
    return [
      { method: 'GET', url, admit, answer },
      { method: 'POST', url, admit, answer },
    ] satisfies Route[]
  })
}

const ANALYSES = ['count', 'extraction'] as const
const MAY_READ: readonly KeyKind[] = ['read', 'master']

function projectOf(request: FastifyRequest): string {
  return (request.params as { readonly project: string }).project
}

/** A POST may carry parameters in its URL too; those in the body win. */
function parametersOf(request: FastifyRequest): QueryParameters {
  const ofUrl = parametersOfUrl(request.query as Readonly<Record<string, string | readonly string[]>>)
  if (request.method !== 'POST') return ofUrl
  const body = request.body instanceof Uint8Array ? request.body : new Uint8Array(0)
  return { ...ofUrl, ...parametersOfBody(body) }
}
