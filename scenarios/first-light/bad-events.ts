// What must be refused, and how: status and code of the API's specification, written down here once more. Each is sent alone
// and, where that is possible, among good events, whose fate it must not change.

import type { Refusal } from '../history.ts'
import type { BadEvent, BadRequest } from '../workload.ts'
import { PROJECTS } from './data-sets.ts'

export const BAD_EVENTS: readonly BadEvent[] = [
  event('collection with a dollar', 'InvalidCollectionNameError', { collection: 'fli$ghts' }),
  event('collection that starts with an underscore', 'InvalidCollectionNameError', { collection: '_flights' }),
  event('collection that ends with a period', 'InvalidCollectionNameError', { collection: 'flights.' }),
  event('collection of 65 characters', 'InvalidCollectionNameError', { collection: 'f'.repeat(65) }),
  event('collection that is not ASCII', 'InvalidCollectionNameError', { collection: 'vuelos año' }),
  event('property with a period', 'InvalidPropertyNameError', { value: { 'delay.minutes': 3 } }),
  event('property that starts with a dollar', 'InvalidPropertyNameError', { value: { deep: { $set: 3 } } }),
  event('property of 256 characters', 'InvalidPropertyNameError', { value: { ['p'.repeat(256)]: 3 } }),
  event('string of 10,000 characters', 'InvalidPropertyValueError', { value: { note: 'n'.repeat(10_000) } }),
  event('number over the limit', 'InvalidPropertyValueError', { value: { list: [{ distance: 1e19 }] } }),
  event('timestamp that is none', 'InvalidPropertyValueError', { value: { keen: { timestamp: 'yesterday' } } }),
  event('id of its own', 'InvalidKeenNamespacePropertyError', { value: { keen: { id: '4fea721933da5b4e8e000002' } } }),
  event('unknown word of keen', 'InvalidKeenNamespacePropertyError', { value: { keen: { mood: 'good' } } }),
  event('list for an event', 'InvalidEventError', { value: [1, 2, 3] }),
  event('number for an event', 'InvalidEventError', { value: 17 }),
  event('text for an event', 'InvalidEventError', { value: 'LAS to SFO' }),
  event('null for an event', 'InvalidEventError', { value: null }),
]

/** An event of more than 900,000 bytes, no property of which is at fault; apart from the others, as it costs much to send. */
export const OVERSIZED: BadEvent = {
  name: 'event over 900,000 bytes',
  collection: 'flights',
  value: { log: Array.from({ length: 100 }, (_, index) => `${index}`.padStart(9_100, '.')) },
  alone: { status: 413, code: 'RequestTooLargeError' },
  inBulk: 'InvalidEventError',
}

export const BAD_REQUESTS: readonly BadRequest[] = [
  request('text that is no JSON', 400, 'InvalidJSONError', { collection: 'flights', body: '{"delay": 3' }),
  request('an event and more', 400, 'InvalidJSONError', { collection: 'flights', body: '{"delay": 3} {"delay": 4}' }),
  request('no body', 400, 'InvalidJSONError', { collection: 'flights', body: '' }),
  request('bulk text that is no JSON', 400, 'InvalidJSONError', { body: '{"flights": [{"delay": 3},]}' }),
  request('bulk list', 400, 'InvalidBatchError', { body: '[{"delay": 3}]' }),
  request('bulk of one event, not of lists', 400, 'InvalidBatchError', { body: '{"flights": {"delay": 3}}' }),
  request('write with a read key', 403, 'RequestForbiddenError', { collection: 'flights', body: '{}', key: 'read' }),
  request('write with a wrong key', 401, 'InvalidApiKeyError', { collection: 'flights', body: '{}', key: 'wrong' }),
  request('write without a key', 401, 'InvalidApiKeyError', { body: '{"flights": [{}]}', key: 'none' }),
  request('unknown project', 404, 'ResourceNotFoundError', { collection: 'flights', body: '{}', project: 'riker' }),
]

function event(
  name: string,
  code: string,
  { collection = 'flights', value = { delay: 3 } }: { readonly collection?: string; readonly value?: unknown },
): BadEvent {
  return { name, collection, value, alone: { status: 400, code }, inBulk: code }
}

function request(
  name: string,
  status: number,
  code: string,
  parts: Partial<BadRequest> & { readonly body: string },
): BadRequest {
  const expected: Refusal = { status, code }
  return { name, project: PROJECTS.birds, key: 'write', expected, ...parts }
}
