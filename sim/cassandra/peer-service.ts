// What a node answers to other nodes.

import { sizeOfFragment } from './data/fragment-size.ts'
import type { Gossiper } from './gossip/gossiper.ts'
import { readStates, statesBody } from './gossip/node-state.ts'
import type { Body, Serve } from './messaging/messaging.ts'
import { readWrites } from './messaging/mutation-codec.ts'
import { readReadCommand, readScanCommand, writeReadAnswer, writeScanAnswer } from './messaging/read-codec.ts'
import { VERB } from './messaging/verb.ts'
import { digestOf } from './read/answer-digest.ts'
import type { Replica } from './replica.ts'
import type { SchemaAgreement } from './schema/schema-agreement.ts'
import { ByteReader, MalformedBytes } from './wire/byte-reader.ts'

export interface PeerServiceParts {
  readonly replica: Replica
  readonly gossiper: Gossiper
  readonly agreement: SchemaAgreement
  /** By the name under which it is stored. */
  readonly truncate: (table: string) => Promise<void>
}

export function peerService(parts: PeerServiceParts): Serve {
  return async ({ verb, body }) => {
    const reader = new ByteReader(body)
    switch (verb) {
      case VERB.mutate:
        await parts.replica.apply(readWrites(reader))
        return NOTHING
      case VERB.read: {
        const answer = await parts.replica.read(readReadCommand(reader))
        return { sizeHint: sizeOfFragment(answer.fragment), write: writer => writeReadAnswer(writer, answer) }
      }
      case VERB.digest: {
        const digest = digestOf(await parts.replica.read(readReadCommand(reader)))
        return { sizeHint: digest.length, write: writer => writer.raw(digest) }
      }
      case VERB.scan: {
        const answer = await parts.replica.scan(readScanCommand(reader))
        const sizeHint = answer.fragments.reduce((sum, fragment) => sum + sizeOfFragment(fragment), 64)
        return { sizeHint, write: writer => writeScanAnswer(writer, answer) }
      }
      case VERB.truncate:
        await parts.truncate(reader.binary())
        return NOTHING
      case VERB.gossip:
        parts.gossiper.hear(readStates(reader))
        return statesBody(parts.gossiper.states())
      case VERB.exchange:
        await parts.agreement.hear(body)
        return parts.agreement.ownBody()
      default:
        throw new MalformedBytes(`unknown verb ${verb}`)
    }
  }
}

const NOTHING: Body = { sizeHint: 0, write: () => undefined }
