// How far the high watermarks were, in a file: a broker that starts again begins from there.

import type { Disk } from '../../../system/runtime/disk.ts'

export interface Checkpointed {
  readonly topic: string
  readonly partition: number
  readonly offset: number
}

const PATH = 'kafka/replication-offset-checkpoint'
const TEMPORARY_PATH = `${PATH}.tmp`

/** The old one or the new one is there at any time, and whole. */
export async function writeCheckpoint(disk: Disk, entries: readonly Checkpointed[]): Promise<void> {
  const lines = entries.map(({ topic, partition, offset }) => `${topic} ${partition} ${offset}\n`)
  const file = await disk.open(TEMPORARY_PATH, { create: true })
  await file.truncate(0)
  await file.append(Buffer.from(lines.join('')))
  await file.sync()
  await file.close()
  await disk.rename(TEMPORARY_PATH, PATH)
}

export async function readCheckpoint(disk: Disk): Promise<readonly Checkpointed[]> {
  const file = await openIfThere(disk)
  if (file === undefined) return []
  const text = Buffer.from(await file.read(0, file.size)).toString('utf8')
  await file.close()
  const entries: Checkpointed[] = []
  for (const line of text.split('\n')) {
    const [, topic, partition, offset] = /^([a-zA-Z0-9._-]+) (\d+) (\d+)$/.exec(line) ?? []
    if (topic !== undefined) entries.push({ topic, partition: Number(partition), offset: Number(offset) })
  }
  return entries
}

async function openIfThere(disk: Disk): Promise<Awaited<ReturnType<Disk['open']>> | undefined> {
  try {
    return await disk.open(PATH)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
