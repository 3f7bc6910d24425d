// The types of planted.cjs.

export function next(name: string): number
