// What a parsed statement says, before anybody knows whether its tables exist.

import type { Constant } from '../types/literal.ts'

export interface Name {
  readonly keyspace: string | undefined
  readonly name: string
}

export type Term =
  | { readonly kind: 'constant'; readonly constant: Constant }
  | { readonly kind: 'null' }
  | { readonly kind: 'marker'; readonly index: number; readonly name: string | undefined }

export type Operator = '=' | '<' | '<=' | '>' | '>=' | '!='

export type Relation =
  | { readonly kind: 'compare'; readonly column: string; readonly operator: Operator; readonly term: Term }
  | { readonly kind: 'in'; readonly column: string; readonly terms: readonly Term[] }
  /** `column IN ?`: one bound list. */
  | { readonly kind: 'in-marker'; readonly column: string; readonly term: Term }
  | { readonly kind: 'token'; readonly columns: readonly string[]; readonly operator: Operator; readonly term: Term }

export interface Using {
  readonly timestamp: Term | undefined
  readonly ttl: Term | undefined
}

export type PropertyValue =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'map'; readonly entries: ReadonlyMap<string, string> }

export type Properties = ReadonlyMap<string, PropertyValue>

export interface ColumnSyntax {
  readonly name: string
  readonly type: TypeSyntax
  readonly isStatic: boolean
}

export interface TypeSyntax {
  readonly name: string
  readonly parameters: readonly TypeSyntax[]
}

export interface CreateTable {
  readonly kind: 'create-table'
  readonly table: Name
  readonly ifNotExists: boolean
  readonly columns: readonly ColumnSyntax[]
  readonly partitionKey: readonly string[]
  readonly clustering: readonly string[]
  /** How often the statement says PRIMARY KEY. */
  readonly primaryKeys: number
  readonly clusteringOrder: readonly { readonly column: string; readonly isDescending: boolean }[]
  readonly properties: Properties
}

export interface Insert {
  readonly kind: 'insert'
  readonly table: Name
  readonly columns: readonly string[]
  readonly values: readonly Term[]
  readonly using: Using
  readonly isConditional: boolean
}

export interface Update {
  readonly kind: 'update'
  readonly table: Name
  readonly using: Using
  readonly assignments: readonly { readonly column: string; readonly term: Term }[]
  readonly where: readonly Relation[]
  readonly isConditional: boolean
}

export interface Delete {
  readonly kind: 'delete'
  readonly table: Name
  readonly columns: readonly string[]
  readonly using: Using
  readonly where: readonly Relation[]
  readonly isConditional: boolean
}

export type Modification = Insert | Update | Delete

export type Selector =
  | { readonly kind: 'column'; readonly column: string; readonly alias: string | undefined }
  | { readonly kind: 'count'; readonly alias: string | undefined }

export interface Select {
  readonly kind: 'select'
  readonly table: Name
  /** Undefined: all columns. */
  readonly selectors: readonly Selector[] | undefined
  readonly isDistinct: boolean
  readonly where: readonly Relation[]
  readonly orderBy: readonly { readonly column: string; readonly isDescending: boolean }[]
  readonly limit: Term | undefined
  readonly allowFiltering: boolean
}

export interface Batch {
  readonly kind: 'batch'
  readonly type: 'LOGGED' | 'UNLOGGED' | 'COUNTER'
  readonly using: Using
  readonly statements: readonly Modification[]
}

export type SchemaStatement =
  | {
      readonly kind: 'create-keyspace'
      readonly name: string
      readonly ifNotExists: boolean
      readonly properties: Properties
    }
  | { readonly kind: 'drop-keyspace'; readonly name: string; readonly ifExists: boolean }
  | CreateTable
  | { readonly kind: 'drop-table'; readonly table: Name; readonly ifExists: boolean }

export type Statement =
  | SchemaStatement
  | Modification
  | Select
  | Batch
  | { readonly kind: 'use'; readonly keyspace: string }
  | { readonly kind: 'truncate'; readonly table: Name }

export interface ParsedStatement {
  readonly statement: Statement
  /** In the order in which they stand; undefined where a marker is a question mark. */
  readonly markers: readonly (string | undefined)[]
}
