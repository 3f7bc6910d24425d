import { expect, test } from 'vitest'
import { parametersOfBody } from '../../../system/api/query-parameters.ts'

const bodies: readonly [string, Buffer, string][] = [
  ['no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 'The body is not UTF-8.'],
  [
    'half of a surrogate pair in UTF-8',
    Buffer.from([0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x3a, 0x31, 0x7d]),
    'not UTF-8',
  ],
  ['cut off', Buffer.from('{"event_collection":"a'), 'Unexpected end at position 22'],
  ['two values', Buffer.from('{} {}'), "Unexpected '{' at position 3"],
  ['a list', Buffer.from('[{}]'), 'must be a JSON object'],
  ['null', Buffer.from('null'), 'must be a JSON object'],
  ['a text', Buffer.from('"event_collection"'), 'must be a JSON object'],
]
test.each(bodies)('the body of a query that is %s is InvalidJSONError', (_, body, what) => {
  expect(() => parametersOfBody(body)).toThrow(expect.objectContaining({ code: 'InvalidJSONError' }))
  expect(() => parametersOfBody(body)).toThrow(what)
})

test('names that objects have by themselves are parameters like any other', () => {
  const parameters = parametersOfBody(Buffer.from('{"__proto__":{"latest":1},"constructor":2}'))
  expect(Object.keys(parameters)).toEqual(['__proto__', 'constructor'])
  expect(parameters['latest']).toBeUndefined()
})
