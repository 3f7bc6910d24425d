// What the parts of a broker share.

import type { Runtime } from '../../../system/runtime/runtime.ts'
import type { KafkaCluster } from '../cluster.ts'
import type { GroupCoordinator } from '../group/group-coordinator.ts'
import type { ClusterImage } from '../metadata/cluster-image.ts'
import type { Replicas } from '../replication/replicas.ts'
import type { BrokerSettings } from './broker-settings.ts'
import type { ControllerLink } from './controller-link.ts'
import type { ProducerIds } from './producer-ids.ts'

export interface BrokerContext {
  readonly runtime: Runtime
  readonly cluster: KafkaCluster
  readonly brokerId: number
  readonly settings: BrokerSettings
  readonly image: ClusterImage
  readonly replicas: Replicas
  readonly groups: GroupCoordinator
  readonly controller: ControllerLink
  readonly producerIds: ProducerIds
  /** For a member of a group that has no id yet. */
  readonly newMemberId: (clientId: string) => string
}
