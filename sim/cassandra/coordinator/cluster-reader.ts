// Reads from the replicas of a cluster: as many as the level says, one with the data and the others with digests of it.
// Where they differ all give the data, what is newest wins, and who lacks it is told before the client is.

import type { Clock } from '../../../system/runtime/clock.ts'
import type { Fragment } from '../data/fragment.ts'
import { encodeMessage } from '../messaging/message-codec.ts'
import type { Body, Messaging } from '../messaging/messaging.ts'
import { sizeOfWrites, writeWrites } from '../messaging/mutation-codec.ts'
import { readReadAnswer, readScanAnswer, writeReadCommand, writeScanCommand } from '../messaging/read-codec.ts'
import { VERB } from '../messaging/verb.ts'
import type { NodeSettings } from '../node-settings.ts'
import type { ReadAnswer, ReadCommand, ScanAnswer, ScanCommand } from '../read/read-command.ts'
import type { Reader } from '../read/row-source.ts'
import type { Replica } from '../replica.ts'
import { digestOf, encodeAnswer } from '../replica.ts'
import { RequestError } from '../request-error.ts'
import type { Consistency } from '../ring/consistency.ts'
import { tokenOf } from '../ring/murmur3.ts'
import type { Replication } from '../ring/replication.ts'
import type { Ring, RingNode } from '../ring/ring.ts'
import { ByteReader } from '../wire/byte-reader.ts'
import type { ByteWriter } from '../wire/byte-writer.ts'
import type { Quota } from './availability.ts'
import { assureAlive, checkReadLevel, quotaOf } from './availability.ts'
import { candidatesOf } from './candidates.ts'
import type { Ask } from './gather.ts'
import { gather } from './gather.ts'
import type { Membership } from './membership.ts'
import { resolveReads, resolveScans } from './resolve.ts'

export interface ClusterReaderParts {
  readonly clock: Clock
  readonly settings: NodeSettings
  readonly ring: Ring
  readonly membership: Membership
  readonly messaging: Messaging
  readonly replica: Replica
}

/** What a replica said about a partition. */
type Said =
  | { readonly kind: 'data'; readonly answer: ReadAnswer; readonly digest: () => Buffer }
  | { readonly kind: 'digest'; readonly digest: () => Buffer }

/** Throws for levels at which nothing can be read. */
export function clusterReader(
  parts: ClusterReaderParts,
  options: { readonly replication: Replication; readonly consistency: Consistency },
): Reader {
  checkReadLevel(options.consistency)
  const quota = quotaOf(options.replication, options.consistency, parts.membership.dataCentre)
  return {
    read: command => readPartition(parts, { command, quota, replication: options.replication }),
    scan: command => scanRange(parts, { command, quota, replication: options.replication }),
  }
}

async function readPartition(
  parts: ClusterReaderParts,
  {
    command,
    quota,
    replication,
  }: { readonly command: ReadCommand; readonly quota: Quota; readonly replication: Replication },
): Promise<ReadAnswer> {
  const { ring, membership, clock, settings } = parts
  const replicas = ring.replicasOf(replication, tokenOf(command.key))
  assureAlive(quota, replicas, membership)
  const { asked, spare } = candidatesOf(quota, replicas, membership)
  const startedMs = clock.monotonicMs()
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

  const leftMs = settings.readTimeoutMs - (clock.monotonicMs() - startedMs)
  const nodes = answers.map(({ node }) => node)
  const known = new Map(answers.map(({ node, answer }) => [node, answer]))
  const full = await gather<Said>({
    ...{ clock, asked: nodes, spare: [] },
    quota: allOf(nodes, quota),
    dataCentre: membership.dataCentre,
    speculativeRetryMs: Infinity,
    timeoutMs: Math.max(1, leftMs),
    ask: (node, onAnswer, onFailure) => {
      const said = known.get(node)
      if (said?.kind === 'data') onAnswer(said)
      else askData(node, onAnswer, onFailure)
    },
    askSpare: askData,
    isUsable: said => said.length > 0,
  })
  const resolved = resolveReads(
    full.flatMap(({ answer }) => (answer.kind === 'data' ? [answer.answer] : [])),
    command,
  )
  await repair(parts, {
    ...{ quota, table: command.table, untilMs: startedMs + settings.readTimeoutMs },
    missing: full.map(({ node }, index) => ({ node, fragments: resolved.missing[index] ?? [] })),
  })
  return resolved.answer
}

async function scanRange(
  parts: ClusterReaderParts,
  {
    command,
    quota,
    replication,
  }: { readonly command: ScanCommand; readonly quota: Quota; readonly replication: Replication },
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
  const startedMs = clock.monotonicMs()
  const answers = await gather<ScanAnswer>({
    ...{ clock, quota, asked, spare, ask, askSpare: ask },
    dataCentre: membership.dataCentre,
    onLate: node => membership.doubt(node.address),
    speculativeRetryMs: settings.speculativeRetryMs,
    timeoutMs: settings.rangeTimeoutMs,
    isUsable: () => true,
  })
  const resolved = resolveScans(answers.map(({ answer }) => answer))
  await repair(parts, {
    ...{ quota, table: command.table, untilMs: startedMs + settings.rangeTimeoutMs },
    missing: answers.map(({ node }, index) => ({ node, fragments: resolved.missing[index] ?? [] })),
  })
  const { fragments, through } = resolved.answer
  return { fragments, through: through ?? (endsInRange ? undefined : range.to) }
}

/** Tells replicas what they lack, and waits until they have it: the next read at this level must not see less. */
async function repair(
  { replica, messaging, clock, membership }: ClusterReaderParts,
  what: {
    readonly quota: Quota
    readonly table: string
    readonly untilMs: number
    readonly missing: readonly { readonly node: RingNode; readonly fragments: readonly Fragment[] }[]
  },
): Promise<void> {
  const { table, quota, untilMs } = what
  const repairs = what.missing.flatMap(({ node, fragments }) =>
    fragments.map(async fragment => {
      const writes = [{ table, fragment }]
      if (node.address === membership.self) return replica.apply(writes).then(() => true)
      const timeoutMs = Math.max(1, untilMs - clock.monotonicMs())
      const body: Body = { sizeHint: sizeOfWrites(writes), write: writer => writeWrites(writer, writes) }
      return (await messaging.ask(node.address, { verb: VERB.mutate, timeoutMs, body })) !== undefined
    }),
  )
  if (repairs.length === 0) return
  const results = await Promise.allSettled(repairs)
  if (results.every(result => result.status === 'fulfilled' && result.value)) return
  const { consistency, blockFor } = quota
  throw new RequestError(
    { kind: 'read-timeout', consistency, received: blockFor, blockFor, dataPresent: true },
    'Operation timed out while waiting for repair of inconsistent replica.',
  )
}

function dataAsker(parts: ClusterReaderParts, command: ReadCommand): Ask<Said> {
  return asker<Said>(parts, {
    verb: VERB.read,
    write: writer => writeReadCommand(writer, command),
    here: async replica => {
      const answer = await replica.read(command)
      return { kind: 'data', answer, digest: once(() => digestOf(encodeAnswer(answer))) }
    },
    there: body => ({
      kind: 'data',
      answer: readReadAnswer(new ByteReader(body)),
      digest: once(() => digestOf(body)),
    }),
  })
}

function digestAsker(parts: ClusterReaderParts, command: ReadCommand): Ask<Said> {
  return asker<Said>(parts, {
    verb: VERB.digest,
    write: writer => writeReadCommand(writer, command),
    here: async replica => {
      const digest = digestOf(encodeAnswer(await replica.read(command)))
      return { kind: 'digest', digest: () => digest }
    },
    there: body => ({ kind: 'digest', digest: () => body }),
  })
}

function scanAsker(parts: ClusterReaderParts, command: ScanCommand): Ask<ScanAnswer> {
  return asker<ScanAnswer>(parts, {
    verb: VERB.scan,
    write: writer => writeScanCommand(writer, command),
    here: replica => replica.scan(command),
    there: body => readScanAnswer(new ByteReader(body)),
  })
}

/** Asks this node itself or, by a message, another one. */
function asker<A>(
  { replica, messaging, membership }: ClusterReaderParts,
  question: {
    readonly verb: number
    readonly write: (writer: ByteWriter) => void
    readonly here: (replica: Replica) => Promise<A>
    readonly there: (body: Buffer) => A
  },
): Ask<A> {
  return (node, onAnswer, onFailure) => {
    if (node.address === membership.self) {
      question.here(replica).then(onAnswer, onFailure)
      return
    }
    const id = messaging.expect((_, { isDone, body }) => {
      messaging.forget(id)
      if (isDone) onAnswer(question.there(body))
      else onFailure()
    })
    messaging.send(node.address, encodeMessage({ verb: question.verb, id }, question.write, COMMAND_BYTES))
  }
}

/** All of these must answer. */
function allOf(nodes: readonly RingNode[], { consistency }: Quota): Quota {
  return { consistency, blockFor: nodes.length, isLocal: false, perDataCentre: undefined }
}

function once<T>(compute: () => T): () => T {
  let value: T | undefined
  return () => (value ??= compute())
}

const COMMAND_BYTES = 256
