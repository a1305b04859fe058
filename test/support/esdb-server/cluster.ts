import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import serverFeatures from '@eventstore/db-client/generated/serverfeatures_pb.js';
import type shared from '@eventstore/db-client/generated/shared_pb.js';
import { type sendUnaryData, type ServerUnaryCall, status } from '@grpc/grpc-js';
import { asServiceError, type Calls } from './calls.js';
import type { Faults } from './faults.js';
import { uuid } from './messages.js';

type FeaturesCall = ServerUnaryCall<shared.Empty, serverFeatures.SupportedMethods>;
type GossipCall = ServerUnaryCall<shared.Empty, gossip.ClusterInfo>;

const { FOLLOWER, LEADER } = gossip.MemberInfo.VNodeState;

/** What a server says about itself and the cluster: its methods, and who leads. */
export class Cluster {
  constructor(
    private readonly faults: Faults,
    private readonly calls: Calls,
    private readonly port: () => number,
  ) {}

  readonly getSupportedMethods = (
    call: FeaturesCall,
    answer: sendUnaryData<serverFeatures.SupportedMethods>,
  ): void => {
    const end = this.calls.begin('features', call);
    void this.admitted(answer, () => {
      end();
      if (!this.faults.batchAppend) return answer({ code: status.UNIMPLEMENTED, details: 'unknown service' });
      const batch = new serverFeatures.SupportedMethod()
        .setServiceName('event_store.client.streams.Streams')
        .setMethodName('batchappend');
      const methods = new serverFeatures.SupportedMethods()
        .setEventStoreServerVersion('23.10.0')
        .setMethodsList([batch]);
      answer(null, methods);
    });
  };

  /** Gossip is answered by followers, too. */
  readonly gossip = (call: GossipCall, answer: sendUnaryData<gossip.ClusterInfo>): void => {
    this.calls.begin('gossip', call)();
    const leader = this.faults.leaderPort;
    const members = [this.member(this.port(), leader === undefined)];
    if (leader !== undefined) members.push(this.member(leader, true));
    answer(null, new gossip.ClusterInfo().setMembersList(members));
  };

  private member(port: number, leads: boolean): gossip.MemberInfo {
    return new gossip.MemberInfo()
      .setInstanceId(uuid('00000000-0000-4000-8000-000000000000'))
      .setTimeStamp(`${Date.now()}`)
      .setState(leads ? LEADER : FOLLOWER)
      .setIsAlive(true)
      .setHttpEndPoint(new gossip.EndPoint().setAddress('127.0.0.1').setPort(port));
  }

  private async admitted<T>(answer: sendUnaryData<T>, proceed: () => void): Promise<void> {
    try {
      if (await this.calls.admit()) proceed();
    } catch (error) {
      answer(asServiceError(error));
    }
  }
}
