// Every limit of a query has a name, and an error says which one was met.

import type { Limits } from '../configuration.ts'

export type QueryLimits = Pick<Limits, 'queryDeadlineMs' | 'extractionEventsMax' | 'responseBytesMax' | 'queryReadsMax'>
