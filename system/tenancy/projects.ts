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
}

export function projectsOf(projects: readonly Project[]): Projects {
  const byId = new Map(projects.map(project => [project.id, project]))
  return { find: id => byId.get(id) }
}

/**
 * Which of the project's keys this is. All three are compared, each in constant time, over hashes of one length: how long
 * it takes says nothing about how much of a guess was right.
 */
export function kindOfKey(project: Project, key: string): KeyKind | undefined {
  const given = digest(key)
  const isMaster = timingSafeEqual(given, digest(project.masterKey))
  const isWrite = timingSafeEqual(given, digest(project.writeKey))
  const isRead = timingSafeEqual(given, digest(project.readKey))
  if (isMaster) return 'master'
  if (isWrite) return 'write'
  return isRead ? 'read' : undefined
}

function digest(key: string): Uint8Array {
  return createHash('sha256').update(key).digest()
}
