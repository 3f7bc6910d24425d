// How large one record of the queue can be: the topic's limit, and what our own limits must leave free below it.

/** The topic's `max.message.bytes`: room for a body of 10,000,000 bytes with one length, time and collection for each event. */
export const TOPIC_MESSAGE_BYTES_MAX: number = 12 * 1024 * 1024

/** Less room for Kafka's own framing. */
export const RECORD_BYTES_MAX: number = TOPIC_MESSAGE_BYTES_MAX - 64 * 1024
