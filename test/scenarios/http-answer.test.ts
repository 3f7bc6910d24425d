import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AnswerParser } from '../../scenarios/http-answer.ts'

const BY_LENGTH = 'HTTP/1.1 201 Created\r\ncontent-length: 5\r\nX-Kind: a: b\r\n\r\nhello'
const CHUNKED = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n'
const UNTIL_END = 'HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nhello'
const EMPTY = 'HTTP/1.1 204 No Content\r\n\r\n'

/** Pushes the text in pieces that end at these places. */
function parse(text: string, places: readonly number[] = []): AnswerParser {
  const parser = new AnswerParser()
  const bytes = Buffer.from(text, 'latin1')
  const cuts = [...new Set(places.map(place => place % bytes.length))].filter(cut => cut > 0).sort((a, b) => a - b)
  for (const [index, from] of [0, ...cuts].entries()) parser.push(bytes.subarray(from, cuts[index]))
  return parser
}

describe('an answer', () => {
  test.each([
    [BY_LENGTH, 201, 'hello'],
    [CHUNKED, 200, 'hello'],
    [UNTIL_END, 200, 'hello'],
    [EMPTY, 204, ''],
  ])('is the same however it is cut: %j', (text, status, body) => {
    fc.assert(
      fc.property(fc.array(fc.nat()), places => {
        const parser = parse(text, places)
        if (text === UNTIL_END) expect(parser.end()).toBe('done')
        const answer = parser.answer()
        expect([answer.status, Buffer.from(answer.body).toString()]).toEqual([status, body])
      }),
      { seed: 1 },
    )
  })

  test('has its headers by their names in lower case', () => {
    expect(parse(BY_LENGTH).answer().headers.get('x-kind')).toBe('a: b')
  })

  test.each([BY_LENGTH, CHUNKED])('that is cut short is not done when the connection ends: %j', text => {
    for (let length = 1; length < text.length; length++) {
      const parser = new AnswerParser()
      expect(parser.push(Buffer.from(text.slice(0, length), 'latin1'))).toBe('more')
      expect(parser.end()).toBe('more')
    }
  })

  test.each([
    'HTTP/2 200\r\n\r\n',
    'HTTP/1.1 999 No\r\n\r\n',
    'HTTP/1.1 200 OK\r\nno colon\r\n\r\n',
    'HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n',
    `${BY_LENGTH}more`,
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n',
    `${CHUNKED}more`,
  ])('that is none is malformed: %j', text => {
    expect(new AnswerParser().push(Buffer.from(text, 'latin1'))).toBe('malformed')
  })
})
