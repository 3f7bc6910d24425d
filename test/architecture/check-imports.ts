// Holds every import to the rules of .dependency-cruiser.cjs, and counts what it looked at: a tool that sees no module finds
// no violation either, and would say that all is well.

import { cruise } from 'dependency-cruiser'
import type { ICruiseResult } from 'dependency-cruiser'
import extractTsConfig from 'dependency-cruiser/config-utl/extract-ts-config'
import { existsSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

export interface ImportReport {
  /** Modules of this project that were parsed, per top-level folder. */
  readonly modulesByFolder: ReadonlyMap<string, number>
  readonly violations: readonly string[]
  /** Files that the tool did not see, though they are there. */
  readonly unseen: readonly string[]
}

/** Looks at `folders` below `root` (default: the working directory, and all folders that the rules name). */
export async function checkImports(root: string, folders: readonly string[] = FOLDERS): Promise<ImportReport> {
  const present = folders.filter(folder => existsSync(join(root, folder)))
  const config = createRequire(import.meta.url)(join(PROJECT, '.dependency-cruiser.cjs')) as {
    forbidden: []
    options: object
  }
  const { output } = await cruise(
    present,
    { ...config.options, ruleSet: { forbidden: config.forbidden }, validate: true, baseDir: root },
    undefined,
    { tsConfig: extractTsConfig(join(PROJECT, 'tsconfig.json')) },
  )
  const result = output as ICruiseResult
  const own = result.modules
    .map(module => module.source)
    .filter(source => present.some(f => source.startsWith(`${f}/`)))
  const files = present.flatMap(folder => sourceFiles(root, folder))
  const seen = new Set(own)
  return {
    modulesByFolder: new Map(present.map(folder => [folder, own.filter(f => f.startsWith(`${folder}/`)).length])),
    violations: result.summary.violations.map(each => `${each.rule.name}: ${each.from} → ${each.to}`),
    unseen: files.filter(file => !seen.has(file)),
  }
}

const PROJECT = join(import.meta.dirname, '../..')
const FOLDERS = ['system', 'sim', 'chaos', 'scenarios', 'reports', 'bin', 'test']

function sourceFiles(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter(entry => entry.isFile() && /\.(ts|js)$/.test(entry.name))
    .map(entry => join(entry.parentPath, entry.name).slice(root.length + 1))
    .filter(file => !file.startsWith('reports/out/'))
}

async function main(): Promise<number> {
  const report = await checkImports(PROJECT)
  const counts = [...report.modulesByFolder].map(([folder, count]) => `${folder} ${count}`)
  const modules = [...report.modulesByFolder.values()].reduce((sum, count) => sum + count, 0)
  for (const violation of report.violations) console.error(violation)
  for (const file of report.unseen) console.error(`not seen: ${file}`)
  console.log(`import rules: ${modules} modules (${counts.join(', ')}), ${report.violations.length} violations`)
  if (modules === 0) console.error('no module was seen: the check itself does not work')
  return modules === 0 || report.violations.length > 0 || report.unseen.length > 0 ? 1 : 0
}

if (import.meta.main) process.exitCode = await main()
