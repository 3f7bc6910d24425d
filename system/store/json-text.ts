// JSON text that keeps what JSON.stringify loses: −0, and numbers that parsing made infinite.

/** `value` is what JSON.parse can give. JSON.parse of the text is deeply equal to it, −0 included. */
export function jsonText(value: unknown): string {
  if (typeof value === 'number') return numberText(value)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(jsonText).join(',')}]`
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}:${jsonText(member)}`)
  return `{${members.join(',')}}`
}

function numberText(value: number): string {
  if (Object.is(value, -0)) return '-0'
  if (value === Infinity) return '1e999'
  return value === -Infinity ? '-1e999' : String(value)
}
