// The rules of .dependency-cruiser.cjs must bite: each planted import below is one that must never land.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { checkImports } from './check-imports.ts'

const REFUSED: readonly (readonly [from: string, to: string, rule: string])[] = [
  ['system/ingest/a.ts', 'sim/kernel/b.ts', 'system-imports'],
  ['sim/kafka/a.ts', 'system/queue/b.ts', 'sim-imports'],
  ['sim/kernel/a.ts', 'scenarios/b.ts', 'sim-imports'],
  ['chaos/a.ts', 'system/store/b.ts', 'chaos-imports'],
  ['chaos/a.ts', 'scenarios/b.ts', 'chaos-imports'],
  ['scenarios/a.ts', 'reports/b.ts', 'scenarios-imports'],
  ['reports/a.ts', 'bin/b.ts', 'reports-imports'],
  ['system/queue/a.ts', 'system/ingest/b.ts', 'system-queue-imports'],
  ['system/store/a.ts', 'system/query/b.ts', 'system-store-imports'],
  ['system/query/a.ts', 'system/stream/b.ts', 'system-query-imports'],
  ['system/api/a.ts', 'system/store/b.ts', 'system-api-imports'],
  ['system/runtime/a.ts', 'system/tenancy/b.ts', 'system-runtime-imports'],
  ['system/a.ts', 'system/store/b.ts', 'system-files-import'],
  ['system/queue/a.ts', 'system/runtime/live/b.ts', 'live-stays-at-the-edge'],
  ['scenarios/invariants/a.ts', 'system/queue/b.ts', 'checkers-share-nothing'],
]

const ALLOWED: readonly (readonly [from: string, to: string])[] = [
  ['system/ingest/a.ts', 'system/queue/b.ts'],
  ['system/stream/a.ts', 'system/store/b.ts'],
  ['system/api/a.ts', 'system/query/b.ts'],
  ['sim/kafka/a.ts', 'system/runtime/b.ts'],
  ['scenarios/a.ts', 'system/roles/b.ts'],
  ['test/sim/a.ts', 'sim/kernel/b.ts'],
]

const planted: string[] = []
afterAll(() => planted.forEach(root => rmSync(root, { recursive: true })))

function plant(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'import-rules-'))
  planted.push(root)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return root
}

function plantImport(from: string, to: string): string {
  const up = '../'.repeat(from.split('/').length - 1)
  return plant({ [from]: `import '${up}${to}'\n`, [to]: 'export const b: number = 1\n' })
}

describe('import rules', () => {
  it.each(REFUSED)('%s may not import %s', async (from, to, rule) => {
    const report = await checkImports(plantImport(from, to))
    expect(report.violations).toContain(`${rule}: ${from} → ${to}`)
  })

  it.each(ALLOWED)('%s may import %s', async (from, to) => {
    const report = await checkImports(plantImport(from, to))
    expect(report.violations).toEqual([])
    expect([...report.modulesByFolder.values()].reduce((sum, count) => sum + count)).toBe(2)
  })

  it('a cycle of values is refused, and a pair of types that name each other is not', async () => {
    const values = await checkImports(
      plant({ 'sim/a.ts': `import './b.ts'\n`, 'sim/b.ts': `import './a.ts'\n`, 'system/c.ts': '' }),
    )
    expect(values.violations).toContain('no-cycle: sim/a.ts → sim/b.ts')
    const types = await checkImports(
      plant({
        'sim/a.ts': `import type { B } from './b.ts'\nexport type A = { b?: B }\n`,
        'sim/b.ts': `import type { A } from './a.ts'\nexport type B = { a?: A }\n`,
      }),
    )
    expect(types.violations).toEqual([])
  })

  it('an import that leads nowhere is refused', async () => {
    const report = await checkImports(plant({ 'sim/a.ts': `import './nowhere.ts'\n` }))
    expect(report.violations).toEqual(['nothing-unresolved: sim/a.ts → ./nowhere.ts'])
  })
})
