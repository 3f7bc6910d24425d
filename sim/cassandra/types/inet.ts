// Addresses as text and as bytes. Names are never asked for: a constant that is no address is an error.

import { invalid } from '../request-error.ts'

export function inetBytes(text: string): Buffer {
  const bytes = text.includes(':') ? sixteenBytes(text) : fourBytes(text)
  if (bytes === undefined) throw invalid(`Unable to make inet address from '${text}'`)
  return bytes
}

function fourBytes(text: string): Buffer | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every(part => /^\d{1,3}$/.test(part) && Number(part) < 256)) return undefined
  return Buffer.from(parts.map(Number))
}

function sixteenBytes(text: string): Buffer | undefined {
  const [head = '', tail, ...more] = text.split('::')
  if (more.length > 0) return undefined
  const before = groups(head)
  const after = tail === undefined ? [] : groups(tail)
  if (before === undefined || after === undefined) return undefined
  const missing = 8 - before.length - after.length
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined
  const bytes = Buffer.alloc(16)
  const all = [...before, ...new Array<number>(missing).fill(0), ...after]
  for (const [index, group] of all.entries()) bytes.writeUInt16BE(group, index * 2)
  return bytes
}

function groups(text: string): readonly number[] | undefined {
  if (text === '') return []
  const parts = text.split(':')
  return parts.every(part => /^[0-9a-fA-F]{1,4}$/.test(part)) ? parts.map(part => parseInt(part, 16)) : undefined
}
