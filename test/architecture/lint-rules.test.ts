// The lint rules must bite too: what reaches past the ports is refused in the folders in which a run must be repeatable.

import { ESLint } from 'eslint'
import tseslint from 'typescript-eslint'
import { describe, expect, it } from 'vitest'

const REFUSED: readonly (readonly [code: string, rule: string])[] = [
  ['export const at: number = Date.now()', 'no-restricted-syntax'],
  ['export const at: Date = new Date()', 'no-restricted-syntax'],
  ['export const at: Date = new Date(2026, 0, 1)', 'no-restricted-syntax'],
  ['export const at: number = performance.now()', 'no-restricted-globals'],
  ['setTimeout(() => undefined, 1)', 'no-restricted-globals'],
  ['export const place: string | undefined = process.env.HOME', 'no-restricted-globals'],
  ['console.log(1)', 'no-restricted-globals'],
  ['await fetch("/")', 'no-restricted-globals'],
  ['export const draw: number = Math.random()', 'no-restricted-properties'],
  ['export const signal: AbortSignal = AbortSignal.timeout(1)', 'no-restricted-properties'],
  ['import { randomUUID } from "node:crypto"\nrandomUUID()', '@typescript-eslint/no-restricted-imports'],
  ['import { gzip } from "node:zlib"\ngzip("", () => 1)', '@typescript-eslint/no-restricted-imports'],
  ['import { readFileSync } from "node:fs"\nreadFileSync("")', '@typescript-eslint/no-restricted-imports'],
  ['import { connect } from "node:net"\nconnect(1)', '@typescript-eslint/no-restricted-imports'],
  ['export let count: number = 0', 'no-restricted-syntax'],
  ['const seen = new Map<string, number>()\nexport const size: number = seen.size', 'no-restricted-syntax'],
  ['export default 1', 'no-restricted-syntax'],
  ['export * from "./other.ts"', 'no-restricted-syntax'],
  ['export const order: number = "a".localeCompare("b")', 'no-restricted-syntax'],
]

const ALLOWED: readonly string[] = [
  'export const text: string = new Date(0).toISOString()',
  'export const at: number = Date.UTC(2026, 0, 1)',
  'import { createHash } from "node:crypto"\nexport const hash: unknown = createHash("sha256")',
  'import { gunzipSync } from "node:zlib"\nexport const text: unknown = gunzipSync("")',
  'const TABLE: ReadonlyMap<string, number> = new Map()\nexport const size: number = TABLE.size',
]

const FOLDERS = ['system/ingest', 'sim/kafka', 'sim/cassandra', 'sim/network', 'sim/disk', 'chaos']

// The rules tried here need no types, and without types a text needs no file.
const eslint = new ESLint({ overrideConfig: [{ files: ['**/*.ts'], ...tseslint.configs.disableTypeChecked }] })

async function refusals(folder: string, code: string): Promise<readonly (string | null)[]> {
  const [result] = await eslint.lintText(code, { filePath: `${folder}/planted.ts` })
  return (result?.messages ?? []).map(message => message.ruleId)
}

describe.each(FOLDERS)('%s', folder => {
  it.each(REFUSED)('refuses %s', async (code, rule) => {
    expect(await refusals(folder, code)).toContain(rule)
  })

  it.each(ALLOWED)('allows %s', async code => {
    expect(await refusals(folder, code)).toEqual([])
  })
})

it('the ambient shim of the kernel may touch what it replaces', async () => {
  expect(await refusals('sim/kernel/ambient', 'export const at: number = Date.now()')).toEqual([])
})
