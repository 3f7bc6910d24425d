// Reads from the replicas of a cluster: as many as the level says, one with the data and the others with digests of it.
// Where they differ all give the data, what is newest wins, and who lacks it is told before the client is.

import type { Clock } from '../../../system/runtime/clock.ts'
import type { NodeSettings } from '../node-settings.ts'
import type { ReadAnswer, ReadCommand, ScanAnswer, ScanCommand } from '../read/read-command.ts'
import type { Reader } from '../read/row-source.ts'
import type { Consistency } from '../ring/consistency.ts'
import { tokenOf } from '../ring/murmur3.ts'
import type { Replication } from '../ring/replication.ts'
import type { Ring } from '../ring/ring.ts'
import type { AskParts, Said } from './ask-replicas.ts'
import { dataAsker, digestAsker, scanAsker } from './ask-replicas.ts'
import type { Quota } from './availability.ts'
import { assureAlive, checkReadLevel, quotaOf } from './availability.ts'
import { candidatesOf } from './candidates.ts'
import type { Gathered } from './gather.ts'
import { gather } from './gather.ts'
import { repairReplicas } from './read-repair.ts'
import { resolveReads, resolveScans } from './resolve.ts'

export interface ClusterReaderParts extends AskParts {
  readonly clock: Clock
  readonly settings: NodeSettings
  readonly ring: Ring
}

interface Task<Command> {
  readonly command: Command
  readonly quota: Quota
  readonly replication: Replication
}

/** Throws for levels at which nothing can be read. */
export function clusterReader(
  parts: ClusterReaderParts,
  { replication, consistency }: { readonly replication: Replication; readonly consistency: Consistency },
): Reader {
  checkReadLevel(consistency)
  const quota = quotaOf(replication, consistency, parts.membership.dataCentre)
  return {
    read: command => readPartition(parts, { command, quota, replication }),
    scan: command => scanRange(parts, { command, quota, replication }),
  }
}

async function readPartition(
  parts: ClusterReaderParts,
  { command, quota, replication }: Task<ReadCommand>,
): Promise<ReadAnswer> {
  const { ring, membership, clock, settings } = parts
  const replicas = ring.replicasOf(replication, tokenOf(command.key))
  assureAlive(quota, replicas, membership)
  const { asked, spare } = candidatesOf(quota, replicas, membership)
  const untilMs = clock.monotonicMs() + settings.readTimeoutMs
  const askData = dataAsker(parts, command)
  const askDigest = digestAsker(parts, command)
  const answers = await gather<Said>({
    ...{ clock, quota, asked, spare },
    dataCentre: membership.dataCentre,
    speculativeRetryMs: settings.speculativeRetryMs,
    timeoutMs: settings.readTimeoutMs,
    ask: (node, ...on) => (node === asked[0] ? askData : askDigest)(node, ...on),
    askSpare: askData,
    onLate: node => membership.doubt(node.address),
    isUsable: said => said.some(({ kind }) => kind === 'data'),
  })
  const data = answers.find(({ answer }) => answer.kind === 'data')?.answer
  if (data?.kind !== 'data') throw new Error('enough answers, and none with the data')
  if (answers.length === 1 || answers.every(({ answer }) => answer.digest().equals(data.digest()))) return data.answer
  return readInFull(parts, { command, quota, answers, untilMs })
}

/** The replicas differ: all that have answered give the data, and get what they lack. */
async function readInFull(
  parts: ClusterReaderParts,
  task: {
    readonly command: ReadCommand
    readonly quota: Quota
    readonly answers: readonly Gathered<Said>[]
    readonly untilMs: number
  },
): Promise<ReadAnswer> {
  const { clock, membership } = parts
  const { command, quota, answers, untilMs } = task
  const askData = dataAsker(parts, command)
  const known = new Map(answers.map(({ node, answer }) => [node, answer]))
  const asked = answers.map(({ node }) => node)
  const full = await gather<Said>({
    ...{ clock, asked, spare: [] },
    quota: { consistency: quota.consistency, blockFor: asked.length, isLocal: false, perDataCentre: undefined },
    dataCentre: membership.dataCentre,
    speculativeRetryMs: Infinity,
    timeoutMs: Math.max(1, untilMs - clock.monotonicMs()),
    ask(node, onAnswer, onFailure) {
      const said = known.get(node)
      if (said?.kind === 'data') onAnswer(said)
      else askData(node, onAnswer, onFailure)
    },
    askSpare: askData,
    isUsable: said => said.length > 0,
  })
  const { answer, missing } = resolveReads(
    full.flatMap(({ answer: said }) => (said.kind === 'data' ? [said.answer] : [])),
    command,
  )
  await repairReplicas(parts, {
    ...{ quota, table: command.table, untilMs },
    missing: full.map(({ node }, index) => ({ node, fragments: missing[index] ?? [] })),
  })
  return answer
}

/** One stretch of the ring that has the same replicas. */
async function scanRange(
  parts: ClusterReaderParts,
  { command, quota, replication }: Task<ScanCommand>,
): Promise<ScanAnswer> {
  const { ring, membership, clock, settings } = parts
  const ranges = ring.rangesOf(replication)
  const found = ranges.find(({ range }) => range.to === undefined || range.to > command.after)
  if (found === undefined) return { fragments: [], through: undefined }
  const { range, replicas } = found
  const endsInRange = command.to !== undefined && (range.to === undefined || command.to <= range.to)
  const part: ScanCommand = { ...command, to: endsInRange ? command.to : range.to }
  assureAlive(quota, replicas, membership)
  const { asked, spare } = candidatesOf(quota, replicas, membership)
  const ask = scanAsker(parts, part)
  const untilMs = clock.monotonicMs() + settings.rangeTimeoutMs
  const answers = await gather<ScanAnswer>({
    ...{ clock, quota, asked, spare, ask, askSpare: ask },
    dataCentre: membership.dataCentre,
    onLate: node => membership.doubt(node.address),
    speculativeRetryMs: settings.speculativeRetryMs,
    timeoutMs: settings.rangeTimeoutMs,
    isUsable: () => true,
  })
  const resolved = resolveScans(answers.map(({ answer }) => answer))
  await repairReplicas(parts, {
    ...{ quota, table: command.table, untilMs },
    missing: answers.map(({ node }, index) => ({ node, fragments: resolved.missing[index] ?? [] })),
  })
  const { fragments, through } = resolved.answer
  return { fragments, through: through ?? (endsInRange ? undefined : range.to) }
}
