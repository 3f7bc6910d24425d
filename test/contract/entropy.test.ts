import { describeEntropy } from './entropy.ts'
import { withinSimulation } from './within.ts'

describeEntropy('simulated', withinSimulation)
