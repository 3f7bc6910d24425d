// Ends a process whose world spins for ever inside one entry: its own loop never gets to look at a clock.

import { Worker } from 'node:worker_threads'

/** Kills this process after `realMs`, with `sentence` on the error stream. Call the result when the work is done. */
export function armWatchdog(realMs: number, sentence: string): () => Promise<void> {
  const worker = new Worker(SOURCE, { eval: true, workerData: { realMs, sentence } })
  worker.unref()
  return async () => void (await worker.terminate())
}

// Its own thread, as a thread that spins cannot watch itself. The entry point turns the signal into exit code 70.
const SOURCE = `
  const { workerData } = require('node:worker_threads')
  setTimeout(() => {
    require('node:fs').writeSync(2, workerData.sentence + '\\n')
    process.kill(process.pid, 'SIGKILL')
  }, workerData.realMs)
`
