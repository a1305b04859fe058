import { createHash } from 'node:crypto';

export interface FleetHost {
  readonly host: string;
  enabled: boolean;
  disabledReason: string | null;
  up: boolean;
  readonly zone: string;
}

/** One that has a zone puts its hosts there. */
export interface FleetAggregate {
  readonly name: string;
  readonly zone: string | null;
  readonly hosts: readonly string[];
}

export interface FleetServer {
  readonly id: string;
  readonly name: string;
  readonly projectId: string;
  host: string;
  status: string;
  task: string | null;
  fault: string | null;
}

export interface FleetMigration {
  readonly id: number;
  readonly request: string;
  readonly instanceId: string;
  readonly kind: 'live' | 'cold';
  status: 'running' | 'finished' | 'completed' | 'confirmed' | 'error' | 'cancelled';
  readonly source: string;
  readonly destination: string | null;
  /** Status of the instance before it, which it gets back. */
  readonly was: string;
  /** Milliseconds since the epoch; null: never, unless it is called off. */
  readonly endsAt: number | null;
  /** What becomes of it, decided at its start. */
  readonly outcome: FleetOutcome;
  /** Why it came to nothing. */
  why: string | null;
}

export interface FleetOutcome {
  readonly status: 'finished' | 'completed' | 'error';
  readonly why: string | null;
  readonly server: { readonly host: string; readonly status: string; readonly fault: string | null };
}

/** Everything there is to know of a simulated cloud: JSON only. */
export interface FleetState {
  readonly fleet: 1;
  readonly seed: string;
  readonly capacity: number;
  readonly migrationMs: number;
  readonly hosts: FleetHost[];
  readonly servers: FleetServer[];
  readonly migrations: FleetMigration[];
  /** Left out in files of before there were any. */
  aggregates?: FleetAggregate[];
}

export interface FleetInstance {
  readonly id?: string;
  readonly name: string;
  readonly projectId: string;
  readonly host: string;
  readonly status?: 'ACTIVE' | 'SHUTOFF';
}

export interface FleetOptions {
  /** Without hosts: twenty, with sixty instances of four projects. */
  readonly hosts?: readonly string[];
  readonly instances?: readonly FleetInstance[];
  /** Whatever looks like chance follows from it: identifiers, and which of several equal hosts is chosen. */
  readonly seed?: string;
  readonly migrationMs?: number;
  /** Instances a host. */
  readonly capacity?: number;
}

export const digest = (...parts: readonly string[]): string =>
  createHash('sha256').update(parts.join('\n')).digest('hex');

/** A UUID (version 8: of our own making) that follows from its parts. */
export const identifier = (...parts: readonly string[]): string =>
  digest(...parts).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-8$3-a$4-$5');

const numbered = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}-${String(index + 1).padStart(2, '0')}`);

const defaultHosts = numbered('compute', 20);

const defaultInstances = (seed: string): FleetInstance[] =>
  ['payments', 'portal', 'telemetry', 'voice']
    .flatMap((project) => numbered(project, 15).map((name) => ({ project, name })))
    .map(({ project, name }, index) => ({
      name,
      projectId: digest(seed, project).slice(0, 32),
      host: defaultHosts[index % defaultHosts.length]!,
      // A few that do not run, since those cannot be moved live.
      status: index % 12 === 11 ? 'SHUTOFF' : 'ACTIVE',
    }));

export const newFleet = (options: FleetOptions): FleetState => {
  const seed = options.seed ?? 'craton';
  const hosts = options.hosts ?? defaultHosts;
  const instances = options.instances ?? (options.hosts === undefined ? defaultInstances(seed) : []);
  return {
    fleet: 1,
    seed,
    capacity: options.capacity ?? 10,
    migrationMs: options.migrationMs ?? 200,
    hosts: hosts.map((host) => ({ host, enabled: true, disabledReason: null, up: true, zone: 'nova' })),
    servers: instances.map(({ id, name, projectId, host, status }) => ({
      id: id ?? identifier(seed, projectId, name),
      name,
      projectId,
      host,
      status: status ?? 'ACTIVE',
      task: null,
      fault: null,
    })),
    migrations: [],
  };
};
