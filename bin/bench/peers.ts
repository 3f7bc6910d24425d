// Two other simulators on the same two worlds: built from a folder with a cargo project for each, and run beside ours.

import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

export interface Peer {
  readonly name: string
  readonly folder: string
  readonly rustFlags: string
  /** Its arguments, by our measurement. */
  readonly runs: Readonly<Record<string, readonly string[]>>
}

const ECHO = ['echo', 'tcp']
const IDLE_HOUR = ['idle', 'tcp']

const PEERS: readonly Peer[] = [
  {
    name: 'turmoil',
    folder: 'turmoil-bench',
    rustFlags: '',
    // An idle hour takes it half a minute: once is enough.
    runs: { echo: ECHO, 'echo-cold': ECHO, 'idle-hour': IDLE_HOUR },
  },
  {
    name: 'madsim',
    folder: 'madsim-bench',
    rustFlags: '--cfg madsim',
    runs: {
      ...{ echo: ECHO, 'echo-cold': ECHO, 'idle-hour': IDLE_HOUR, 'idle-hour-cold': IDLE_HOUR },
      'idle-day': [...IDLE_HOUR, '--virtual-s', '86400'],
    },
  },
]

/** What stands in the way of building peers from the folder, as a sentence; undefined: nothing. */
export function obstacleToPeers(folder: string): string | undefined {
  for (const peer of PEERS) {
    if (!existsSync(join(folder, peer.folder, 'Cargo.toml'))) {
      return `there is no cargo project ${join(folder, peer.folder)}: give --peers a folder that has ${PEERS.map(({ folder: needed }) => needed).join(' and ')}`
    }
  }
  return undefined
}

export function hasCargo(): boolean {
  return spawnSync('cargo', ['--version'], { stdio: 'ignore' }).status === 0
}

export interface BuiltPeer extends Peer {
  readonly executable: string
}

/** Builds all of them, outside the folder and outside this repository; what was built before is used again. */
export function buildPeers(folder: string): readonly BuiltPeer[] {
  return PEERS.map(peer => {
    const project = join(cacheFolder(), peer.folder)
    mkdirSync(project, { recursive: true })
    // A copy, as cargo writes beside what it builds; with its times, as cargo goes by them.
    cpSync(join(folder, peer.folder), project, { recursive: true, preserveTimestamps: true })
    const target = join(cacheFolder(), 'target', peer.name)
    const built = spawnSync('cargo', ['build', '--release', '--quiet'], {
      cwd: project,
      env: { ...process.env, CARGO_TARGET_DIR: target, RUSTFLAGS: peer.rustFlags },
      encoding: 'utf8',
    })
    if (built.status !== 0) throw new Error(`${peer.name} was not built:\n${built.stderr}`)
    return { ...peer, executable: join(target, 'release', peer.folder) }
  })
}

function cacheFolder(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'foreshock', 'peers')
}

/** In the unit of our measurement of that name; undefined if the peer does not do it. */
export function runPeer(peer: BuiltPeer, measurement: string): number | undefined {
  const args = peer.runs[measurement]
  if (args === undefined) return undefined
  const run = spawnSync(peer.executable, args, { encoding: 'utf8', timeout: PEER_TIMEOUT_MS })
  if (run.status !== 0) throw new Error(`${peer.name} ${args.join(' ')} failed: ${run.error?.message ?? run.stderr}`)
  const said = JSON.parse(run.stdout) as { readonly msgs_per_s: number; readonly ratio: number }
  return args[0] === 'echo' ? said.msgs_per_s : said.ratio
}

const PEER_TIMEOUT_MS = 300_000
