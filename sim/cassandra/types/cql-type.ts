// The types of columns, their names, and their numbers in the native protocol.

export type NativeName =
  | 'ascii'
  | 'bigint'
  | 'blob'
  | 'boolean'
  | 'double'
  | 'float'
  | 'inet'
  | 'int'
  | 'smallint'
  | 'text'
  | 'timestamp'
  | 'timeuuid'
  | 'tinyint'
  | 'uuid'
  | 'varint'

export type CqlType =
  | { readonly kind: 'native'; readonly name: NativeName }
  | { readonly kind: 'list' | 'set'; readonly of: CqlType; readonly isFrozen: boolean }
  | { readonly kind: 'map'; readonly key: CqlType; readonly value: CqlType; readonly isFrozen: boolean }

export function native(name: NativeName): CqlType {
  return NATIVE[name]
}

/** The native type of that name or alias, in lower case; undefined if there is none in this server. */
export function nativeNamed(name: string): CqlType | undefined {
  const known = name === 'varchar' ? 'text' : name
  return Object.hasOwn(NATIVE, known) ? NATIVE[known as NativeName] : undefined
}

/** As it stands in system_schema.columns. */
export function formatType(type: CqlType): string {
  switch (type.kind) {
    case 'native':
      return type.name
    case 'list':
    case 'set':
      return frozen(type.isFrozen, `${type.kind}<${formatType(type.of)}>`)
    case 'map':
      return frozen(type.isFrozen, `map<${formatType(type.key)}, ${formatType(type.value)}>`)
  }
}

/** The [option] of the native protocol, as 16-bit numbers. */
export function optionOf(type: CqlType): readonly number[] {
  switch (type.kind) {
    case 'native':
      return [OPTIONS[type.name]]
    case 'list':
      return [0x20, ...optionOf(type.of)]
    case 'map':
      return [0x21, ...optionOf(type.key), ...optionOf(type.value)]
    case 'set':
      return [0x22, ...optionOf(type.of)]
  }
}

const OPTIONS: Readonly<Record<NativeName, number>> = {
  ascii: 0x01,
  bigint: 0x02,
  blob: 0x03,
  boolean: 0x04,
  double: 0x07,
  float: 0x08,
  int: 0x09,
  timestamp: 0x0b,
  uuid: 0x0c,
  text: 0x0d,
  varint: 0x0e,
  timeuuid: 0x0f,
  inet: 0x10,
  smallint: 0x13,
  tinyint: 0x14,
}

/** One object a type, so that types can be compared by identity where they are native. */
const NATIVE: Readonly<Record<NativeName, CqlType>> = Object.fromEntries(
  Object.keys(OPTIONS).map(name => [name, { kind: 'native', name }]),
) as Record<NativeName, CqlType>

function frozen(isFrozen: boolean, name: string): string {
  return isFrozen ? `frozen<${name}>` : name
}
