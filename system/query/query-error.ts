// Why a query has no result.

export type QueryErrorCode =
  | 'MissingRequiredRequestFieldError'
  | 'InvalidParameterError'
  | 'UnsupportedParameterError'
  | 'FilterDefinitionError'
  | 'TimeframeDefinitionError'
  | 'ResourceNotFoundError'
  | 'ResultTooLargeError'
  | 'QueryTimeoutError'
  | 'ServiceUnavailableError'
  | 'BlockUnreadableError'

/** `code` and `status` are what the client gets; the message says what was wrong, and with which limit by name. */
export class QueryError extends Error {
  override readonly name = 'QueryError'
  readonly code: QueryErrorCode
  readonly status: number

  constructor(code: QueryErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.status = STATUS[code]
  }
}

const STATUS: Readonly<Record<QueryErrorCode, number>> = {
  MissingRequiredRequestFieldError: 400,
  InvalidParameterError: 400,
  UnsupportedParameterError: 400,
  FilterDefinitionError: 400,
  TimeframeDefinitionError: 400,
  ResourceNotFoundError: 404,
  ResultTooLargeError: 400,
  QueryTimeoutError: 504,
  ServiceUnavailableError: 503,
  BlockUnreadableError: 500,
}
