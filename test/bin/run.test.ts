import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readHistory, readLogs, readRecord, readTrace } from '../../reports/run-folder.ts'
import { formatAttempt } from '../../scenarios/history.ts'
import { foreshock, start } from './foreshock.ts'
import type { Ran } from './foreshock.ts'

/** Without faults: what is tried here is the command, and a run without faults is the shortest. */
const ADDRESS = 'first-light/default@none:small#3'
const folder = mkdtempSync(join(tmpdir(), 'foreshock-run-'))
const report = join(folder, 'run')
afterAll(() => rmSync(folder, { recursive: true }))

const REAL_MS_MAX = 120_000

describe('run', { timeout: REAL_MS_MAX }, () => {
  let ran: Ran
  beforeAll(async () => {
    const choices = ['--faults', 'none', '--size', 'small', '--seed', '3']
    ran = await foreshock('run', 'first-light', ...choices, '--out', report, '--verify')
  }, REAL_MS_MAX)

  it('of a good seed says so, names the report, and exits with 0', () => {
    expect(ran.stdout).toMatch(new RegExp(`^${ADDRESS}\\+\\S+$`, 'm'))
    expect(ran.stdout).toMatch(/^AS EXPECTED: /m)
    expect(ran.stdout).toContain(`report   ${report}`)
    expect(ran).toMatchObject({ code: 0, stderr: '' })
  })

  it('with --verify holds its hash against that of a fresh process', () => {
    const { traceHash } = readRecord(report)
    expect(ran.stdout).toMatch(
      new RegExp(`^verify   a second run in a fresh process: .* trace hash ${traceHash}$`, 'm'),
    )
  })

  it('leaves a report whose parts belong together', () => {
    const record = readRecord(report)
    const [history, logs, trace] = [readHistory(report), readLogs(report), readTrace(report)]
    expect(record).toMatchObject({ address: ADDRESS, verdict: { kind: 'as-expected' }, faults: [] })
    expect(history.length).toBe(record.operations)
    expect(trace.entries).toBe(record.entries)
    expect(trace.row(record.entries - 1)?.atMicros).toBe(record.virtualMicros)
    expect(new Set(logs.map(({ host }) => host))).toContain('write-1')
    expect(history.some(({ kind }) => kind === 'query')).toBe(true)
  })

  it('can be told from its report: an event from its client to a reader', async () => {
    const { code, stdout } = await foreshock('explain', report, firstEventOf(report))
    expect(stdout).toMatch(/^\S+\/1: the client was told that it is accepted; first seen at/)
    for (const part of [' client-', ' write-', 'event accepted', ' stream-', 'range committed', ' reader-']) {
      expect(stdout).toContain(part)
    }
    expect(code).toBe(0)
  })

  it('is the same run as its address', async () => {
    const { code, stdout } = await foreshock('diff', report, ADDRESS)
    expect(stdout).toContain('They are the same run')
    expect(code).toBe(0)
  })

  it('differs from that of another seed at an entry whose stacks are shown', async () => {
    const { code, stdout } = await foreshock('diff', report, ADDRESS.replace('#3', '#4'))
    expect(stdout).toMatch(/^The first .* agree/m)
    const stacks = stdout.split('where the entry was armed')
    expect(stacks).toHaveLength(3)
    for (const stack of stacks.slice(1)) expect(stack).toMatch(/^ +at .*\.ts:\d+/m)
    expect(code).toBe(13)
  })
})

describe('replay', { timeout: REAL_MS_MAX }, () => {
  it('of an address from another commit warns and goes on; --until stops it, which is no verdict; --logs shows hosts', async () => {
    const out = join(folder, 'until')
    const args = ['--until', '3000', '--logs', 'debug', '--out', out]
    const { code, stdout, stderr } = await foreshock('replay', `${ADDRESS}+abcdef`, ...args)
    expect(stderr).toMatch(
      /^The address was recorded at commit abcdef, and this tree is at \S+: the decisions are the same/,
    )
    expect(stdout).toMatch(/^\d+:\d\d\.\d{6} {2}\S+ +(debug|info|warn|error) {2}\S/m)
    expect(stdout).toMatch(/^UNKNOWN: the run was stopped at an entry/m)
    expect(stdout).toMatch(/^replay {3}npx foreshock replay '.*' --until 3000$/m)
    expect(readRecord(out).entries).toBe(3_000)
    expect(code).toBe(12)
  })
})

describe('seeds', { timeout: REAL_MS_MAX }, () => {
  it('runs a range and ends with the counts', async () => {
    const { code, stdout, stderr } = await foreshock('seeds', 'first-light', '--seeds', '3..4', '--verify-every', '2')
    expect(stdout).toMatch(
      /^2 runs in [\d.]+ s: [\d,]+ client operations, [\d,]+ entries, 1 verified in a fresh process$/m,
    )
    expect(stdout).toMatch(/^2 passed, 0 failed\n$/m)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })

  it('interrupted has the summary of what was done', async () => {
    const command = start('seeds', 'first-light', '--seeds', '1..100000', '--jobs', '1')
    await command.says('seeds 1..100000')
    command.interrupt()
    const { code, stdout, stderr } = await command.ended
    expect(stdout).toMatch(/^interrupted: \d+ of 100,000 runs were done$/m)
    expect(stdout).toMatch(/^\d+ passed, 0 failed\n$/m)
    expect({ code, stderr }).toEqual({ code: 12, stderr: '' })
  })
})

function firstEventOf(run: string): string {
  const sent = readHistory(run).flatMap(operation => (operation.kind === 'write' ? operation.items : []))
  const accepted = sent.find(({ what, fate }) => what.kind === 'event' && fate.kind === 'accepted')
  return accepted?.what.kind === 'event' ? formatAttempt(accepted.what.attempt) : 'none'
}
