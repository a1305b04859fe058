import { CloudRefused } from '../cloud.port.js';
import type { Fault, Faults } from './faults.js';
import {
  digest,
  type FleetAggregate,
  type FleetHost,
  type FleetInstance,
  type FleetMigration,
  type FleetServer,
  type FleetState,
  identifier,
} from './fleet.state.js';
import { outcomeOf } from './outcome.js';

const MOVABLE = { live: ['ACTIVE', 'PAUSED'], cold: ['ACTIVE', 'SHUTOFF'] } as const;
/** So many migrations are kept. */
const REMEMBERED = 1000;

/**
 * A cloud in memory that behaves as Nova does: it accepts at once, works on by itself, and what came of it has to be looked
 * for. No timers: what time has brought about is worked out when somebody looks, the same after a restart.
 */
export class Fleet {
  constructor(
    private readonly state: FleetState,
    private readonly faults: Faults,
    private readonly changed: (state: FleetState) => void = () => undefined,
    private readonly now: () => number = Date.now,
  ) {}

  hosts(): readonly Readonly<FleetHost>[] {
    return this.state.hosts;
  }

  aggregates(): readonly FleetAggregate[] {
    return this.state.aggregates ?? [];
  }

  /** That of an aggregate goes before the host's own. */
  zone(name: string): string {
    const placed = this.aggregates().find(({ zone, hosts }) => zone !== null && hosts.includes(name));
    return placed?.zone ?? this.host(name).zone;
  }

  /** Puts hosts together under a name, in place of what was together under it before; without hosts it is gone. */
  group(name: string, hosts: readonly string[], zone: string | null = null): void {
    const others = this.aggregates().filter((one) => one.name !== name);
    this.state.aggregates = hosts.length === 0 ? others : [...others, { name, zone, hosts }];
    this.changed(this.state);
  }

  /** A host that the cloud gets, or with false loses. */
  setKnown(name: string, known: boolean): void {
    const index = this.state.hosts.findIndex(({ host }) => host === name);
    if (!known && index >= 0) this.state.hosts.splice(index, 1);
    if (known && index < 0)
      this.state.hosts.push({ host: name, enabled: true, disabledReason: null, up: true, zone: 'nova' });
    this.changed(this.state);
  }

  /** Of the private network 10/8, in the order of the hosts. */
  address(name: string): string {
    const number = this.state.hosts.findIndex(({ host }) => host === name) + 1;
    return `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`;
  }

  /** Refused when there is no such host. */
  host(name: string): Readonly<FleetHost> {
    return this.mutableHost(name);
  }

  servers(): readonly Readonly<FleetServer>[] {
    this.settle();
    return this.state.servers;
  }

  server(id: string): Readonly<FleetServer> | undefined {
    return this.servers().find((server) => server.id === id);
  }

  /** Newest first; of all servers without an `instanceId`. */
  migrations(instanceId?: string): readonly Readonly<FleetMigration>[] {
    this.settle();
    return this.state.migrations
      .filter((one) => instanceId === undefined || one.instanceId === instanceId)
      .toReversed();
  }

  setEnabled(name: string, enabled: boolean, reason: string | null): Readonly<FleetHost> {
    const host = this.mutableHost(name);
    Object.assign(host, { enabled, disabledReason: enabled ? null : reason });
    this.changed(this.state);
    return host;
  }

  /** Whether the host's agent is alive. */
  setUp(name: string, up: boolean): void {
    this.mutableHost(name).up = up;
    this.changed(this.state);
  }

  boot(instance: FleetInstance): Readonly<FleetServer> {
    const { name, projectId, host, status = 'ACTIVE' } = instance;
    const { seed, servers } = this.state;
    const id = instance.id ?? identifier(seed, projectId, name, String(servers.length));
    const server = { id, name, projectId, host: this.host(host).host, status, task: null, fault: null };
    servers.push(server);
    this.changed(this.state);
    return server;
  }

  remove(id: string): void {
    const index = this.state.servers.findIndex((server) => server.id === id);
    if (index >= 0) this.state.servers.splice(index, 1);
    this.changed(this.state);
  }

  /** Accepts the move of a server; answers with the request's identifier. */
  start(id: string, kind: 'live' | 'cold'): string {
    this.settle();
    const server = this.mutableServer(id);
    const fault = this.faults.of(id, server.host, kind);
    this.refuseUnlessMovable(server, kind);
    if (fault?.is === 'refused') throw new CloudRefused(fault.why);
    const { request } = this.record(server, kind, fault);
    server.task = kind === 'live' ? 'migrating' : 'resize_migrating';
    if (kind === 'live') server.status = 'MIGRATING';
    this.changed(this.state);
    return request;
  }

  confirm(id: string): void {
    this.settle();
    const server = this.mutableServer(id);
    const migration = this.state.migrations.findLast((one) => one.instanceId === id);
    if (migration?.status !== 'finished')
      throw new CloudRefused(`instance ${id} has nothing to be confirmed`);
    migration.status = 'confirmed';
    server.status = migration.was;
    this.changed(this.state);
  }

  callOff(id: string, migrationId: number): void {
    this.settle();
    const server = this.mutableServer(id);
    const migration = this.state.migrations.find((one) => one.id === migrationId && one.instanceId === id);
    if (migration?.kind !== 'live' || migration.status !== 'running')
      throw new CloudRefused(`migration ${migrationId} of instance ${id} is not to be called off`);
    Object.assign(migration, { status: 'cancelled', why: 'the migration was called off' });
    Object.assign(server, { status: migration.was, task: null });
    this.changed(this.state);
  }

  private record(server: FleetServer, kind: 'live' | 'cold', fault: Fault | undefined): FleetMigration {
    const { migrations, seed, migrationMs } = this.state;
    const id = (migrations.at(-1)?.id ?? 0) + 1;
    const destination = this.choose(server);
    const migration: FleetMigration = {
      id,
      request: `req-${identifier(seed, 'request', String(id))}`,
      instanceId: server.id,
      kind,
      status: 'running',
      source: server.host,
      destination,
      was: server.status,
      endsAt: fault?.is === 'stuck' ? null : this.now() + migrationMs,
      outcome: outcomeOf(server, kind, destination, fault),
      why: null,
    };
    migrations.push(migration);
    this.forget();
    return migration;
  }

  private mutableHost(name: string): FleetHost {
    const host = this.state.hosts.find((one) => one.host === name);
    if (host === undefined) throw new CloudRefused(`the cloud knows no compute host ${name}`);
    return host;
  }

  private mutableServer(id: string): FleetServer {
    const server = this.state.servers.find((one) => one.id === id);
    if (server === undefined) throw new CloudRefused(`instance ${id} could not be found`);
    return server;
  }

  private refuseUnlessMovable(server: FleetServer, kind: 'live' | 'cold'): void {
    if (server.task !== null) throw new CloudRefused(`instance ${server.id} is in task state ${server.task}`);
    if (!(MOVABLE[kind] as readonly string[]).includes(server.status))
      throw new CloudRefused(`instance ${server.id} cannot be moved ${kind} while it is ${server.status}`);
    if (!this.host(server.host).up) throw new CloudRefused(`the compute service of ${server.host} is not up`);
  }

  /** The emptiest host that may take it; among equals the seed decides. */
  private choose({ id, host: source }: FleetServer): string | null {
    const { seed, capacity } = this.state;
    const open = this.state.hosts
      .filter(({ host, enabled, up }) => enabled && up && host !== source)
      .map(({ host }) => ({ host, load: this.load(host), lot: digest(seed, id, host) }))
      .filter(({ load }) => load < capacity)
      .toSorted((a, b) => a.load - b.load || (a.lot < b.lot ? -1 : 1));
    return open[0]?.host ?? null;
  }

  private load(host: string): number {
    const on = this.state.servers.filter((server) => server.host === host).length;
    return on + this.state.migrations.filter((one) => claims(one, host)).length;
  }

  private settle(): void {
    const due = this.state.migrations.filter(
      ({ status, endsAt }) => status === 'running' && endsAt !== null && endsAt <= this.now(),
    );
    for (const migration of due) this.end(migration);
    if (due.length > 0) this.changed(this.state);
  }

  private end(migration: FleetMigration): void {
    const { status, why, server } = migration.outcome;
    Object.assign(migration, { status, why });
    const moved = this.state.servers.find(({ id }) => id === migration.instanceId);
    if (moved !== undefined) Object.assign(moved, server, { task: null });
  }

  private forget(): void {
    const { migrations } = this.state;
    if (migrations.length <= REMEMBERED) return;
    const oldest = migrations.findIndex(({ status }) => status !== 'running' && status !== 'finished');
    if (oldest >= 0) migrations.splice(oldest, 1);
  }
}

/** A host holds room for what is coming, and for what may still come back. */
const claims = ({ status, source, destination }: FleetMigration, host: string): boolean =>
  (status === 'running' && destination === host) || (status === 'finished' && source === host);
