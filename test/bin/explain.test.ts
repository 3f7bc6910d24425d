import { rmSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import type { History } from '../../scenarios/history.ts'
import { foreshock } from './foreshock.ts'
import { FOLDER, writeReport } from './reports.ts'

afterAll(() => rmSync(FOLDER, { recursive: true }))

const ID = '00003' + '0000000004c' + '00000176'
const ATTEMPT = { key: 'flights-00017', number: 2 }

const history: History = [
  {
    ...{ kind: 'write', host: 'client-1', phase: 'storm', invokedMicros: 1_000_000, returnedMicros: 2_000_000 },
    ...{ form: 'single', project: 'birds', reply: { kind: 'status', status: 201 } },
    items: [{ collection: 'flights', what: { kind: 'event', attempt: ATTEMPT }, fate: { kind: 'accepted' } }],
  },
  {
    ...{ kind: 'query', host: 'reader-1', phase: 'final', invokedMicros: 4_000_000, returnedMicros: 5_000_000 },
    query: { analysis: 'extraction', project: 'birds', collection: 'flights', filters: [] },
    reply: { kind: 'status', status: 200 },
    result: {
      kind: 'extraction',
      rows: [{ attempt: ATTEMPT, id: ID, timestampMs: 0, createdAtMs: 0 }],
    },
  },
]

const folder = writeReport('run', {
  history,
  logs: [
    {
      ...{ atMicros: 1_900_000, host: 'write-1', level: 'info', message: 'event accepted' },
      fields: { partition: 3, offset: 76 },
    },
    { atMicros: 1_950_000, host: 'write-2', level: 'info', message: 'another matter', fields: { partition: 4 } },
  ],
})

describe('explain', () => {
  it.each(['flights-00017/2', 'flights-00017', ID])('tells the whole life of %s in order', async event => {
    const { code, stdout, stderr } = await foreshock('explain', folder, event)
    const times = stdout.split('\n').flatMap(line => /^\d+:\d+\.\d+ {2}[a-z]+-\d+/.exec(line)?.[0] ?? [])
    expect(times).toEqual([
      '0:01.000000  client-1',
      '0:01.900000  write-1',
      '0:02.000000  client-1',
      '0:05.000000  reader-1',
    ])
    expect(stdout).toMatch(/^flights-00017\/2: the client was told that it is accepted; first seen at 0:05\.000000/)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })

  it('of an event that nobody sent names one that somebody sent', async () => {
    const { code, stderr } = await foreshock('explain', folder, 'flights-00018')
    expect(stderr).toContain('the first that was sent is flights-00017/2')
    expect(code).toBe(64)
  })
})
