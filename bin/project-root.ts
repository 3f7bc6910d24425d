// The folder that holds package.json; reports go below it, whatever the working directory is.

import { join } from 'node:path'

export const PROJECT_ROOT: string = join(import.meta.dirname, '..')
