// What a filter's test says about a value. Values of different JSON types never compare: 5 is not "5".

import type { Circle, Scalar, Test } from './filters.ts'
import { compileRegex } from './linear-regex.ts'

/** One answer for each kind of value, so that columns are tested by kind. `object`: an object, with members or without. */
export interface Predicate {
  readonly missing: boolean
  readonly null: boolean
  readonly true: boolean
  readonly false: boolean
  readonly object: boolean
  number(value: number): boolean
  string(value: string): boolean
  array(value: readonly unknown[]): boolean
}

export function predicateOf(test: Test): Predicate {
  switch (test.operator) {
    case 'eq':
      return oneOf([test.value])
    case 'ne':
      return not(oneOf([test.value]))
    case 'in':
      return oneOf(test.value)
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte':
      return compared(test.operator, test.value)
    case 'exists':
      return test.value ? EXISTS : not(EXISTS)
    case 'contains':
      return contains(test.value)
    case 'not_contains':
      return not(contains(test.value))
    case 'within':
      return { ...NEVER, array: value => isWithin(value, test.value) }
    case 'regex': {
      const regex = compileRegex(test.value)
      return { ...NEVER, string: value => regex.matches(value) }
    }
  }
}

const NEVER: Predicate = {
  ...{ missing: false, null: false, true: false, false: false, object: false },
  number: () => false,
  string: () => false,
  array: () => false,
}

const EXISTS: Predicate = {
  ...{ missing: false, null: true, true: true, false: true, object: true },
  number: () => true,
  string: () => true,
  array: () => true,
}

function not(predicate: Predicate): Predicate {
  return {
    missing: !predicate.missing,
    null: !predicate.null,
    true: !predicate.true,
    false: !predicate.false,
    object: !predicate.object,
    number: value => !predicate.number(value),
    string: value => !predicate.string(value),
    array: value => !predicate.array(value),
  }
}

/** An array has each value that is in it. A missing property is as null: so `ne null` means that there is a value. */
function oneOf(wanted: readonly Scalar[]): Predicate {
  const values = new Set<unknown>(wanted)
  return {
    missing: values.has(null),
    null: values.has(null),
    true: values.has(true),
    false: values.has(false),
    object: false,
    number: value => values.has(value),
    string: value => values.has(value),
    array: value => value.some(item => values.has(item)),
  }
}

/** Texts compare by code unit. */
function compared(operator: 'lt' | 'lte' | 'gt' | 'gte', wanted: string | number): Predicate {
  const holds = <T extends string | number>(value: T, than: T): boolean => {
    switch (operator) {
      case 'lt':
        return value < than
      case 'lte':
        return value <= than
      case 'gt':
        return value > than
      case 'gte':
        return value >= than
    }
  }
  if (typeof wanted === 'number') return { ...NEVER, number: value => holds(value, wanted) }
  return { ...NEVER, string: value => holds(value, wanted) }
}

/** A text contains a part of it, an array a member. */
function contains(wanted: string | number | boolean): Predicate {
  return {
    ...NEVER,
    string: value => typeof wanted === 'string' && value.includes(wanted),
    array: value => value.includes(wanted),
  }
}

/** `value`: [longitude, latitude]. */
function isWithin(value: readonly unknown[], circle: Circle): boolean {
  const [longitude, latitude] = value
  if (value.length !== 2 || typeof longitude !== 'number' || typeof latitude !== 'number') return false
  const halfLatitude = radians(latitude - circle.latitude) / 2
  const halfLongitude = radians(longitude - circle.longitude) / 2
  const h =
    Math.sin(halfLatitude) ** 2 +
    Math.cos(radians(latitude)) * Math.cos(radians(circle.latitude)) * Math.sin(halfLongitude) ** 2
  return 2 * EARTH_RADIUS_MILES * Math.asin(Math.min(1, Math.sqrt(h))) <= circle.milesMax
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180
}

const EARTH_RADIUS_MILES = 3_958.8
