// Recording events: one, or a batch.

import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Ingest, NotTaken } from '../ingest/ingest.ts'
import type { BodyFault } from '../ingest/read-body.ts'
import type { Refusal } from '../ingest/refusal.ts'
import type { KeyKind, Projects } from '../tenancy/projects.ts'
import { authenticate } from './authenticate.ts'
import { ApiError } from './errors.ts'
import type { ErrorCode } from './errors.ts'
import type { Route } from './routes.ts'

export function eventRoutes(projects: Projects, ingest: Ingest): readonly Route[] {
  const admit = (request: FastifyRequest): void => void authenticate(request, projects, MAY_WRITE)
  return [
    {
      method: 'POST',
      url: '/3.0/projects/:project/events/:collection',
      admit,
      async answer(request: FastifyRequest, reply: FastifyReply) {
        const { project, collection } = request.params as { readonly project: string; readonly collection: string }
        const answer = await ingest.single({ project, collection, body: bodyOf(request) })
        if (answer.kind === 'event-refused')
          throw new ApiError(answer.refusal.name, { message: answer.refusal.description })
        if (answer.kind !== 'created') throw errorOf(answer)
        void reply.code(201)
        return { created: true }
      },
    },
    {
      method: 'POST',
      url: '/3.0/projects/:project/events',
      admit,
      async answer(request: FastifyRequest) {
        const { project } = request.params as { readonly project: string }
        const answer = await ingest.batch({ project, body: bodyOf(request) })
        if (answer.kind !== 'results') throw errorOf(answer)
        // Only collections are keys: clients go over all of them. Without a prototype, as a client chooses the names.
        const results = Object.create(null) as Record<string, unknown>
        for (const [collection, fates] of answer.results) results[collection] = fates.map(resultOf)
        return results
      },
    },
  ]
}

const MAY_WRITE: readonly KeyKind[] = ['write', 'master']

function bodyOf(request: FastifyRequest): Uint8Array {
  return request.body instanceof Uint8Array ? request.body : new Uint8Array(0)
}

function resultOf(refusal: Refusal | undefined): unknown {
  return refusal === undefined ? { success: true } : { success: false, error: refusal }
}

function errorOf(answer: BodyFault | NotTaken): ApiError {
  if (answer.kind !== 'not-taken') return new ApiError(BODY_FAULTS[answer.kind], { message: answer.what })
  return new ApiError(answer.outcome.kind === 'refused' ? 'ServiceUnavailableError' : 'OutcomeUnknownError')
}

const BODY_FAULTS: Readonly<Record<BodyFault['kind'], ErrorCode>> = {
  'not-json': 'InvalidJSONError',
  'not-a-batch': 'InvalidBatchError',
  'too-large': 'RequestTooLargeError',
}
