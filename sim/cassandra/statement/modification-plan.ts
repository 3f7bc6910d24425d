// INSERT, UPDATE and DELETE against a table: from bound values to what replicas are to merge.

import type { Modification } from '../cql/syntax.ts'
import type { Fragment } from '../data/fragment.ts'
import { invalid } from '../request-error.ts'
import type { Table } from '../schema/table.ts'
import { planDelete } from './plan-delete.ts'
import { planInsert } from './plan-insert.ts'
import { planUpdate } from './plan-update.ts'
import { usingTimestamp } from './using-timestamp.ts'
import type { Values, Variables } from './variables.ts'
import type { At, FragmentMaker } from './written.ts'

export interface ModificationPlan {
  readonly kind: 'modification'
  readonly table: Table
  /** The statement names one itself. */
  readonly hasTimestamp: boolean
  /** One fragment a partition, normalized. */
  fragments(values: Values, at: At): readonly Fragment[]
}

export function planModification(table: Table, statement: Modification, variables: Variables): ModificationPlan {
  if (statement.isConditional) throw invalid('Conditional statements (IF …) are not part of this server')
  const timestamp = usingTimestamp(statement.using, variables)
  const fragments = makerOf(table, statement, variables)
  return {
    kind: 'modification',
    table,
    hasTimestamp: statement.using.timestamp !== undefined,
    fragments: (values, at) => fragments(values, { ...at, atMicros: timestamp(values) ?? at.atMicros }),
  }
}

function makerOf(table: Table, statement: Modification, variables: Variables): FragmentMaker {
  switch (statement.kind) {
    case 'insert':
      return planInsert(table, statement, variables)
    case 'update':
      return planUpdate(table, statement, variables)
    case 'delete':
      return planDelete(table, statement, variables)
  }
}
