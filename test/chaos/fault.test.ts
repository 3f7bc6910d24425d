import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FaultSyntaxError, formatFault, hostsOf, isMeant, parseFault, undoOf } from '../../chaos/fault.ts'
import { anyFault } from './arbitrary-fault.ts'

describe('a fault', () => {
  test('prints and parses to itself', () => {
    fc.assert(
      fc.property(anyFault, fault => {
        expect(parseFault(formatFault(fault))).toEqual(fault)
      }),
      { seed: 1 },
    )
  })

  test.each([
    ['crash store-1', 'restart'],
    ['power-loss kafka-2', 'restart'],
    ['freeze write-1', 'thaw'],
    ['cut write-1 -- kafka-1', 'heal'],
    ['one-way-cut kafka-1 -> kafka-2', 'heal'],
    ['slow write-1 -- kafka-1 by 50 ms', 'release'],
  ] as const)('%s is ended by %s', (text, undo) => {
    const fault = parseFault(text)
    expect(undoOf(fault)).toBe(undo)
    expect(formatFault(fault)).toBe(text)
    for (const host of hostsOf(fault)) expect(text).toContain(host)
  })

  test.each([
    '',
    'crash',
    'crash Store-1',
    'crash store-1 ',
    'crash store-1 crash store-2',
    'explode store-1',
    'cut a',
    'cut a -> b',
    'one-way-cut a -- b',
    'slow a -- b',
    'slow a -- b by 0 ms',
    'slow a -- b by -1 ms',
    'crash store--1',
  ])('"%s" is refused with what was expected', text => {
    expect(() => parseFault(text)).toThrow(FaultSyntaxError)
    expect(() => parseFault(text)).toThrow(/expected `crash HOST`/)
  })

  test.each([
    ['store-1', 'store-1', true],
    ['store', 'store-1', true],
    ['store', 'store-12', true],
    ['store', 'store', true],
    ['store-1', 'store-12', false],
    ['kafka', 'kafka-controller', false],
    ['store', 'storehouse-1', false],
  ])('of %s means %s: %s', (end, host, expected) => {
    expect(isMeant(end, host)).toBe(expected)
  })
})
