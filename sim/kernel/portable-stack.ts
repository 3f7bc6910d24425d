// Stacks get logged, and logs are compared: those of two machines must not differ by where the project lies.

import { pathToFileURL } from 'node:url'
import { PROJECT_ROOT } from './module-source.ts'

const FOLDERS: readonly string[] = [`${pathToFileURL(PROJECT_ROOT).href}/`, `${PROJECT_ROOT}/`, `${PROJECT_ROOT}\\`]

export function portableStack(error: Error): string | undefined {
  return FOLDERS.reduce((stack, folder) => stack?.replaceAll(folder, ''), error.stack)
}
