// Numbers of the native protocol, version 4. Source: doc/native_protocol_v4.spec of Apache Cassandra.

export const VERSION = 4

/** Set in the version byte of what a server sends. */
export const RESPONSE = 0x80

export const HEADER_BYTES = 9

/** Cassandra's native_transport_max_frame_size. */
export const FRAME_BYTES_MAX: number = 16 * 1024 * 1024

export const OPCODE = {
  error: 0x00,
  startup: 0x01,
  ready: 0x02,
  options: 0x05,
  supported: 0x06,
  query: 0x07,
  result: 0x08,
  prepare: 0x09,
  execute: 0x0a,
  register: 0x0b,
  event: 0x0c,
  batch: 0x0d,
  authResponse: 0x0f,
} as const

export const HEADER_FLAG = {
  compression: 0x01,
  tracing: 0x02,
  customPayload: 0x04,
  warning: 0x08,
} as const

export const QUERY_FLAG = {
  values: 0x01,
  skipMetadata: 0x02,
  pageSize: 0x04,
  pagingState: 0x08,
  serialConsistency: 0x10,
  defaultTimestamp: 0x20,
  namesForValues: 0x40,
} as const

export const RESULT_KIND = { void: 1, rows: 2, setKeyspace: 3, prepared: 4, schemaChange: 5 } as const

export const ROWS_FLAG = { globalTableSpec: 0x01, hasMorePages: 0x02, noMetadata: 0x04 } as const
