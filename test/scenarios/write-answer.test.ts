import { describe, expect, test } from 'vitest'
import type { Fate, WriteItem } from '../../scenarios/history.ts'
import type { HttpOutcome } from '../../scenarios/http-client.ts'
import { writeAnswerOf } from '../../scenarios/write-answer.ts'

const item = (collection: string, key: string): WriteItem => ({
  collection,
  what: { kind: 'event', attempt: { key, number: 1 } },
  fate: { kind: 'unknown' },
})
const ONE = [item('a', '1')]
const THREE = [item('a', '1'), item('b', '2'), item('a', '3')]

const answered = (status: number, body: unknown): HttpOutcome => ({
  kind: 'answer',
  answer: { status, headers: new Map(), body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)) },
})
const error = (code: string): unknown => ({ message: 'said', error_code: code })
const fates = (form: 'single' | 'bulk', items: readonly WriteItem[], outcome: HttpOutcome): readonly Fate[] =>
  writeAnswerOf(form, items, outcome).fates

describe('a client learns from', () => {
  test.each([
    ['201 that it was created', answered(201, { created: true }), { kind: 'accepted' }],
    [
      '400 that it is refused',
      answered(400, error('InvalidEventError')),
      { kind: 'refused', code: 'InvalidEventError' },
    ],
    ['503 that nothing was stored', answered(503, error('ServiceUnavailableError')), { kind: 'failed' }],
    ['408 that nothing was read', answered(408, error('RequestTimeoutError')), { kind: 'failed' }],
    ['504 nothing', answered(504, error('OutcomeUnknownError')), { kind: 'unknown' }],
    ['500 nothing', answered(500, error('InternalServerError')), { kind: 'unknown' }],
    ['201 without the word nothing', answered(201, {}), { kind: 'unknown' }],
    ['a page of a proxy nothing', answered(502, '<html>'), { kind: 'unknown' }],
    ['a request that was never sent that it failed', { kind: 'not-sent', why: 'refused' }, { kind: 'failed' }],
    ['silence nothing', { kind: 'unknown', why: 'no answer in time' }, { kind: 'unknown' }],
  ] as const)('%s', (_, outcome, fate) => {
    expect(fates('single', ONE, outcome)).toEqual([fate])
  })

  test('a batch what became of each, in the order of each collection', () => {
    const refused = { success: false, error: { name: 'InvalidEventError', description: 'no' } }
    expect(fates('bulk', THREE, answered(200, { b: [{ success: true }], a: [refused, { success: true }] }))).toEqual([
      { kind: 'refused', code: 'InvalidEventError' },
      { kind: 'accepted' },
      { kind: 'accepted' },
    ])
  })

  test.each([
    ['lacks a collection', { a: [{ success: true }, { success: true }] }],
    ['has too few results', { a: [{ success: true }], b: [{ success: true }] }],
    ['has too many results', { a: [1, 2, 3].map(() => ({ success: true })), b: [{ success: true }] }],
    ['has a collection more', { a: [1, 2].map(() => ({ success: true })), b: [{ success: true }], c: [] }],
    ['has a result that says nothing', { a: [{}, { success: true }], b: [{ success: true }] }],
    ['is no JSON', 'fine'],
  ])('a batch whose answer %s nothing, and calls it strange', (_, body) => {
    const answer = writeAnswerOf('bulk', THREE, answered(200, body))
    expect(answer.reply.kind).toBe('strange')
    expect(answer.fates).toEqual([{ kind: 'unknown' }, { kind: 'unknown' }, { kind: 'unknown' }])
  })
})
