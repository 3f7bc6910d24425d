import { describe, expect, it } from 'vitest'
import { EXIT_CODES } from '../../reports/exit-codes.ts'
import { foreshock } from './foreshock.ts'

const COMMANDS = ['list', 'run', 'replay', 'diff', 'explain', 'seeds', 'mutants', 'version']

describe('help', () => {
  it('is shown where nothing is asked for, and names every command and every exit code', async () => {
    const { code, stdout, stderr } = await foreshock()
    for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'))
    for (const { code: each, meaning } of Object.values(EXIT_CODES)) expect(stdout).toContain(`${each}  ${meaning}`)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(await foreshock('--help')).toEqual({ code, stdout, stderr })
  })

  it.concurrent.each(COMMANDS.filter(command => command !== 'version'))('of %s has an example of it', async command => {
    const { code, stdout } = await foreshock(command, '--help')
    expect(stdout).toMatch(new RegExp(`^  npx foreshock ${command}\\b`, 'm'))
    expect(code).toBe(0)
  })
})

describe('list', () => {
  it('names the scenarios and what a run of each can be asked for', async () => {
    const { code, stdout } = await foreshock('list')
    expect(stdout).toMatch(/^first-light: \S/m)
    for (const part of ['variants  default', 'sizes     small', 'faults    none']) expect(stdout).toContain(part)
    expect(stdout).toContain('npx foreshock run first-light')
    expect(code).toBe(0)
  })

  it('of one scenario has its story', async () => {
    const [all, one] = await Promise.all([foreshock('list'), foreshock('list', 'first-light')])
    expect(one.stdout.length).toBeGreaterThan(all.stdout.length)
    expect(one.code).toBe(0)
  })

  it('of a scenario that is none is wrong use', async () => {
    expect(await foreshock('list', 'last-light')).toMatchObject({ code: 64, stdout: '' })
  })
})

describe('version', () => {
  it('names version, commit and runtime', async () => {
    const { code, stdout } = await foreshock('version')
    expect(stdout).toMatch(/^foreshock \d+\.\d+\.\d+, commit \S+, Node \d+\.\d+\.\d+ on \w+ \w+\n$/)
    expect(code).toBe(0)
  })
})
