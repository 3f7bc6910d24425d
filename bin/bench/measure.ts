// node bin/bench/measure.ts NAME: one measurement in a process of its own; prints what it says as one line of JSON.

import { MEASUREMENTS } from './measurements.ts'
import type { Measured } from './measured.ts'

/** What the process prints. */
export interface MeasuredInProcess extends Measured {
  readonly peakBytes: number
}

const name = process.argv[2]
const measurement = MEASUREMENTS.find(each => each.name === name)
if (measurement === undefined) throw new Error(`there is no measurement ${name}`)
for (let count = 0; count < measurement.warmUps; count++) await measurement.run()
const measured: MeasuredInProcess = {
  ...(await measurement.run()),
  peakBytes: process.resourceUsage().maxRSS * 1024,
}
console.log(JSON.stringify(measured))
