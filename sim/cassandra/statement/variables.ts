// The markers of a statement: what each is for, and how a value gets from the request into the statement.

import type { Term } from '../cql/syntax.ts'
import { RequestError, invalid } from '../request-error.ts'
import type { CqlType } from '../types/cql-type.ts'
import { constantBytes } from '../types/literal.ts'
import { validateValue } from '../types/validate.ts'

/** Null is CQL's null; undefined was not set: the column stays as it is. */
export type Bound = Uint8Array | null | undefined

/** By the index of the marker. */
export type Values = readonly Bound[]

export type Getter = (values: Values) => Bound

export interface Variable {
  readonly name: string
  readonly type: CqlType
}

export class Variables {
  readonly #variables: (Variable | undefined)[]
  readonly #names: readonly (string | undefined)[]

  constructor(names: readonly (string | undefined)[]) {
    this.#names = names
    this.#variables = new Array<Variable | undefined>(names.length).fill(undefined)
  }

  /** In the order of their markers. All terms must have been compiled. */
  get all(): readonly Variable[] {
    return this.#variables.map(variable => {
      if (variable === undefined) throw new RequestError({ kind: 'server-error' }, 'a marker without a receiver')
      return variable
    })
  }

  /** What the term will be. Constants are converted here, once; bound values are checked each time. */
  getter(term: Term, receiver: Variable): Getter {
    switch (term.kind) {
      case 'null':
        return () => null
      case 'constant': {
        const bytes = constantBytes(term.constant, receiver)
        return () => bytes
      }
      case 'marker': {
        const { index } = term
        const { type } = receiver
        this.#variables[index] = { name: this.#names[index] ?? receiver.name, type }
        return values => {
          const value = values[index]
          if (value !== null && value !== undefined) validateValue(type, value)
          return value
        }
      }
    }
  }

  /** A getter for a place where there must be a value. */
  required(term: Term, receiver: Variable): (values: Values) => Uint8Array {
    const getter = this.getter(term, receiver)
    return values => {
      const value = getter(values)
      if (value === null) throw invalid(`Invalid null value in condition for column ${receiver.name}`)
      if (value === undefined) throw invalid(`Invalid unset value for column ${receiver.name}`)
      return value
    }
  }
}
