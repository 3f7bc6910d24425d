import { describeLog } from './log.ts'
import { withinSimulation } from './within.ts'

describeLog('simulated', withinSimulation)
