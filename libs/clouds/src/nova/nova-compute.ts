import type { Nova } from '#libs/openstack/src/nova.js';
import type { NovaAction, NovaMigration, NovaServer } from '#libs/openstack/src/nova.types.js';
import type { Compute, Migration, Server } from '../move/compute.js';
import { translated } from './translated.js';

const KINDS = { 'live-migration': 'live', migration: 'cold', resize: 'other', evacuation: 'other' } as const;

const STATES: Readonly<Record<string, Migration['state']>> = {
  finished: 'unconfirmed',
  confirming: 'confirming',
  completed: 'done',
  confirmed: 'done',
  reverted: 'done',
  done: 'done',
  error: 'failed',
  failed: 'failed',
  cancelled: 'failed',
};

const MOVES = new Set(['live-migration', 'migrate']);

export const toServer = (server: NovaServer): Server => ({
  id: server.id,
  name: server.name ?? '',
  projectId: server.tenant_id,
  host: server['OS-EXT-SRV-ATTR:host'] ?? null,
  status: server.status,
  task: server['OS-EXT-STS:task_state'] ?? null,
  fault: server.fault?.message ?? null,
});

export const toMigration = (migration: NovaMigration): Migration => ({
  id: String(migration.id),
  kind: KINDS[migration.migration_type ?? 'resize'],
  state: STATES[migration.status] ?? 'under-way',
  status: migration.status,
  source: migration.source_compute,
});

/** An older Nova keeps the reason to itself: its traceback ends before the exception. */
const words = ({ action, events = [] }: NovaAction): string => {
  const failed = events.find(({ result }) => result === 'Error');
  const where = failed === undefined ? '' : ` in ${failed.event}`;
  return failed?.details ?? `the cloud reports that ${action} failed${where}`;
};

/** What a move is made of, on a Nova. */
export class NovaCompute implements Compute {
  constructor(private readonly nova: Nova) {}

  server(id: string, signal: AbortSignal): Promise<Server | undefined> {
    return translated(async () => {
      const server = await this.nova.server(id, signal);
      return server === undefined ? undefined : toServer(server);
    });
  }

  migrations(serverId: string, signal: AbortSignal): Promise<readonly Migration[]> {
    return translated(async () =>
      (await this.nova.migrations({ instance_uuid: serverId }, signal)).map(toMigration),
    );
  }

  start(serverId: string, mode: 'live' | 'cold', signal: AbortSignal): Promise<string | undefined> {
    const live = { 'os-migrateLive': { host: null, block_migration: 'auto' } };
    return translated(() => this.nova.act(serverId, mode === 'live' ? live : { migrate: null }, signal));
  }

  async confirm(serverId: string, signal: AbortSignal): Promise<void> {
    await translated(() => this.nova.act(serverId, { confirmResize: null }, signal));
  }

  callOff(serverId: string, { id }: Migration, signal: AbortSignal): Promise<void> {
    return translated(() => this.nova.abortMigration(serverId, Number(id), signal));
  }

  failure(serverId: string, request: string | undefined, signal: AbortSignal): Promise<string | undefined> {
    return translated(async () => {
      const actions = await this.nova.actions(serverId, signal);
      const one = actions.find(({ action, request_id: id }) =>
        request === undefined ? MOVES.has(action) : id === request,
      );
      if (one?.message !== 'Error') return undefined;
      return words(await this.nova.action(serverId, one.request_id, signal));
    });
  }
}
