#!/usr/bin/env node
// The command's entry: makes sure of the runtime, then hands over to the command line proper.

import { dirname, join } from 'path'
import { fileURLToPath } from 'url'
import { EXIT_HARNESS_FAILED, isPinned, runPinned } from './pinned-runtime.js'

const here = dirname(fileURLToPath(import.meta.url))

if (isPinned()) {
  import('./cli.ts')
    .then(cli => cli.main(process.argv.slice(2)))
    .catch(error => {
      console.error(error)
      process.exitCode = EXIT_HARNESS_FAILED
    })
} else {
  runPinned([join(here, 'foreshock.js'), ...process.argv.slice(2)])
}
