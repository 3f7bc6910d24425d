// Who may do what: the project of a request's path, and the key that it carries.

import type { FastifyRequest } from 'fastify'
import type { KeyKind, Project, Projects } from '../tenancy/projects.ts'
import { ApiError } from './errors.ts'

/**
 * The project of `:project` in the path, if the request's key is one of `permitted`. Throws ApiError: an unknown project is
 * not found whatever the key; a key that is missing or unknown is not a valid one; one of another kind is forbidden.
 */
export function authenticate(request: FastifyRequest, projects: Projects, permitted: readonly KeyKind[]): Project {
  const { project: id } = request.params as { readonly project: string }
  const project = projects.find(id)
  if (project === undefined) throw new ApiError('ResourceNotFoundError', { message: 'Project not found.' })
  const key = keyOf(request)
  const kind = key === undefined ? undefined : projects.kindOfKey(project, key)
  if (kind === undefined) throw new ApiError('InvalidApiKeyError')
  if (!permitted.includes(kind)) throw new ApiError('RequestForbiddenError', { message: FORBIDDEN })
  return project
}

const FORBIDDEN = "You're not allowed to run this request. Check your API Key and maybe try again."

/** The bare key in the Authorization header, else the parameter api_key; clients that send both send the same. */
function keyOf(request: FastifyRequest): string | undefined {
  const header = request.headers.authorization?.trim()
  if (header !== undefined && header !== '') return header
  const parameter = (request.query as Readonly<Record<string, unknown>>)['api_key']
  const first: unknown = Array.isArray(parameter) ? parameter[0] : parameter
  return typeof first === 'string' && first !== '' ? first : undefined
}
