import { describeClock } from './clock.ts'
import { withinSimulation } from './within.ts'

describeClock('simulated', withinSimulation)
