import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileRegex, RegexSyntaxError } from '../../../system/query/linear-regex.ts'

/** Expressions of the syntax that both sides know, over few characters, so that they often match. */
const expression = fc.letrec<{ any: string; atom: string }>(tie => ({
  atom: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(
      'a',
      'b',
      'c',
      '.',
      '\\d',
      '\\w',
      '\\s',
      '\\W',
      '\\.',
      '[ab]',
      '[^a]',
      '[a-c0-9]',
      '[\\d_-]',
      '^',
      '$',
    ),
    fc.constantFrom('\\b', '\\B', 'é', '\\u0061', '[]', '[^]', '\\n'),
    tie('any').map(inner => `(${inner})`),
    tie('any').map(inner => `(?:${inner})`),
  ),
  any: fc.oneof(
    { maxDepth: 4 },
    tie('atom'),
    fc.tuple(tie('any'), tie('any')).map(parts => parts.join('')),
    fc.tuple(tie('any'), tie('any')).map(parts => parts.join('|')),
    fc
      .tuple(tie('any'), fc.constantFrom('*', '+', '?', '{2}', '{1,}', '{0,2}', '*?', '+?', '??', '{1,2}?'))
      .map(([inner, repeat]) => `(?:${inner})${repeat}`),
  ),
})).any

const text = fc.string({
  unit: fc.constantFrom('a', 'b', 'c', '0', '_', '-', ' ', '.', '\n', 'é'),
  maxLength: 12,
})

describe('a regular expression', () => {
  test('matches what JavaScript matches', () => {
    fc.assert(
      fc.property(expression, fc.array(text, { minLength: 1, maxLength: 5 }), (source, texts) => {
        const [ours, theirs] = [compileRegex(source), new RegExp(source, 'u')]
        for (const one of texts) expect([source, one, ours.matches(one)]).toStrictEqual([source, one, theirs.test(one)])
      }),
      { seed: 1, numRuns: 3_000 },
    )
  })

  test('takes a character beyond the first 65,536 as one', () => {
    expect(compileRegex('^a.a$').matches('a😀a')).toBe(true)
    expect(compileRegex('^[😀-😂]{2}$').matches('😀😁')).toBe(true)
  })

  test('with (?i) in front matches letters of either case', () => {
    expect(compileRegex('(?i)^strasse [a-f]+$').matches('STRASSE aBc')).toBe(true)
    expect(compileRegex('^strasse').matches('STRASSE')).toBe(false)
  })

  test('that keeps a backtracking matcher busy for ever is answered at once', () => {
    const hostile = `${'a'.repeat(5_000)}!`
    expect(compileRegex('^(a+)+$').matches(hostile)).toBe(false)
    expect(compileRegex('(a|aa)*b').matches(hostile)).toBe(false)
    expect(compileRegex('(.*a){20}c').matches(hostile)).toBe(false)
  })

  test.each([
    ['(', 'does not close'],
    ['(a', 'does not close'],
    ['a)', 'closes a group'],
    ['[a', 'does not close'],
    ['*a', 'nothing to repeat'],
    ['a**', 'nothing to repeat'],
    ['a{3,2}', 'at most less than at least'],
    ['(?=a)', 'group other than'],
    ['(a)\\1', 'back reference'],
    ['\\q', 'unknown escape'],
    ['\\', 'ends too early'],
    ['[b-a]', 'out of order'],
    ['a{1000}', 'more than 500 steps'],
    ['((a{100}){100}){100}', 'more than 500 steps'],
    ['(){9999}'.repeat(100).slice(0, 800) + 'a{501}', 'more than 500 steps'],
    ['('.repeat(60), 'nested deeper'],
    ['a'.repeat(1_001), 'more than 1000 characters'],
  ])('%j is refused', (source, why) => {
    expect(() => compileRegex(source)).toThrow(RegexSyntaxError)
    expect(() => compileRegex(source)).toThrow(why)
  })
})
