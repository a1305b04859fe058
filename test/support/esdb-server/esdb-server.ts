import gossip from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import serverFeatures from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { type ConnectionInjector, Server as GrpcServer, ServerCredentials } from '@grpc/grpc-js';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { Appends } from './appends.js';
import { Calls } from './calls.js';
import { Cluster } from './cluster.js';
import { Faults } from './faults.js';
import { TransactionLog } from './log.js';
import { Reads } from './reads.js';

/**
 * A server on localhost that speaks EventStoreDB's gRPC protocol, with faults that can be switched while it runs. The log outlives
 * `stop`; two servers that share a log are a cluster.
 */
export class EsdbServer {
  readonly faults = new Faults();
  readonly calls = new Calls(this.faults);
  private readonly appends: Appends;
  private readonly reads: Reads;
  private readonly grpc = new GrpcServer({ 'grpc.max_receive_message_length': 17 * 1024 * 1024 });
  private readonly connections: ConnectionInjector;
  private readonly sockets = new Set<Socket>();
  private listener: Server | undefined;
  private lastPort = 0;

  constructor(readonly log = new TransactionLog()) {
    this.appends = new Appends(log, this.faults, this.calls);
    this.reads = new Reads(log, this.faults, this.calls);
    const cluster = new Cluster(this.faults, this.calls, () => this.port);
    const unsupported = () => {
      throw new Error('streams are never deleted');
    };
    this.grpc.addService(streams.StreamsService, {
      append: this.appends.append,
      batchAppend: this.appends.batchAppend,
      read: this.reads.read,
      delete: unsupported,
      tombstone: unsupported,
    });
    this.grpc.addService(serverFeatures.ServerFeaturesService, {
      getSupportedMethods: cluster.getSupportedMethods,
    });
    this.grpc.addService(gossip.GossipService, { read: cluster.gossip });
    this.connections = this.grpc.createConnectionInjector(ServerCredentials.createInsecure());
  }

  get port(): number {
    return this.lastPort;
  }

  get connectionString(): string {
    return `esdb://127.0.0.1:${this.port}?tls=false`;
  }

  /** Listens on a free port, or again on the port of before. */
  async start(): Promise<this> {
    const listener = createServer((socket) => this.accept(socket));
    listener.listen(this.lastPort, '127.0.0.1');
    await once(listener, 'listening');
    this.lastPort = (listener.address() as AddressInfo).port;
    this.listener = listener;
    return this;
  }

  /** As SIGKILL: connections end in the middle of whatever they carry. The log stays. */
  async stop(): Promise<void> {
    const { listener } = this;
    if (!listener) return;
    this.listener = undefined;
    const closed = once(listener, 'close');
    listener.close();
    this.dropConnections();
    await closed;
  }

  /** A new process on the same files: recent ids are forgotten. */
  async restart(): Promise<void> {
    await this.stop();
    this.log.forgetRecentIds();
    await this.start();
  }

  /** As a broken network: who connects again is served. */
  dropConnections(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  /** Ends the shared append calls with OK: what was sent on them is never answered. */
  halfCloseAppends(): void {
    this.appends.halfClose();
  }

  /** Ends every subscription with OK. */
  endSubscriptions(): void {
    this.reads.endSubscriptions();
  }

  /** Events that subscriptions were sent, repetitions not counted. */
  get eventsSent(): number {
    return this.reads.sent;
  }

  get connectionCount(): number {
    return this.sockets.size;
  }

  private accept(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    this.connections.injectConnection(socket);
  }
}
