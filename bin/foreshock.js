#!/usr/bin/env node
// The command's entry: makes sure of the runtime, then hands over to the command line proper.

import { dirname, join } from 'path'
import { fileURLToPath } from 'url'
import { isPinned, runPinned } from './pinned-runtime.js'

const here = dirname(fileURLToPath(import.meta.url))

if (isPinned()) {
  import('./cli.ts').then(cli => cli.main(process.argv.slice(2)))
} else {
  runPinned([join(here, 'foreshock.js'), ...process.argv.slice(2)])
}
