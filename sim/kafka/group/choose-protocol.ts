// What the members of a group can do, and what they agree on. To the coordinator a protocol is a name and some bytes.

import type { GroupProtocol } from '../wire/join-group.ts'

interface Speaker {
  readonly protocols: readonly GroupProtocol[]
}

/** Each votes for the first of its protocols that all can do; most votes win, the name breaks a tie. */
export function chooseProtocol(members: readonly Speaker[]): string {
  const votes = new Map<string, number>()
  for (const member of members) {
    const choice = member.protocols.find(({ name }) => members.every(({ protocols }) => hasProtocol(protocols, name)))
    if (choice !== undefined) votes.set(choice.name, (votes.get(choice.name) ?? 0) + 1)
  }
  const [winner] = [...votes].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
  return winner?.[0] ?? ''
}

/** Whether one of the protocols is something that all the others can do, too. */
export function haveCommonProtocol(protocols: readonly GroupProtocol[], others: readonly Speaker[]): boolean {
  return protocols.some(({ name }) => others.every(other => hasProtocol(other.protocols, name)))
}

export function sameProtocols(a: readonly GroupProtocol[], b: readonly GroupProtocol[]): boolean {
  return (
    a.length === b.length &&
    a.every((protocol, index) => protocol.name === b[index]?.name && protocol.metadata.equals(b[index].metadata))
  )
}

function hasProtocol(protocols: readonly GroupProtocol[], name: string): boolean {
  return protocols.some(protocol => protocol.name === name)
}
