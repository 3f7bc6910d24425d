// One consumer group: who is in it, in which generation, and who does what. Pure: time comes in, effects go out.
//
// Kafka's classic protocol, eager: in a rebalance everybody joins anew; the first member leads, and says who does what.

import { ERROR } from '../wire/error-code.ts'
import type { JoinGroupRequest, JoinGroupResponse } from '../wire/join-group.ts'
import type { SyncGroupRequest, SyncGroupResponse } from '../wire/sync-group.ts'
import { chooseProtocol, haveCommonProtocol, sameProtocols } from './choose-protocol.ts'
import type { Member } from './member.ts'

export type GroupPhase = 'empty' | 'preparing-rebalance' | 'completing-rebalance' | 'stable'

export interface GroupSettings {
  readonly initialRebalanceDelayMs: number
}

export interface JoinContext {
  readonly nowMs: number
  /** For a member that has none yet. */
  readonly newMemberId: string
  readonly clientId: string
  readonly clientHost: string
}

export type JoinReply = (response: JoinGroupResponse) => void
export type SyncReply = (response: SyncGroupResponse) => void

/** What a group looks like in the offsets log. */
export interface GroupSnapshot {
  readonly generation: number
  readonly protocolType: string
  readonly protocolName: string | null
  readonly leaderId: string | null
  readonly members: readonly Member[]
}

const NOTHING: Buffer = Buffer.alloc(0)

export class Group {
  readonly groupId: string
  readonly #settings: GroupSettings
  /** Called when a new generation is agreed, or the group is empty: it must be in the log before the members are told. */
  readonly #save: (group: Group) => void
  readonly #members = new Map<string, Member>()
  readonly #joining = new Map<string, JoinReply>()
  readonly #syncing = new Map<string, SyncReply>()
  /** Ids that were given out, and their last moment. */
  readonly #pendingIds = new Map<string, number>()
  #phase: GroupPhase = 'empty'
  #generation = 0
  #protocolType = ''
  #protocolName: string | null = null
  #leaderId: string | null = null
  /** When the rebalance goes on without those who have not joined. */
  #rebalanceEndMs = Infinity
  /** An empty group waits a little for more members, and longer as long as they come. */
  #initial: { readonly lastMs: number; readonly hasGrown: boolean } | undefined

  constructor(groupId: string, settings: GroupSettings, save: (group: Group) => void) {
    this.groupId = groupId
    this.#settings = settings
    this.#save = save
  }

  get phase(): GroupPhase {
    return this.#phase
  }

  get generation(): number {
    return this.#generation
  }

  get members(): readonly Member[] {
    return [...this.#members.values()]
  }

  get snapshot(): GroupSnapshot {
    return {
      generation: this.#generation,
      protocolType: this.#protocolType,
      protocolName: this.#protocolName,
      leaderId: this.#leaderId,
      members: this.members,
    }
  }

  /** As the log has it: the members go on as if nothing had happened, with a whole session from now. */
  restore(snapshot: GroupSnapshot, nowMs: number): void {
    this.#members.clear()
    for (const member of snapshot.members) this.#members.set(member.memberId, { ...member, lastSeenMs: nowMs })
    this.#generation = snapshot.generation
    this.#protocolType = snapshot.protocolType
    this.#protocolName = snapshot.protocolName
    this.#leaderId = snapshot.leaderId
    this.#phase = this.#members.size === 0 ? 'empty' : 'stable'
  }

  join(request: JoinGroupRequest, context: JoinContext, reply: JoinReply): void {
    const { memberId } = request
    const refuse = (error: number, id = memberId): void => reply(refusedJoin(error, id))
    if (!this.#speaks(request)) {
      refuse(ERROR.INCONSISTENT_GROUP_PROTOCOL)
    } else if (memberId === '') {
      if (!request.isMemberIdRequired) {
        this.#add(context.newMemberId, request, context, reply)
        return
      }
      this.#pendingIds.set(context.newMemberId, context.nowMs + request.sessionTimeoutMs)
      refuse(ERROR.MEMBER_ID_REQUIRED, context.newMemberId)
    } else if (this.#pendingIds.delete(memberId)) {
      this.#add(memberId, request, context, reply)
    } else {
      const member = this.#members.get(memberId)
      if (member === undefined) refuse(ERROR.UNKNOWN_MEMBER_ID)
      else this.#rejoin(member, request, context, reply)
    }
  }

  sync(request: SyncGroupRequest, nowMs: number, reply: SyncReply): void {
    const refuse = (error: number): void => reply({ error, assignment: NOTHING })
    const member = this.#members.get(request.memberId)
    const error = this.#fence(member, request.generationId)
    if (member === undefined || error !== ERROR.NONE) {
      refuse(error)
      return
    }
    switch (this.#phase) {
      case 'empty':
        refuse(ERROR.UNKNOWN_MEMBER_ID)
        return
      case 'preparing-rebalance':
        refuse(ERROR.REBALANCE_IN_PROGRESS)
        return
      case 'completing-rebalance':
        member.lastSeenMs = nowMs
        this.#syncing.set(member.memberId, reply)
        if (member.memberId === this.#leaderId) this.#assign(request)
        return
      case 'stable':
        member.lastSeenMs = nowMs
        reply({ error: ERROR.NONE, assignment: member.assignment })
        return
    }
  }

  heartbeat(memberId: string, generation: number, nowMs: number): number {
    const member = this.#members.get(memberId)
    const error = this.#fence(member, generation)
    if (member === undefined || error !== ERROR.NONE) return error
    member.lastSeenMs = nowMs
    return this.#phase === 'preparing-rebalance' ? ERROR.REBALANCE_IN_PROGRESS : ERROR.NONE
  }

  leave(memberId: string, nowMs: number): number {
    if (this.#pendingIds.delete(memberId)) return ERROR.NONE
    if (!this.#members.has(memberId)) return ERROR.UNKNOWN_MEMBER_ID
    this.#remove(memberId, nowMs)
    return ERROR.NONE
  }

  /** Whether offsets may be committed by that member; 0 if so. A generation below zero: by somebody who is no member. */
  commitError(memberId: string, generation: number, nowMs: number): number {
    if (generation < 0 && memberId === '') return this.#members.size === 0 ? ERROR.NONE : ERROR.UNKNOWN_MEMBER_ID
    const member = this.#members.get(memberId)
    const error = this.#fence(member, generation)
    if (member === undefined || error !== ERROR.NONE) return error
    if (this.#phase === 'completing-rebalance') return ERROR.REBALANCE_IN_PROGRESS
    member.lastSeenMs = nowMs
    return ERROR.NONE
  }

  /** The log has that generation, or has refused it: the members are told. */
  saved(generation: number, error: number, nowMs: number): void {
    if (this.#phase !== 'completing-rebalance' || generation !== this.#generation) return
    if (error === ERROR.NONE) this.#phase = 'stable'
    this.#replyToSyncs(error, nowMs)
    if (error !== ERROR.NONE) this.#rebalance(nowMs)
  }

  /** This broker looks after the group no more: those who wait are told to look elsewhere. */
  abandon(): void {
    for (const [memberId, reply] of this.#joining) reply(refusedJoin(ERROR.NOT_COORDINATOR, memberId))
    for (const reply of this.#syncing.values()) reply({ error: ERROR.NOT_COORDINATOR, assignment: NOTHING })
    this.#joining.clear()
    this.#syncing.clear()
  }

  /** When something is due by time alone; Infinity if never. */
  get nextDueMs(): number {
    let dueMs = this.#rebalanceEndMs
    for (const member of this.#members.values()) {
      if (!this.#isWaiting(member)) dueMs = Math.min(dueMs, member.lastSeenMs + member.sessionTimeoutMs)
    }
    for (const untilMs of this.#pendingIds.values()) dueMs = Math.min(dueMs, untilMs)
    return dueMs
  }

  /** What is due by time happens. */
  tick(nowMs: number): void {
    for (const [memberId, untilMs] of this.#pendingIds) if (untilMs <= nowMs) this.#pendingIds.delete(memberId)
    for (const member of this.members) {
      const isOver = member.lastSeenMs + member.sessionTimeoutMs <= nowMs
      if (isOver && !this.#isWaiting(member)) this.#remove(member.memberId, nowMs)
    }
    if (this.#rebalanceEndMs <= nowMs) this.#endWaiting(nowMs)
    else this.#completeIfAllJoined(nowMs)
  }

  #isWaiting(member: Member): boolean {
    return this.#joining.has(member.memberId) || this.#syncing.has(member.memberId)
  }

  #fence(member: Member | undefined, generation: number): number {
    if (member === undefined) return ERROR.UNKNOWN_MEMBER_ID
    return generation === this.#generation ? ERROR.NONE : ERROR.ILLEGAL_GENERATION
  }

  #speaks(request: JoinGroupRequest): boolean {
    const others = this.members.filter(({ memberId }) => memberId !== request.memberId)
    if (others.length > 0 && request.protocolType !== this.#protocolType) return false
    return request.protocolType !== '' && haveCommonProtocol(request.protocols, others)
  }

  #add(memberId: string, request: JoinGroupRequest, context: JoinContext, reply: JoinReply): void {
    if (this.#members.size === 0) this.#protocolType = request.protocolType
    this.#leaderId ??= memberId
    this.#members.set(memberId, {
      memberId,
      groupInstanceId: request.groupInstanceId,
      clientId: context.clientId,
      clientHost: context.clientHost,
      sessionTimeoutMs: request.sessionTimeoutMs,
      rebalanceTimeoutMs: request.rebalanceTimeoutMs,
      protocols: request.protocols,
      assignment: NOTHING,
      lastSeenMs: context.nowMs,
    })
    this.#joining.set(memberId, reply)
    if (this.#initial !== undefined) this.#initial = { ...this.#initial, hasGrown: true }
    this.#rebalance(context.nowMs)
  }

  #rejoin(member: Member, request: JoinGroupRequest, context: JoinContext, reply: JoinReply): void {
    const isSame = sameProtocols(member.protocols, request.protocols)
    const isLeader = member.memberId === this.#leaderId
    member.lastSeenMs = context.nowMs
    // A member that did not hear the answer asks again; only what is new to the group begins a rebalance.
    const isRepeat = isSame && (this.#phase === 'completing-rebalance' || (this.#phase === 'stable' && !isLeader))
    if (isRepeat) {
      reply(this.#joined(member))
      return
    }
    this.#members.set(member.memberId, {
      ...member,
      protocols: request.protocols,
      sessionTimeoutMs: request.sessionTimeoutMs,
      rebalanceTimeoutMs: request.rebalanceTimeoutMs,
    })
    this.#joining.set(member.memberId, reply)
    this.#rebalance(context.nowMs)
  }

  #remove(memberId: string, nowMs: number): void {
    this.#members.delete(memberId)
    this.#joining.get(memberId)?.(refusedJoin(ERROR.UNKNOWN_MEMBER_ID, memberId))
    this.#joining.delete(memberId)
    this.#syncing.get(memberId)?.({ error: ERROR.UNKNOWN_MEMBER_ID, assignment: NOTHING })
    this.#syncing.delete(memberId)
    if (this.#leaderId === memberId) this.#leaderId = this.#members.keys().next().value ?? null
    this.#rebalance(nowMs)
  }

  /** Everybody must join anew; if all have, the next generation begins. */
  #rebalance(nowMs: number): void {
    if (this.#phase === 'completing-rebalance') this.#replyToSyncs(ERROR.REBALANCE_IN_PROGRESS, nowMs)
    if (this.#phase === 'empty') this.#beginInitial(nowMs)
    else if (this.#phase !== 'preparing-rebalance') this.#rebalanceEndMs = nowMs + this.#rebalanceTimeoutMs()
    this.#phase = 'preparing-rebalance'
    this.#completeIfAllJoined(nowMs)
  }

  #beginInitial(nowMs: number): void {
    const lastMs = nowMs + Math.max(this.#rebalanceTimeoutMs(), this.#settings.initialRebalanceDelayMs)
    this.#initial = { lastMs, hasGrown: false }
    this.#rebalanceEndMs = nowMs + this.#settings.initialRebalanceDelayMs
  }

  #completeIfAllJoined(nowMs: number): void {
    if (this.#phase !== 'preparing-rebalance') return
    if (this.#initial !== undefined && this.#members.size > 0) return
    if (this.#joining.size === this.#members.size && this.#pendingIds.size === 0) this.#beginGeneration(nowMs)
  }

  #endWaiting(nowMs: number): void {
    const initial = this.#initial
    if (this.#phase === 'preparing-rebalance' && initial?.hasGrown === true && nowMs < initial.lastMs) {
      this.#initial = { ...initial, hasGrown: false }
      this.#rebalanceEndMs = Math.min(initial.lastMs, nowMs + this.#settings.initialRebalanceDelayMs)
      return
    }
    if (this.#phase === 'preparing-rebalance') {
      for (const { memberId } of this.members) if (!this.#joining.has(memberId)) this.#members.delete(memberId)
      this.#beginGeneration(nowMs)
    } else if (this.#phase === 'completing-rebalance') {
      this.#removeUnsynced(nowMs)
    } else {
      this.#rebalanceEndMs = Infinity
    }
  }

  /** Who has joined and does not ask for its part holds up nobody else. */
  #removeUnsynced(nowMs: number): void {
    const missing = this.members.filter(({ memberId }) => !this.#syncing.has(memberId))
    this.#rebalanceEndMs = Infinity
    for (const { memberId } of missing) this.#members.delete(memberId)
    if (this.#leaderId === null || !this.#members.has(this.#leaderId)) {
      this.#leaderId = this.#members.keys().next().value ?? null
    }
    this.#rebalance(nowMs)
  }

  #beginGeneration(nowMs: number): void {
    this.#initial = undefined
    this.#generation++
    if (this.#leaderId === null || !this.#members.has(this.#leaderId)) {
      this.#leaderId = this.#members.keys().next().value ?? null
    }
    if (this.#members.size === 0) {
      this.#phase = 'empty'
      this.#protocolName = null
      this.#rebalanceEndMs = Infinity
      this.#save(this)
      return
    }
    this.#protocolName = chooseProtocol(this.members)
    this.#phase = 'completing-rebalance'
    this.#rebalanceEndMs = nowMs + this.#rebalanceTimeoutMs()
    const joining = [...this.#joining]
    this.#joining.clear()
    for (const [memberId, reply] of joining) {
      const member = this.#members.get(memberId)
      if (member === undefined) continue
      member.lastSeenMs = nowMs
      reply(this.#joined(member))
    }
  }

  #assign(request: SyncGroupRequest): void {
    for (const member of this.#members.values()) {
      const own = request.assignments.find(({ memberId }) => memberId === member.memberId)
      member.assignment = own?.assignment ?? NOTHING
    }
    this.#rebalanceEndMs = Infinity
    this.#save(this)
  }

  /** Whoever has waited for an answer was alive all the time. */
  #replyToSyncs(error: number, nowMs: number): void {
    const syncing = [...this.#syncing]
    this.#syncing.clear()
    for (const [memberId, reply] of syncing) {
      const member = this.#members.get(memberId)
      if (member !== undefined) member.lastSeenMs = nowMs
      reply({ error, assignment: error === ERROR.NONE ? (member?.assignment ?? NOTHING) : NOTHING })
    }
  }

  #joined(member: Member): JoinGroupResponse {
    const name = this.#protocolName ?? ''
    const members = this.members.map(each => ({
      memberId: each.memberId,
      groupInstanceId: each.groupInstanceId,
      metadata: each.protocols.find(protocol => protocol.name === name)?.metadata ?? NOTHING,
    }))
    return {
      error: ERROR.NONE,
      generationId: this.#generation,
      protocolName: name,
      leaderId: this.#leaderId ?? '',
      memberId: member.memberId,
      members: member.memberId === this.#leaderId ? members : [],
    }
  }

  #rebalanceTimeoutMs(): number {
    let timeoutMs = 0
    for (const member of this.#members.values()) timeoutMs = Math.max(timeoutMs, member.rebalanceTimeoutMs)
    return timeoutMs
  }
}

export function refusedJoin(error: number, memberId: string): JoinGroupResponse {
  return { error, generationId: -1, protocolName: '', leaderId: '', memberId, members: [] }
}
