// Questions to replicas, to this node itself or by a message to another one.

import { encodeMessage } from '../messaging/message-codec.ts'
import type { Messaging } from '../messaging/messaging.ts'
import { readReadAnswer, readScanAnswer, writeReadCommand, writeScanCommand } from '../messaging/read-codec.ts'
import { VERB } from '../messaging/verb.ts'
import { digestOf } from '../read/answer-digest.ts'
import type { ReadAnswer, ReadCommand, ScanAnswer, ScanCommand } from '../read/read-command.ts'
import type { Replica } from '../replica.ts'
import { ByteReader } from '../wire/byte-reader.ts'
import type { ByteWriter } from '../wire/byte-writer.ts'
import type { Ask } from './gather.ts'
import type { Membership } from './membership.ts'

export interface AskParts {
  readonly membership: Membership
  readonly messaging: Messaging
  readonly replica: Replica
}

/** What a replica said about a partition. */
export type Said =
  | { readonly kind: 'data'; readonly answer: ReadAnswer; readonly digest: () => Buffer }
  | { readonly kind: 'digest'; readonly digest: () => Buffer }

export function dataAsker(parts: AskParts, command: ReadCommand): Ask<Said> {
  return asker<Said>(parts, {
    verb: VERB.read,
    write: writer => writeReadCommand(writer, command),
    here: async replica => asData(await replica.read(command)),
    there: body => asData(readReadAnswer(new ByteReader(body))),
  })
}

function asData(answer: ReadAnswer): Said {
  return { kind: 'data', answer, digest: once(() => digestOf(answer)) }
}

export function digestAsker(parts: AskParts, command: ReadCommand): Ask<Said> {
  return asker<Said>(parts, {
    verb: VERB.digest,
    write: writer => writeReadCommand(writer, command),
    here: async replica => {
      const digest = digestOf(await replica.read(command))
      return { kind: 'digest', digest: () => digest }
    },
    there: body => ({ kind: 'digest', digest: () => body }),
  })
}

export function scanAsker(parts: AskParts, command: ScanCommand): Ask<ScanAnswer> {
  return asker<ScanAnswer>(parts, {
    verb: VERB.scan,
    write: writer => writeScanCommand(writer, command),
    here: replica => replica.scan(command),
    there: body => readScanAnswer(new ByteReader(body)),
  })
}

/** Asks this node itself or, by a message, another one. */
function asker<A>(
  { replica, messaging, membership }: AskParts,
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

function once<T>(compute: () => T): () => T {
  let value: T | undefined
  return () => (value ??= compute())
}

const COMMAND_BYTES = 256
