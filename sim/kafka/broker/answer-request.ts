// A request is answered: which it is, in which version, and by whom.

import type { Request } from '../transport/request-server.ts'
import { API } from '../wire/api.ts'
import { writeApiVersions } from '../wire/api-versions.ts'
import { ERROR } from '../wire/error-code.ts'
import { responseFrame } from '../wire/frames.ts'
import { MalformedRequest } from '../wire/malformed-request.ts'
import { ANSWERS } from './answers.ts'
import type { BrokerContext } from './broker-context.ts'

/** The connection is closed, by MalformedRequest, for what Kafka, too, has no answer to. */
export async function answerRequest(broker: BrokerContext, request: Request): Promise<Buffer | undefined> {
  const { key, version, correlationId, clientId } = request.header
  const known = ANSWERS.get(key)
  if (known === undefined) throw new MalformedRequest(`request ${key} is not known`)
  const { api, answer } = known
  if (version < api.minVersion || version > api.maxVersion) {
    if (api !== API.ApiVersions) throw new MalformedRequest(`${api.name} of version ${version}`)
    return responseFrame(correlationId, writer =>
      writeApiVersions(writer, 0, { error: ERROR.UNSUPPORTED_VERSION, apis: [API.ApiVersions] }),
    )
  }
  const asked = { version, body: request.body, clientId: clientId ?? '', clientAddress: request.clientAddress }
  const answering = answer(broker, asked)
  const body = answering instanceof Promise ? await answering : answering
  return body === undefined ? undefined : responseFrame(correlationId, body.write, body.sizeHint)
}
