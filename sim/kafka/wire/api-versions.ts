// ApiVersions: which requests are answered here. A version that is too new for us is answered in version 0, with an error.

import type { Api } from './api.ts'
import type { WireWriter } from './wire-writer.ts'

export function writeApiVersions(
  writer: WireWriter,
  version: number,
  response: { readonly error: number; readonly apis: readonly Api[] },
): void {
  writer.i16(response.error).array(response.apis, (_, api) => {
    writer.i16(api.key).i16(api.minVersion).i16(api.maxVersion)
  })
  if (version >= 1) writer.i32(0)
}
