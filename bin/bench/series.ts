// Runs measurements again and again, ours and the peers' in turn, so that whatever else the machine does meets all alike.

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { FLAGS } from '../pinned-runtime.js'
import type { Measurement } from './measured.ts'
import type { MeasuredInProcess } from './measure.ts'
import { runPeer } from './peers.ts'
import type { BuiltPeer } from './peers.ts'
import { OURS } from './summary.ts'
import type { Series } from './summary.ts'

export interface SeriesOptions {
  readonly peers: readonly BuiltPeer[]
  readonly repeats: number
  began(what: string): void
}

/** Throws when a measurement fails, or is not the same run each time. */
export function runSeries(measurements: readonly Measurement[], options: SeriesOptions): readonly Series[] {
  const found = new Map<string, { readonly series: Series; readonly values: number[]; peakBytes: number }>()
  const hashes = new Map<string, string>()
  const add = (series: Omit<Series, 'values'>, value: number, peakBytes: number): void => {
    const key = `${series.measurement} by ${series.by}`
    const known = found.get(key) ?? { series: { ...series, values: [] }, values: [], peakBytes: 0 }
    found.set(key, known)
    known.values.push(value)
    known.peakBytes = Math.max(known.peakBytes, peakBytes)
  }
  for (let repeat = 1; repeat <= options.repeats; repeat++) {
    for (const { name, says, unit } of measurements) {
      options.began(`${repeat}/${options.repeats} ${name}`)
      const { value, peakBytes, traceHash } = runFresh(name)
      const hash = hashes.get(name) ?? traceHash
      hashes.set(name, hash)
      if (hash !== traceHash) throw new Error(`${name} was another run this time: trace ${traceHash}, not ${hash}`)
      add({ measurement: name, by: OURS, says, unit }, value, peakBytes)
      for (const peer of options.peers) {
        const theirs = runPeer(peer, name)
        if (theirs !== undefined) add({ measurement: name, by: peer.name, says, unit }, theirs, 0)
      }
    }
  }
  return [...found.values()].map(({ series, values, peakBytes }) => ({
    ...series,
    values,
    ...(peakBytes === 0 ? {} : { peakBytes }),
  }))
}

function runFresh(name: string): MeasuredInProcess {
  const run = spawnSync(process.execPath, [...FLAGS, join(import.meta.dirname, 'measure.ts'), name], {
    encoding: 'utf8',
    timeout: MEASUREMENT_TIMEOUT_MS,
  })
  if (run.status !== 0) throw new Error(`${name} failed: ${run.error?.message ?? run.stderr}`)
  return JSON.parse(run.stdout) as MeasuredInProcess
}

const MEASUREMENT_TIMEOUT_MS = 600_000
