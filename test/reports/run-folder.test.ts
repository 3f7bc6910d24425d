import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import {
  defaultRunFolder,
  isRunFolder,
  prepareRunFolder,
  readHistory,
  readLogs,
  readRecord,
  readTrace,
  writeRunFolder,
} from '../../reports/run-folder.ts'
import { RECORD_FORMAT, RunRecordError } from '../../reports/run-record.ts'
import type { RunRecord } from '../../reports/run-record.ts'
import { TraceRecorder } from '../../reports/trace-file.ts'
import type { History } from '../../scenarios/history.ts'

const root = mkdtempSync(join(tmpdir(), 'run-folder-'))
afterAll(() => rmSync(root, { recursive: true }))

const record: RunRecord = {
  format: RECORD_FORMAT,
  address: 'first-light/default@light:small#17',
  commit: 'ab12cd3',
  node: 'v26.10.0',
  traceHash: '0123456789abcdef',
  entries: 1,
  virtualMicros: 5,
  operations: 2,
  checkpoints: [{ entry: 0, hash: '00' }],
  end: 'stopped',
  verdict: { kind: 'as-expected', sentence: 'all held' },
  invariants: [{ name: 'none doubled', outcome: 'held' }],
  faults: [],
}

const history: History = [
  {
    ...{ kind: 'query', host: 'reader-1', phase: 'storm', invokedMicros: 1, returnedMicros: 2 },
    query: { analysis: 'count', project: 'p', collection: 'é\n', filters: [] },
    reply: { kind: 'status', status: 200 },
    result: { kind: 'count', count: 7 },
  },
]

function trace(): Uint8Array {
  const recorder = new TraceRecorder()
  recorder.entry({ hash: 7, sequence: 3, kind: 'timer', host: 1, atMicros: 5 })
  return recorder.encode(['write-1'])
}

describe('the folder of a run', () => {
  it('gives back what was written', () => {
    const folder = join(root, 'whole')
    writeRunFolder(folder, { record, history, logs: [], trace: trace() })
    expect(isRunFolder(folder)).toBe(true)
    expect(readRecord(folder)).toEqual(record)
    expect(readHistory(folder)).toEqual(history)
    expect(readLogs(folder)).toEqual([])
    expect(readTrace(folder).row(0)?.host).toBe('write-1')
  })

  it('is no run until its verdict is written, and again while it is being replaced', () => {
    const folder = join(root, 'again')
    prepareRunFolder(folder)
    expect(isRunFolder(folder)).toBe(false)
    writeRunFolder(folder, { record, history: [], logs: [], trace: trace() })
    prepareRunFolder(folder)
    expect(isRunFolder(folder)).toBe(false)
  })

  it('a place that cannot be written is refused with what to do', () => {
    const file = join(root, 'file')
    writeFileSync(file, '')
    expect(() => prepareRunFolder(join(file, 'run'))).toThrow(/ENOTDIR.*--out/)
  })

  it.each([
    ['no JSON', '{'],
    ['no record', '7'],
    ['another format', '{"format":99}'],
    ['missing parts', `{"format":${RECORD_FORMAT}}`],
  ])('a verdict that is %s is refused', (_, text) => {
    const folder = join(root, 'bad')
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'verdict.json'), text)
    expect(() => readRecord(folder)).toThrow(RunRecordError)
  })

  it.each([
    ['no JSON', '{'],
    ['null', 'null'],
    ['something else', '{"kind":"letter"}'],
  ])('a line of the history that is %s is refused by its number', (_, line) => {
    const folder = join(root, 'damaged')
    writeRunFolder(folder, { record, history, logs: [], trace: trace() })
    writeFileSync(join(folder, 'history.jsonl'), `${JSON.stringify(history[0])}\n${line}\n`)
    expect(() => readHistory(folder)).toThrow(/line 2 of .*history.jsonl is damaged/)
  })

  it('the same address has the same folder, whatever the commit', () => {
    const folder = defaultRunFolder('/p', 'first-light/default@light:small#17')
    expect(folder).toBe(join('/p', 'reports', 'out', 'first-light.default.light.small.17'))
    expect(defaultRunFolder('/p', 'first-light/default@light:small#17+ab12cd3-dirty')).toBe(folder)
  })
})
