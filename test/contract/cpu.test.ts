import { describeCpu } from './cpu.ts'
import { withinSimulation } from './within.ts'

describeCpu('simulated', withinSimulation)
