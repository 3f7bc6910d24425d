import { describe, expect, test } from 'vitest'
import { projectsOf } from '../../../system/tenancy/projects.ts'

const project = { id: 'p1', name: 'one', writeKey: 'W'.repeat(64), readKey: 'R'.repeat(64), masterKey: 'M'.repeat(64) }

describe('a key', () => {
  const kinds: readonly [string, string, string | undefined][] = [
    ['the write key', project.writeKey, 'write'],
    ['the read key', project.readKey, 'read'],
    ['the master key', project.masterKey, 'master'],
    ['a part of a key', 'W'.repeat(63), undefined],
    ['a longer key', 'W'.repeat(65), undefined],
    ['no key', '', undefined],
    ['a key in small letters', 'w'.repeat(64), undefined],
  ]
  test.each(kinds)('%s is known for what it is', (_, key, kind) => {
    expect(projectsOf([project]).kindOfKey(project, key)).toBe(kind)
  })
})

test('a project is found by its id alone', () => {
  const projects = projectsOf([project])
  expect(projects.find('p1')).toBe(project)
  expect(projects.find('one')).toBeUndefined()
  expect(projects.find('constructor')).toBeUndefined()
})
