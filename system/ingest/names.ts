// What collections and properties may be called.

import type { Refusal } from './refusal.ts'

export function refuseCollectionName(name: string): Refusal | undefined {
  const what = collectionFault(name)
  if (what === undefined) return undefined
  return { name: 'InvalidCollectionNameError', description: `An event collection name ${what}: ${shown(name)}` }
}

export function refusePropertyName(name: string): Refusal | undefined {
  const what = propertyFault(name)
  if (what === undefined) return undefined
  return { name: 'InvalidPropertyNameError', description: `An event property name ${what}: ${shown(name)}` }
}

function collectionFault(name: string): string | undefined {
  if (name.length === 0) return 'cannot be empty'
  if (name.length > COLLECTION_NAME_LENGTH_MAX) return `cannot be longer than ${COLLECTION_NAME_LENGTH_MAX} characters`
  if (!ASCII.test(name)) return 'can contain only ASCII characters'
  if (name.includes('$')) return 'cannot contain the dollar ($) character'
  if (name.startsWith('_')) return 'cannot start with an underscore (_) character'
  if (name.startsWith('.') || name.endsWith('.')) return 'cannot start or end with the period (.) character'
  return undefined
}

function propertyFault(name: string): string | undefined {
  if (name.length === 0) return 'cannot be empty'
  if (name.length > PROPERTY_NAME_LENGTH_MAX) return `cannot be longer than ${PROPERTY_NAME_LENGTH_MAX} characters`
  if (name.startsWith('$')) return 'cannot start with the dollar ($) character'
  if (name.includes('.')) return 'cannot contain the period (.) character'
  return undefined
}

const COLLECTION_NAME_LENGTH_MAX = 64
const PROPERTY_NAME_LENGTH_MAX = 255
const SHOWN_LENGTH_MAX = 300
const ASCII = /^[\x00-\x7f]*$/

/** A name can be as long as the body; the answer to it should not be. */
function shown(name: string): string {
  return name.length > SHOWN_LENGTH_MAX ? `${name.slice(0, SHOWN_LENGTH_MAX)}…` : name
}
