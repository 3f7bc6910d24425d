// CreateTopics and DescribeConfigs.

import { describeTopicConfig } from '../metadata/topic-config.ts'
import type { CreatedTopic, CreateTopicsRequest } from '../wire/create-topics.ts'
import { TOPIC_RESOURCE } from '../wire/describe-configs.ts'
import type { DescribeConfigsRequest, DescribedConfigs } from '../wire/describe-configs.ts'
import { ERROR } from '../wire/error-code.ts'
import type { BrokerContext } from './broker-context.ts'

/** Handed on to the controller. If it does not answer, the topics may have been made all the same. */
export async function answerCreateTopics(
  broker: BrokerContext,
  request: CreateTopicsRequest,
): Promise<readonly CreatedTopic[]> {
  try {
    return await broker.controller.createTopics(request)
  } catch {
    return request.topics.map(({ name }) => ({ name, error: ERROR.REQUEST_TIMED_OUT, message: null }))
  }
}

export function answerDescribeConfigs(
  broker: BrokerContext,
  request: DescribeConfigsRequest,
): readonly DescribedConfigs[] {
  return request.resources.map(({ type, name, configNames }) => {
    const refused = (error: number, message: string): DescribedConfigs => ({ error, message, type, name, configs: [] })
    if (type !== TOPIC_RESOURCE) return refused(ERROR.INVALID_REQUEST, 'only topics are described')
    const topic = broker.image.topics.get(name)
    if (topic === undefined) return refused(ERROR.UNKNOWN_TOPIC_OR_PARTITION, 'there is no such topic')
    const configs = describeTopicConfig(topic.entries).filter(each => configNames?.includes(each.name) ?? true)
    return { error: ERROR.NONE, message: null, type, name, configs }
  })
}
