import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { foreshock } from './foreshock.ts'
import { FOLDER, writeReport } from './reports.ts'

const otherFormat = writeReport('other-format', { record: { format: 99 } })
const whole = writeReport('whole', {})
const empty = join(FOLDER, 'empty')
mkdirSync(empty)
const damaged = writeReport('damaged', {})
writeFileSync(join(damaged, 'history.jsonl'), '{"kind":')
const file = join(FOLDER, 'a-file')
writeFileSync(file, '')

afterAll(() => rmSync(FOLDER, { recursive: true }))

describe('wrong use is one sentence that says what to do, and exit code 64', () => {
  it.concurrent.each<[what: string, args: readonly string[], sentence: RegExp]>([
    ['a command that is none', ['fly'], /unknown command 'fly' \(foreshock --help shows more\)/],
    ['a missing scenario', ['run'], /missing required argument 'scenario' \(foreshock run --help/],
    ['an option that is none', ['run', 'first-light', '--sead', '7'], /unknown option '--sead'.*--seed/s],
    ['an unknown scenario', ['run', 'last-light'], /no scenario called last-light: choose one of first-light/],
    ['an unknown variant', ['run', 'first-light', '--variant', 'x'], /no variant of first-light called x: choose one/],
    ['an unknown size', ['run', 'first-light', '--size', 'x'], /no size of first-light called x: choose one of small/],
    ['unknown faults', ['run', 'first-light', '--faults', 'x'], /family of faults of first-light called x: choose one/],
    ['a negative seed', ['run', 'first-light', '--seed', '-1'], /--seed must be an integer from 0 to .*'-1'/],
    ['a seed that is no number', ['run', 'first-light', '--seed', '1e3'], /--seed must be an integer.*'1e3'/],
    ['an entry that is none', ['run', 'first-light', '--until', '0'], /--until must be an integer from 1/],
    ['a level that is none', ['run', 'first-light', '--logs', 'loud'], /'loud' is invalid.*debug, info, warn, error/],
    ['a report that cannot be written', ['run', 'first-light', '--out', `${file}/x`], /ENOTDIR.*--out/],
    ['a report in a folder without a bottom', ['run', 'first-light', '--out', '/proc/x'], /ENOENT.*--out/],
    ['a malformed address', ['replay', 'first-light'], /'first-light' is no address of a run: write SCENARIO\/VARIANT/],
    ['an address of nothing here', ['replay', 'gone/default@light:small#1'], /no scenario called gone/],
    ['a missing range', ['seeds', 'first-light'], /required option '--seeds <range>' not specified/],
    ['a range backwards', ['seeds', 'first-light', '--seeds', '9..1'], /a range such as 1\.\.200.*'9\.\.1'/],
    ['a range that is none', ['seeds', 'first-light', '--seeds', '1-5'], /a range such as 1\.\.200.*'1-5'/],
    ['a huge range', ['seeds', 'first-light', '--seeds', '1..9999999'], /at most 1000000 seeds/],
    ['no process at all', ['seeds', 'first-light', '--seeds', '1', '--jobs', '0'], /--jobs must be an integer from 1/],
    ['a run that is not there', ['diff', whole, `${FOLDER}/nope`], /nope is no run: name the folder of a report/],
    ['a folder that is no report', ['diff', empty, whole], /empty is no report of a run: it has no verdict.json/],
    ['a file for a report', ['explain', file, 'flights-00017'], /a-file is no report of a run: it is a file/],
    ['a report of another format', ['diff', whole, otherFormat], /format 99, and this command reads format 1/],
    ['a damaged report', ['explain', damaged, 'flights-00017'], /line 1 of .*history.jsonl is damaged/],
    ['an event that nobody sent', ['explain', whole, 'flights-00017'], /nobody sent or saw flights-00017 in/],
    ['a name that no event can have', ['explain', whole, '/'], /'\/' names no event: give its keen.id/],
    [
      'a bug that is not planted',
      ['mutants', 'beetle'],
      /no bug is planted under the name beetle: choose one of accepted-before-kafka/,
    ],
  ])('%s', async (_, args, sentence) => {
    const { code, stdout, stderr } = await foreshock(...args)
    expect(stderr).toMatch(sentence)
    expect(stderr).toMatch(/^foreshock: /)
    expect(stderr).not.toMatch(/^\s+at /m)
    expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(2)
    expect({ code, stdout }).toEqual({ code: 64, stdout: '' })
  })
})
