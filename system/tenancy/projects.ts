// The projects of an installation, and what a key may do in one.

import { createHash, timingSafeEqual } from 'node:crypto'

export interface Project {
  readonly id: string
  readonly name: string
  readonly writeKey: string
  readonly readKey: string
  readonly masterKey: string
}

export type KeyKind = 'write' | 'read' | 'master'

export interface Projects {
  find(id: string): Project | undefined
  /**
   * Which of the project's keys this is. All three are compared, each in constant time, over hashes of one length: how long
   * it takes says nothing about how much of a guess was right.
   */
  kindOfKey(project: Project, key: string): KeyKind | undefined
}

export function projectsOf(projects: readonly Project[]): Projects {
  const known = new Map(projects.map(project => [project.id, { project, digests: digestsOf(project) }]))
  return {
    find: id => known.get(id)?.project,
    kindOfKey(project, key) {
      const { digests } = known.get(project.id) ?? { digests: digestsOf(project) }
      const given = digest(key)
      const isMaster = timingSafeEqual(given, digests.master)
      const isWrite = timingSafeEqual(given, digests.write)
      const isRead = timingSafeEqual(given, digests.read)
      if (isMaster) return 'master'
      if (isWrite) return 'write'
      return isRead ? 'read' : undefined
    },
  }
}

function digestsOf({ masterKey, writeKey, readKey }: Project): Readonly<Record<KeyKind, Uint8Array>> {
  return { master: digest(masterKey), write: digest(writeKey), read: digest(readKey) }
}

function digest(key: string): Uint8Array {
  return createHash('sha256').update(key).digest()
}
