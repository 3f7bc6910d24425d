// node bin/pinned.js SCRIPT [ARGUMENT…]: runs a script under the pinned runtime, whichever Node this is.
// The scripts of package.json go through it, because not every version of npm puts the pinned runtime on their path.

import { runPinned } from './pinned-runtime.js'

runPinned(process.argv.slice(2))
