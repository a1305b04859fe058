import { setTimeout as pause } from 'node:timers/promises';
import { CloudUnavailable } from '../cloud.port.js';
import type { Compute, Migration, Server } from '../move/compute.js';
import type { Faults } from './faults.js';
import type { Fleet } from './fleet.js';
import type { FleetMigration } from './fleet.state.js';

const STATES = {
  running: 'under-way',
  finished: 'unconfirmed',
  completed: 'done',
  confirmed: 'done',
  error: 'failed',
  cancelled: 'failed',
} as const satisfies Record<FleetMigration['status'], Migration['state']>;

const toMigration = ({ id, kind, status, source }: FleetMigration): Migration => ({
  id: String(id),
  kind,
  state: STATES[status],
  status,
  source,
});

/** Calls to a fleet as if it were far away: slow, without an answer, or called off. */
export class SimulatedCompute implements Compute {
  constructor(
    private readonly fleet: Fleet,
    private readonly faults: Faults,
  ) {}

  server(id: string, signal: AbortSignal): Promise<Server | undefined> {
    return this.call(() => structuredClone(this.fleet.server(id)), signal);
  }

  migrations(serverId: string, signal: AbortSignal): Promise<readonly Migration[]> {
    return this.call(() => this.fleet.migrations(serverId).map(toMigration), signal);
  }

  async start(serverId: string, mode: 'live' | 'cold', signal: AbortSignal): Promise<string> {
    const request = await this.call(() => this.fleet.start(serverId, mode), signal);
    if (this.faults.takeLostStart()) throw new CloudUnavailable('the answer of the cloud was lost');
    return request;
  }

  confirm(serverId: string, signal: AbortSignal): Promise<void> {
    return this.call(() => this.fleet.confirm(serverId), signal);
  }

  callOff(serverId: string, { id }: Migration, signal: AbortSignal): Promise<void> {
    return this.call(() => this.fleet.callOff(serverId, Number(id)), signal);
  }

  failure(serverId: string, request: string | undefined, signal: AbortSignal): Promise<string | undefined> {
    return this.call(() => {
      const asked = this.fleet
        .migrations(serverId)
        .find((one) => request === undefined || one.request === request);
      return asked !== undefined && STATES[asked.status] === 'failed' ? (asked.why ?? undefined) : undefined;
    }, signal);
  }

  async call<T>(work: () => T, signal: AbortSignal): Promise<T> {
    try {
      signal.throwIfAborted();
      if (this.faults.delayMs > 0) await pause(this.faults.delayMs, undefined, { signal });
    } catch (cause) {
      throw new CloudUnavailable('the call to the cloud was called off', { cause });
    }
    if (this.faults.away) throw new CloudUnavailable('the cloud does not answer');
    return work();
  }
}
