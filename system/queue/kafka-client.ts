// kafkajs, given our ports: its sockets are connections of the Network port, its log lines go to the Log port.

import { Kafka, logLevel } from 'kafkajs'
import type { ISocketFactory, LogEntry } from 'kafkajs'
import type { Socket } from 'node:net'
import type { Configuration } from '../configuration.ts'
import { connectingDuplex } from '../runtime/duplex.ts'
import type { Log, LogLevel } from '../runtime/log.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { watchAnswers } from './answer-watch.ts'
import { calmRequestQueue } from './calm-request-queue.ts'

/** kafkajs's own retries stay few: what must go on for ever goes on in our loops, where it is seen. */
export function kafkaClient(runtime: Runtime, configuration: Configuration): Kafka {
  calmRequestQueue()
  return new Kafka({
    clientId: `foreshock-${runtime.host}`,
    brokers: [...configuration.kafka.brokers],
    connectionTimeout: CONNECT_TIMEOUT_MS,
    requestTimeout: configuration.limits.produceTimeoutMs,
    enforceRequestTimeout: false,
    retry: { retries: 2, initialRetryTime: 100, maxRetryTime: 2_000 },
    socketFactory: socketFactory(runtime, configuration.limits.produceTimeoutMs),
    logLevel: logLevel.WARN,
    logCreator: () => entry => writeEntry(runtime.log, entry),
  })
}

const CONNECT_TIMEOUT_MS = 2_000

function socketFactory({ network, clock }: Runtime, answerTimeoutMs: number): ISocketFactory {
  return ({ host, port, onConnect }) => {
    const socket = connectingDuplex(network, { host, port, timeoutMs: CONNECT_TIMEOUT_MS })
    socket.once('connect', onConnect)
    watchAnswers(clock, socket, answerTimeoutMs)
    // kafkajs asks for the whole of net.Socket and uses write, end, on and these two.
    return Object.assign(socket, { setKeepAlive: () => socket, unref: () => socket }) as unknown as Socket
  }
}

function writeEntry(log: Log, entry: LogEntry): void {
  const { message, error } = entry.log
  log.write(LEVELS[entry.label] ?? 'debug', 'kafkajs', {
    namespace: entry.namespace,
    said: message,
    broker: textOrNothing(entry.log['broker']),
    error: error === undefined ? undefined : textOrNothing(error),
  })
}

const LEVELS: Readonly<Record<string, LogLevel>> = { ERROR: 'warn', WARN: 'warn', INFO: 'info', DEBUG: 'debug' }

function textOrNothing(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  return value instanceof Error ? value.message : undefined
}
