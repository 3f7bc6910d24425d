// What TypeScript may know of pinned-runtime.js, which is plain JavaScript so that an old Node can read it.

export const FLAGS: readonly string[]
export const EXIT_WRONG_USE: number
export const EXIT_HARNESS_FAILED: number
export function pinnedVersion(): string
export function isPinned(): boolean
export function runPinned(args: readonly string[]): void
