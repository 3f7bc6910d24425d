// cassandra-driver, told to repeat nothing by itself: a driver that writes again behind our back can be told that it lost to
// itself, and what is repeated for ever is repeated in our own loops, where it is seen.

import { Client, policies, types } from 'cassandra-driver'
import type { Configuration } from '../configuration.ts'
import { errorText } from '../runtime/error-text.ts'
import type { Log } from '../runtime/log.ts'
import type { Runtime } from '../runtime/runtime.ts'

export interface Session {
  readonly client: Client
  close(): Promise<void>
}

/** Tries until one contact point answers, at most `limits.startMs`; then rejects with the last reason. */
export async function openSession(runtime: Runtime, configuration: Configuration): Promise<Session> {
  const deadlineMs = runtime.clock.monotonicMs() + configuration.limits.startMs
  for (;;) {
    let client: Client | undefined
    try {
      client = new Client(await clientOptions(runtime, configuration))
      const opened = client
      opened.on('log', (level: string, where: string, message: string) =>
        writeEntry(runtime.log, level, where, message),
      )
      await opened.connect()
      return { client: opened, close: () => opened.shutdown() }
    } catch (error) {
      await client?.shutdown().catch(() => undefined)
      if (runtime.clock.monotonicMs() + CONNECT_PAUSE_MS > deadlineMs) throw error
      runtime.log.write('warn', 'store not reached', { error: errorText(error) })
      await runtime.clock.sleep(CONNECT_PAUSE_MS)
    }
  }
}

async function clientOptions(
  runtime: Runtime,
  { cassandra }: Configuration,
): Promise<ConstructorParameters<typeof Client>[0]> {
  return {
    contactPoints: await addressesOf(runtime, cassandra.contactPoints),
    localDataCenter: cassandra.localDataCentre,
    protocolOptions: { port: cassandra.port, maxVersion: 4 },
    // The driver keeps one index of connections for the whole process: with one a host, it has nothing to choose.
    pooling: { coreConnectionsPerHost: { [types.distance.local]: 1, [types.distance.remote]: 1 } },
    policies: {
      loadBalancing: new policies.loadBalancing.TokenAwarePolicy(
        new policies.loadBalancing.DCAwareRoundRobinPolicy(cassandra.localDataCentre),
      ),
      retry: new NeverRetry(),
      reconnection: new policies.reconnection.ExponentialReconnectionPolicy(RECONNECT_MIN_MS, RECONNECT_MAX_MS, false),
      // Every write states its own timestamp: a clock has no say in which write wins.
      timestampGeneration: null as never,
    },
    socketOptions: {
      connectTimeout: CONNECT_TIMEOUT_MS,
      readTimeout: READ_TIMEOUT_MS,
      defunctReadTimeoutThreshold: TIMEOUTS_UNTIL_RECONNECT,
    },
    queryOptions: { prepare: true, consistency: types.consistencies.localQuorum, captureStackTrace: false },
    encoding: { useBigIntAsLong: true },
    monitorReporting: { enabled: false },
  }
}

/** The first that resolve; a name that does not is passed over while another does. */
async function addressesOf(runtime: Runtime, names: readonly string[]): Promise<string[]> {
  const answers = await Promise.allSettled(names.map(name => runtime.network.resolve(name)))
  const addresses = answers.flatMap(answer => (answer.status === 'fulfilled' ? answer.value : []))
  if (addresses.length > 0) return [...new Set(addresses)]
  throw new Error(`no contact point of Cassandra has an address: ${names.join(', ')}`)
}

class NeverRetry extends policies.retry.RetryPolicy {
  override onReadTimeout(): policies.retry.DecisionInfo {
    return this.rethrowResult()
  }

  override onWriteTimeout(): policies.retry.DecisionInfo {
    return this.rethrowResult()
  }

  override onUnavailable(): policies.retry.DecisionInfo {
    return this.rethrowResult()
  }

  override onRequestError(): policies.retry.DecisionInfo {
    return this.rethrowResult()
  }
}

function writeEntry(log: Log, level: string, where: string, message: string): void {
  if (level === 'warning' || level === 'error') log.write('warn', 'cassandra-driver', { where, said: message })
}

const CONNECT_TIMEOUT_MS = 2_000

/** Longer than the 2 s that a coordinator waits for its replicas when writing. What times out here has an unknown outcome. */
const READ_TIMEOUT_MS = 3_000
const TIMEOUTS_UNTIL_RECONNECT = 4
const RECONNECT_MIN_MS = 250
const RECONNECT_MAX_MS = 8_000
const CONNECT_PAUSE_MS = 1_000
