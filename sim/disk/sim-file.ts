// A file of a simulated disk, whatever its name is at the moment: its content, and what its operations have to know.

import type { DrawsOfPath } from './draws.ts'
import { FileContent } from './file-content.ts'
import { InOrder } from './in-order.ts'

export class SimFile {
  readonly content: FileContent = new FileContent()
  readonly queue: InOrder = new InOrder()
  readonly syncs: InOrder = new InOrder()
  /** Those of the path under which it was created. */
  readonly draws: DrawsOfPath
  /** How many changes of names there were with its creation and, as long as that is not durable, its renames: a sync makes them durable. */
  nameChanges: number
  /** Counts what changes the content. */
  changes = 0
  /** The size when everything that was called has taken effect. */
  plannedSize = 0
  /** It has a name; its bytes count as used. */
  isNamed = true

  constructor(draws: DrawsOfPath, nameChanges: number) {
    this.draws = draws
    this.nameChanges = nameChanges
  }
}
