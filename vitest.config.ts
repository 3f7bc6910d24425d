// Each test file gets a process of its own: the simulator replaces globals, and a test must not see another's.

import type { ViteUserConfig } from 'vitest/config'
import { CountingReporter } from './test/counting-reporter.ts'

const configuration: ViteUserConfig = {
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // A test that passes at its second try has found something.
    retry: 0,
    passWithNoTests: false,
    reporters: ['default', new CountingReporter()],
  },
}

export default configuration
