// The planted bugs. Each is a few lines of the product replaced; `foreshock mutants` searches for the seeds that catch them.

import type { Mutant } from './mutant.ts'

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'accepted-before-kafka',
    says: 'the client is told that its events are accepted before Kafka has answered: a crash of the write host loses them',
    patches: [
      {
        file: 'system/ingest/ingest.ts',
        find: 'const outcome = await ports.publisher.publish({ project, receivedAt, events })\n',
        replace:
          'void ports.publisher.publish({ project, receivedAt, events })\n' +
          "    const outcome = { kind: 'accepted' } as PublishOutcome\n",
      },
    ],
    caughtBy: 'first-light/default@light:small#1',
    verdict: 'broken',
    sign: 'accepted events are missing in the end',
  },
  {
    name: 'progress-before-index',
    says: 'progress is saved before the index rows: a worker that stops between leaves events that nobody will ever index',
    patches: [
      {
        file: 'system/stream/commit-range.ts',
        find: '[writeBlocks, writeCatalog, writeSegments, writeProgress]',
        replace: '[writeBlocks, writeCatalog, writeProgress, writeSegments]',
      },
    ],
    caughtBy: 'first-light/default@light:small#1',
    verdict: 'broken',
    sign: 'accepted events are missing in the end',
  },
  {
    name: 'index-before-block',
    says: 'an index row is written before its block: whoever queries in between finds a row whose block is missing',
    patches: [
      {
        file: 'system/stream/commit-range.ts',
        find: '[writeBlocks, writeCatalog, writeSegments, writeProgress]',
        replace: '[writeCatalog, writeSegments, writeBlocks, writeProgress]',
      },
    ],
    caughtBy: 'first-light/default@light:small#2',
    verdict: 'broken',
    sign: 'answered with what no client should see',
  },
  {
    name: 'kafkajs-idempotent',
    says:
      "kafkajs's idempotent producer, with its own retries and several sends at a time: after a lost answer it gives a " +
      'sequence number to another message, and the broker takes that for a repeat',
    patches: [
      {
        file: 'system/queue/log-producer.ts',
        find: '{ idempotent: false, retry: { retries: 0 } }',
        replace: '{ idempotent: true, retry: { retries: 20 } }',
      },
      {
        file: 'system/queue/log-producer.ts',
        find: 'const answer = await link.producer.send({',
        replace: 'const [answer = []] = await sendAtOnce(values, one => link.producer.send({',
      },
      {
        file: 'system/queue/log-producer.ts',
        find: 'messages: values.map(value => ({ partition, value: bufferOf(value) })),\n      })',
        replace: 'messages: [{ partition, value: bufferOf(one) }],\n      }))',
      },
      {
        file: 'system/queue/log-producer.ts',
        find: 'function bufferOf(',
        replace:
          'function sendAtOnce<T>(values: readonly Uint8Array[], send: (value: Uint8Array) => Promise<T>): Promise<T[]> {\n' +
          '  return Promise.all(values.map(send))\n' +
          '}\n\nfunction bufferOf(',
      },
    ],
    caughtBy: 'first-light/default@light:small#1',
    verdict: 'broken',
    sign: 'accepted events are missing in the end',
  },
  {
    name: 'two-partitions-in-one-send',
    says:
      'what waits for several partitions goes in one send of kafkajs, which tries again by itself: when a leader moves in ' +
      'between, the send resolves without having stored a part of it',
    patches: [
      {
        file: 'system/queue/log-producer.ts',
        find: '{ idempotent: false, retry: { retries: 0 } }',
        replace: '{ idempotent: false, retry: { retries: 20 } }',
      },
      {
        file: 'system/queue/log-producer.ts',
        find: 'const answer = await link.producer.send({',
        replace: 'const answer = await sendTogether(link, {',
      },
      {
        file: 'system/queue/log-producer.ts',
        find: 'if (named?.errorCode !== 0) throw',
        replace: 'if (named !== undefined && named.errorCode !== 0) throw',
      },
      {
        file: 'system/queue/log-producer.ts',
        find: 'return Number(named.baseOffset ?? named.offset)',
        replace: 'return Number(named?.baseOffset ?? named?.offset ?? 0)',
      },
      {
        file: 'system/queue/log-producer.ts',
        find: '  isBroken: boolean\n}',
        replace:
          '  isBroken: boolean\n  together?: Promise<Awaited<ReturnType<Producer["send"]>>>\n  batch?: Parameters<Producer["send"]>[0] | undefined\n}',
      },
      {
        file: 'system/queue/log-producer.ts',
        find: 'function bufferOf(',
        replace: `function sendTogether(link: Link, batch: Parameters<Producer["send"]>[0]): ReturnType<Producer["send"]> {
  if (link.batch !== undefined && link.together !== undefined) {
    link.batch.messages.push(...batch.messages)
    return link.together
  }
  link.batch = batch
  link.together = new Promise(resolve => setTimeout(resolve, 100)).then(() => {
    link.batch = undefined
    return link.producer.send(batch)
  })
  return link.together
}

function bufferOf(`,
      },
    ],
    caughtBy: 'first-light/default@light:small#7',
    verdict: 'broken',
    sign: 'accepted events are missing in the end',
  },
  {
    name: 'lanes-not-restored',
    says:
      'a worker that takes over a partition knows its cursor but not which records each writer had sent before: a copy that ' +
      'was sent again is applied as a new one',
    patches: [
      {
        file: 'system/stream/partition-run.ts',
        find: 'this.#lanes = saved.lanes',
        replace: 'this.#lanes = []',
      },
    ],
    caughtBy: 'first-light/default@light:small#6',
    verdict: 'broken',
    sign: 'events are there twice',
  },
  {
    name: 'index-at-local-one',
    says: 'the index is read from one replica, which may not have the rows that it missed while it was down',
    patches: [
      {
        file: 'system/store/cassandra-store.ts',
        find: '{ level: INDEX_LEVEL, beforePage }',
        replace: '{ level: types.consistencies.localOne, beforePage }',
      },
    ],
    caughtBy: 'first-light/default@light:small#3',
    verdict: 'broken',
    sign: 'events that had been read were not there again',
  },
]
