// Every error that the HTTP side answers with: code, status, sentence. The codes are what clients read.

interface ErrorRow {
  readonly status: number
  /** What is said where nothing more exact is known. */
  readonly sentence: string
  readonly retryAfterSeconds?: number
}

export type ErrorCode =
  | 'InvalidJSONError'
  | 'InvalidBatchError'
  | 'InvalidEventError'
  | 'InvalidCollectionNameError'
  | 'InvalidPropertyNameError'
  | 'InvalidPropertyValueError'
  | 'InvalidKeenNamespacePropertyError'
  | 'TimeframeDefinitionError'
  | 'MalformedRequestError'
  | 'InvalidApiKeyError'
  | 'RequestForbiddenError'
  | 'ResourceNotFoundError'
  | 'InvalidHttpVerbError'
  | 'RequestTimeoutError'
  | 'RequestTooLargeError'
  | 'UriTooLongError'
  | 'HeadersTooLargeError'
  | 'InternalServerError'
  | 'ServiceUnavailableError'
  | 'OutcomeUnknownError'

const ERRORS: Readonly<Record<ErrorCode, ErrorRow>> = {
  InvalidJSONError: { status: 400, sentence: 'The body is not JSON.' },
  InvalidBatchError: { status: 400, sentence: 'The body must be an object of lists of events.' },
  InvalidEventError: { status: 400, sentence: 'The event is invalid.' },
  InvalidCollectionNameError: { status: 400, sentence: 'The name of the event collection is invalid.' },
  InvalidPropertyNameError: { status: 400, sentence: 'The name of a property is invalid.' },
  InvalidPropertyValueError: { status: 400, sentence: 'The value of a property is invalid.' },
  InvalidKeenNamespacePropertyError: { status: 400, sentence: 'A property of the keen namespace is invalid.' },
  TimeframeDefinitionError: { status: 400, sentence: 'The timeframe is invalid.' },
  MalformedRequestError: { status: 400, sentence: 'This is no HTTP request that can be understood.' },
  InvalidApiKeyError: { status: 401, sentence: 'The API key is missing, or is no key of this project.' },
  RequestForbiddenError: { status: 403, sentence: 'The API key is valid, but does not permit this request.' },
  ResourceNotFoundError: { status: 404, sentence: 'Resource not found.' },
  InvalidHttpVerbError: { status: 405, sentence: 'This resource does not know that method.' },
  RequestTimeoutError: { status: 408, sentence: 'The request arrived too slowly.' },
  RequestTooLargeError: { status: 413, sentence: 'The request is too large.' },
  UriTooLongError: { status: 414, sentence: 'The URL is too long.' },
  HeadersTooLargeError: { status: 431, sentence: 'The headers of the request are too large.' },
  InternalServerError: { status: 500, sentence: 'Something went wrong on our side.' },
  ServiceUnavailableError: {
    status: 503,
    sentence: 'The service cannot take this now; nothing was stored. Try again.',
    retryAfterSeconds: 1,
  },
  OutcomeUnknownError: {
    status: 504,
    sentence: 'It is not known whether this was stored: it may appear later.',
  },
}

/** An answer other than success. */
export interface ErrorAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: { readonly message: string; readonly error_code: string }
}

/** Thrown by whatever handles a request; the client gets it as `answerOf` says. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly code: ErrorCode
  readonly headers: Readonly<Record<string, string>>

  constructor(code: ErrorCode, options: { readonly message?: string; readonly headers?: Record<string, string> } = {}) {
    super(options.message ?? ERRORS[code].sentence)
    this.code = code
    this.headers = options.headers ?? {}
  }
}

export function answerOf(error: ApiError): ErrorAnswer {
  const row = ERRORS[error.code]
  const retryAfter = row.retryAfterSeconds === undefined ? {} : { 'retry-after': String(row.retryAfterSeconds) }
  return {
    status: row.status,
    headers: { ...retryAfter, ...error.headers },
    body: { message: error.message, error_code: error.code },
  }
}

/** The same as bytes on a connection on which no request came to be, which is closed after it. */
export function rawAnswer(code: ErrorCode): string {
  const { status, body } = answerOf(new ApiError(code))
  const text = JSON.stringify(body)
  const head = [
    `HTTP/1.1 ${status} ${REASONS[status] ?? 'Error'}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(text)}`,
    'access-control-allow-origin: *',
    'connection: close',
  ]
  return `${head.join('\r\n')}\r\n\r\n${text}`
}

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  413: 'Payload Too Large',
  431: 'Request Header Fields Too Large',
}
