// Runs one address in this process and turns what comes out into what a report holds.

import { formatAddress } from '../scenarios/address.ts'
import type { RunAddress } from '../scenarios/address.ts'
import { runScenario } from '../scenarios/run.ts'
import type { RunResult } from '../scenarios/run.ts'
import type { SourcePatch } from '../sim/kernel/source-patch.ts'
import type { RunFiles } from '../reports/run-folder.ts'
import { RECORD_FORMAT } from '../reports/run-record.ts'
import type { RunRecord } from '../reports/run-record.ts'
import { TraceRecorder } from '../reports/trace-file.ts'
