import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { foreshock } from './foreshock.ts'
import { FOLDER, writeReport } from './reports.ts'

afterAll(() => rmSync(FOLDER, { recursive: true }))

const one = writeReport('one', { hashes: [1, 2, 3, 4] })
const same = writeReport('same', { hashes: [1, 2, 3, 4] })
const other = writeReport('other', { hashes: [1, 2, 7, 8] })
const longer = writeReport('longer', { hashes: [1, 2, 3, 4, 5] })
const traceless = writeReport('traceless', { hashes: [1, 2, 3, 9] })
rmSync(join(traceless, 'trace.bin'))

describe('diff', () => {
  it('of two equal runs says so, and exits with 0', async () => {
    const { code, stdout, stderr } = await foreshock('diff', one, same)
    expect(stdout).toContain('They are the same run: both have 4 entries and the trace hash 1-2-3-4.')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })

  it('shows the first difference from both sides, and exits with 13', async () => {
    const { code, stdout, stderr } = await foreshock('diff', one, other)
    expect(stdout).toContain('The first entry agrees. Entry 2 is on both sides, but what it delivered differs')
    expect(stdout).toMatch(/^ {2}left +3 +0:00\.002000 +write-1 +timer +2 +00000003$/m)
    expect(stdout).toMatch(/^ {2}right +3 +0:00\.002000 +write-1 +timer +2 +00000007$/m)
    expect({ code, stderr }).toEqual({ code: 13, stderr: '' })
  })

  it('says why there is no stack, where an address cannot be run here', async () => {
    const { stdout } = await foreshock('diff', one, other)
    expect(stdout).toMatch(/left: where the entry was armed\n +unknown: there is no scenario called long-gone/)
  })

  it('says which run goes on where the other ends', async () => {
    const { code, stdout } = await foreshock('diff', longer, one)
    expect(stdout).toContain('The first 4 entries agree. The right run has no entry 5; the other goes on.')
    expect(code).toBe(13)
  })

  it('says what is known, where a trace is missing and its address cannot be run here', async () => {
    const { code, stdout } = await foreshock('diff', one, traceless)
    expect(stdout).toContain('it is known that they agree on the first 0 entries and differ before entry 4')
    expect(code).toBe(13)
  })
})
