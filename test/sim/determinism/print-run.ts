// node test/sim/determinism/print-run.ts SEED RUNS_BEFORE: runs other seeds first, then this one, and prints what it was.
// A process of its own, because a test runner compiles and loads modules its own way.

import { runCompany } from './company.ts'

const [seed = '1', before = '0'] = process.argv.slice(2)
for (let count = 0; count < Number(before); count++) {
  await runCompany({ seed: `before ${count}`, requests: 4, settledAfterMs: 500 })
}
console.log(JSON.stringify(await runCompany({ seed })))
