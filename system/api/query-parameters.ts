// A query's parameters, from a JSON body or from the text of a URL, as one kind of object.

import { isUtf8 } from 'node:buffer'
import { JsonScanner, JsonSyntaxError } from '../ingest/json-scan.ts'
import { ApiError } from './errors.ts'

export type QueryParameters = Record<string, unknown>

/**
 * From a POST body: the object itself. An empty body is an empty object. Throws ApiError for what is not JSON, or no object.
 */
export function parametersOfBody(body: Uint8Array): QueryParameters {
  if (body.length === 0) return {}
  if (!isUtf8(body)) throw new ApiError('InvalidJSONError', { message: 'The body is not UTF-8.' })
  try {
    const scanner = new JsonScanner(body)
    scanner.value()
    scanner.expectEnd()
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error
    throw new ApiError('InvalidJSONError', { message: `The body is not JSON: ${error.message}.` })
  }
  const value: unknown = JSON.parse(Buffer.from(body).toString('utf8'))
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ApiError('InvalidJSONError', { message: 'The body of a query must be a JSON object.' })
  }
  return value as QueryParameters
}

/**
 * From a URL's parameters, where all is text: lists, objects and quoted strings are JSON inside the text, numbers are
 * digits. Text that should be JSON and is not stays text, and the query says what is wrong with it. Of a parameter that
 * is given twice the last counts, except that two timeframes are an error, as also `timeframe[start]=…` is.
 */
export function parametersOfUrl(query: Readonly<Record<string, string | readonly string[]>>): QueryParameters {
  const parameters: QueryParameters = Object.create(null) as QueryParameters
  for (const [name, given] of Object.entries(query)) {
    if (name.startsWith('timeframe[') || (name === 'timeframe' && typeof given !== 'string')) {
      const what = "'You have multiple values for timeframe specified.'"
      const message = `You sent in an invalid definition for the timeframe: ${what}.`
      throw new ApiError('TimeframeDefinitionError', { message })
    }
    const text = typeof given === 'string' ? given : given.at(-1)
    if (name === '' || name === 'api_key' || text === undefined || text === '') continue
    parameters[name] = valueOf(name, text)
  }
  return parameters
}

function valueOf(name: string, text: string): unknown {
  const kind = KINDS.get(name)
  if (kind === 'number' && NUMBER.test(text)) return Number(text)
  if (kind === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  if (kind === undefined || !LOOKS_LIKE_JSON.test(text)) return text
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

/** What a name's text may be beside plain text. Keen's JavaScript clients send even a time zone in JSON's quotes. */
const KINDS: ReadonlyMap<string, 'json' | 'number' | 'boolean'> = new Map([
  ['timeframe', 'json'],
  ['timezone', 'number'],
  ['filters', 'json'],
  ['group_by', 'json'],
  ['order_by', 'json'],
  ['property_names', 'json'],
  ['steps', 'json'],
  ['analyses', 'json'],
  ['limit', 'number'],
  ['latest', 'number'],
  ['max_age', 'number'],
  ['percentile', 'number'],
  ['include_metadata', 'boolean'],
])
const NUMBER = /^-?\d{1,15}(\.\d{1,15})?$/
const LOOKS_LIKE_JSON = /^\s*[[{"]/
