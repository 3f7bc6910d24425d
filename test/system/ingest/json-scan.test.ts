import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { JsonScanner, JsonSyntaxError } from '../../../system/ingest/json-scan.ts'

describe('the scanner', () => {
  test('takes what JSON.parse takes', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom('', ' ', '\n\t\r '), (text, space) => {
        expect(faultOf(space + text + space)).toBeUndefined()
      }),
      { seed: 1, numRuns: 500 },
    )
  })

  test('agrees with JSON.parse on damaged text', () => {
    let refused = 0
    const damaged = fc
      .tuple(fc.json(), fc.nat(), fc.constantFrom(...'{}[]",:\\0-+.eEtn \u0001u'))
      .map(([text, at, by]) => {
        const position = at % (text.length + 1)
        return text.slice(0, position) + by + text.slice(position + (at % 2))
      })
    fc.assert(
      fc.property(damaged, text => {
        const isJson = isJsonByParse(text)
        if (!isJson) refused++
        expect([text, faultOf(text) === undefined]).toEqual([text, isJson])
      }),
      { seed: 2, numRuns: 3000 },
    )
    expect(refused).toBeGreaterThan(500)
  })

  const faults: readonly [string, string, string][] = [
    ['an empty text', '', 'Unexpected end at position 0'],
    ['a missing value', '{"a":}', "Unexpected '}' at position 5"],
    ['a comma too many', '[1,]', "Unexpected ']' at position 3"],
    ['a text that stops', '{"a":[1', 'Unexpected end at position 7'],
    ['a word that is none', '[tru]', "Unexpected ']' at position 4"],
    ['a number with a leading zero', '[01]', "Unexpected '1' at position 2"],
    ['a line break in a string', '"a\nb"', 'Unexpected byte 0x0a at position 2'],
    ['an escape that is none', '"\\x"', "Unexpected 'x' at position 2"],
    ['more behind the value', '{} {}', "Unexpected '{' at position 3"],
    ['a key without quotes', '{a:1}', "Unexpected 'a' at position 1"],
    ['HTML', '<html>', "Unexpected '<' at position 0"],
  ]
  test.each(faults)('says where %s is wrong', (_, text, message) => {
    expect(faultOf(text)).toBe(message)
  })

  const depths: readonly [string, number][] = [
    ['1', 0],
    ['{}', 1],
    ['[[],[[]]]', 3],
    ['{"a":{"b":[1]}}', 3],
  ]
  test.each(depths)('tells the depth of %s', (text, depth) => {
    expect(new JsonScanner(Buffer.from(text)).value().depth).toBe(depth)
  })

  test('needs no stack of calls for a million open lists', () => {
    expect(faultOf('['.repeat(1_000_000))).toBe('Unexpected end at position 1000000')
    expect(faultOf('['.repeat(1_000_000) + ']'.repeat(1_000_000))).toBeUndefined()
  })
})

function faultOf(text: string): string | undefined {
  const scanner = new JsonScanner(Buffer.from(text))
  try {
    scanner.value()
    scanner.expectEnd()
    return undefined
  } catch (error) {
    if (error instanceof JsonSyntaxError) return error.message
    throw error
  }
}

function isJsonByParse(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
