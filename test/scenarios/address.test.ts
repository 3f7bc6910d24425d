import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AddressError, formatAddress, parseAddress, SEED_MAX } from '../../scenarios/address.ts'

describe('an address', () => {
  test('prints and parses to itself', () => {
    const name = fc.stringMatching(/^[a-z0-9]{1,8}(-[a-z0-9]{1,4}){0,2}$/)
    const address = fc.record(
      {
        scenario: name,
        variant: name,
        faults: name,
        size: name,
        seed: fc.nat(SEED_MAX),
        commit: fc.stringMatching(/^[0-9a-f]{7,12}(-dirty)?$/),
      },
      { requiredKeys: ['scenario', 'variant', 'faults', 'size', 'seed'], noNullPrototype: true },
    )
    fc.assert(
      fc.property(address, value => {
        expect(parseAddress(formatAddress(value))).toEqual(value)
      }),
      { seed: 1 },
    )
  })

  test('says what a run was', () => {
    expect(parseAddress('first-light/default@light:small#17+ab12cd3')).toEqual({
      scenario: 'first-light',
      variant: 'default',
      faults: 'light',
      size: 'small',
      seed: 17,
      commit: 'ab12cd3',
    })
  })

  test.each([
    '',
    'first-light',
    'first-light/default@light:small',
    'first-light/default@light:small#-1',
    'first-light/default@light:small#01',
    'first-light/default@light:small#1.5',
    'first-light/default@light:small#99999999999999999999',
    'first-light/default@light:small#9999999999999999',
    'first-light/default@light:small#1+',
    'First/default@light:small#1',
    ' first-light/default@light:small#1',
  ])('"%s" is refused', text => expect(() => parseAddress(text)).toThrow(AddressError))
})
