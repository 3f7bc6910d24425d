// An event of a real data set, before it is sent: what it holds, and the name by which it is known through all attempts.

export interface SourceEvent {
  /** `flights-00017`. */
  readonly key: string
  readonly project: string
  readonly collection: string
  readonly properties: Readonly<Record<string, unknown>>
  /** keen.timestamp, as text in one of the forms that the API takes, and the moment that it means. */
  readonly timestamp?: { readonly text: string; readonly ms: number }
  /** keen.location. */
  readonly location?: { readonly coordinates: readonly [longitude: number, latitude: number] }
}

/** The event as its attempt sends it: JSON with `keen`, where it says something, and who sends it for which time. */
export function bodyOf(event: SourceEvent, attemptNumber: number): Record<string, unknown> {
  const sent = { key: event.key, attempt: attemptNumber }
  const keen: Record<string, unknown> = {}
  if (event.timestamp !== undefined) keen['timestamp'] = event.timestamp.text
  if (event.location !== undefined) keen['location'] = event.location
  const body = { ...event.properties, [SENT]: sent }
  return Object.keys(keen).length === 0 ? body : { keen, ...body }
}

/** The property that names the attempt; no data set has one of this name. */
export const SENT = 'sent'
