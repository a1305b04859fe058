import {
  Cloud,
  CloudUnavailable,
  type ComputeHost,
  type HostService,
  type Instance,
  type Move,
} from '../cloud.port.js';
import { toInstance } from '../move/compute.js';
import { Mover, type Pace } from '../move/mover.js';
import { Faults } from './faults.js';
import { readFleet, writeFleet } from './fleet-file.js';
import { Fleet } from './fleet.js';
import { type FleetHost, type FleetOptions, type FleetState, newFleet } from './fleet.state.js';
import { SimulatedCompute } from './simulated-compute.js';

export interface SimulatedOptions extends FleetOptions {
  /** A file that keeps the fleet over restarts; when it exists, it wins over the other options. */
  readonly path?: string;
  readonly now?: () => number;
}

const paceOf = (migrationMs: number): Pace => {
  const firstPollMs = Math.min(Math.max(migrationMs / 8, 5), 250);
  return { firstPollMs, lastPollMs: 2 * firstPollMs, settleMs: 5000, callOffMs: 10_000 };
};

const keep = (path: string, state: FleetState): void => {
  try {
    writeFleet(path, state);
  } catch (cause) {
    throw new CloudUnavailable(`the simulated fleet could not be written to ${path}`, { cause });
  }
};

/**
 * A `Cloud` without hardware, and the same each time: moves take `migrationMs`, end as Nova's do, and go wrong as `faults` says.
 * `fleet` is what an operator of that cloud sees and does behind our back.
 */
export class SimulatedCloud extends Cloud {
  readonly faults = new Faults();
  readonly fleet: Fleet;
  private readonly compute: SimulatedCompute;
  private readonly pace: Pace;

  constructor({ path, now, ...options }: SimulatedOptions = {}) {
    super();
    const kept = path === undefined ? undefined : readFleet(path);
    const state = kept ?? newFleet(options);
    if (path !== undefined && kept === undefined) writeFleet(path, state);
    this.pace = paceOf(state.migrationMs);
    const changed = path === undefined ? undefined : () => keep(path, state);
    this.fleet = new Fleet(state, this.faults, changed, now);
    this.compute = new SimulatedCompute(this.fleet, this.faults);
  }

  override hosts(signal: AbortSignal): Promise<readonly ComputeHost[]> {
    return this.compute.call(() => {
      const aggregates = this.fleet.aggregates().toSorted((a, b) => (a.name < b.name ? -1 : 1));
      return this.fleet.hosts().map((host) => ({
        ...this.toHost(host),
        address: this.fleet.address(host.host),
        aggregates: aggregates.filter(({ hosts }) => hosts.includes(host.host)).map(({ name }) => name),
      }));
    }, signal);
  }

  override host(name: string, signal: AbortSignal): Promise<HostService> {
    return this.compute.call(() => this.toHost(this.fleet.host(name)), signal);
  }

  override disable(name: string, reason: string, signal: AbortSignal): Promise<HostService> {
    return this.effect(() => {
      const host = this.fleet.host(name);
      return this.toHost(host.enabled ? this.fleet.setEnabled(name, false, reason.trim() || null) : host);
    }, signal);
  }

  override enable(name: string, signal: AbortSignal): Promise<HostService> {
    return this.effect(() => this.toHost(this.fleet.setEnabled(name, true, null)), signal);
  }

  override instances(host: string, signal: AbortSignal): Promise<readonly Instance[]> {
    return this.compute.call(() => {
      const { host: name } = this.fleet.host(host);
      const passing = this.fleet
        .migrations()
        .filter(({ status }) => status === 'running' || status === 'finished')
        .filter(({ source, destination }) => source === name || destination === name);
      const ids = new Set(passing.map(({ instanceId }) => instanceId));
      return this.fleet
        .servers()
        .filter((server) => server.host === name || ids.has(server.id))
        .map(toInstance);
    }, signal);
  }

  override instance(id: string, signal: AbortSignal): Promise<Instance | undefined> {
    return this.compute.call(() => {
      const server = this.fleet.server(id);
      return server === undefined ? undefined : toInstance(server);
    }, signal);
  }

  override async move(
    instanceId: string,
    from: string,
    mode: 'live' | 'cold',
    signal: AbortSignal,
  ): Promise<Move> {
    const move = await new Mover(this.compute, { instanceId, from, mode }, this.pace).move(signal);
    return this.answer(move);
  }

  private toHost({ host, enabled, disabledReason, up }: FleetHost): HostService {
    return { host, enabled, disabledReason, up, zone: this.fleet.zone(host) };
  }

  private async effect<T>(work: () => T, signal: AbortSignal): Promise<T> {
    return this.answer(await this.compute.call(work, signal));
  }

  private answer<T>(outcome: T): T {
    if (this.faults.takeLostAnswer()) throw new CloudUnavailable('the answer of the cloud was lost');
    return outcome;
  }
}
