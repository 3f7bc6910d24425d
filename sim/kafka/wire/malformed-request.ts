/** The bytes of a request do not have the form that its key and version say. Kafka closes the connection then. */
export class MalformedRequest extends Error {
  override readonly name = 'MalformedRequest'
}
