import { Inject, Injectable } from '@nestjs/common';
import { CloudAccess } from '#libs/clouds/src/cloud-access.js';
import { DomainError } from '#libs/kernel/src/errors.js';
import { worksOnCloud } from '#libs/workflows/src/cloud-steps.policy.js';
import type { StartRun } from '#libs/workflows/src/run.decider.js';
import type { RunnableWorkflow } from '#libs/workflows/src/runnable.js';
import { startRun } from '#libs/workflows/src/start-run.js';
import { type DeviceRow, InventoryQueries } from '#projections/inventory/inventory.queries.js';
import { MaintenanceQueries, type WindowRow } from '#projections/maintenance/maintenance.queries.js';
import { RunQueries } from '#projections/runs/runs.queries.js';
import type { Exchange } from '../http/exchange.js';
import { referred } from '../inventory/references.js';
import { KnownWorkflows } from './known-workflows.js';
import type { NewRun } from './run.bodies.js';

export interface RunStart {
  readonly projectId: string;
  readonly command: StartRun;
}

/** What a run is about. */
interface Subject extends Pick<StartRun, 'host' | 'windowId'> {
  readonly projectId: string;
}

const refuse = (message: string): never => {
  throw new DomainError('illegal-state', message);
};

const demandOpen = ({ status, host_id, host_name }: WindowRow, host: DeviceRow | undefined): void => {
  if (status !== 'open') refuse(`the maintenance window is not open: it is ${status}`);
  if (host && host.id !== host_id) refuse(`the maintenance window is for ${host_name}, not for ${host.name}`);
};

/** By the name that the host has now: another host may have the one that it had when the window was made. */
const aboutWindow = (row: WindowRow, name = row.host_name): Subject => ({
  host: { hostId: row.host_id, regionId: row.region_id, name },
  windowId: row.id,
  projectId: row.project_id,
});

const aboutHost = ({ id: hostId, region_id: regionId, name, project_id: projectId }: DeviceRow): Subject => ({
  host: { hostId, regionId, name },
  windowId: null,
  projectId,
});

const withDeadline = (command: StartRun, seconds: number | undefined): StartRun =>
  seconds === undefined
    ? command
    : { ...command, deadline: new Date(Date.parse(command.at) + seconds * 1000).toISOString() };

/** Looks up what a request for a run speaks of. */
@Injectable()
export class RunRequests {
  @Inject() private readonly access: CloudAccess;

  constructor(
    private readonly workflows: KnownWorkflows,
    private readonly maintenance: MaintenanceQueries,
    private readonly inventory: InventoryQueries,
    private readonly runs: RunQueries,
  ) {}

  /** What the request comes to. Refuses a workflow, window or host that is not there or does not allow the run, and a project without the cloud. */
  startOf(exchange: Exchange, wanted: NewRun, at: Date): RunStart {
    const workflow = this.workflows.find(exchange, wanted.workflow);
    const { projectId, host, windowId } = this.subjectOf(exchange, wanted, workflow);
    const command = startRun({ workflow, input: wanted.input ?? {}, host, windowId, at });
    // The engine asks again at every step: what the input names is known only there.
    if (worksOnCloud(command.steps)) this.access.demand(projectId);
    return { projectId, command: withDeadline(command, wanted.ttl_seconds) };
  }

  private subjectOf(exchange: Exchange, wanted: NewRun, workflow: RunnableWorkflow): Subject {
    const host = this.hostOf(exchange, wanted.host_id);
    const window = this.windowOf(exchange, wanted.window_id) ?? this.openWindow(exchange, workflow, host);
    if (window) {
      demandOpen(window, host);
      if (workflow.needsWindow) this.demandUnused(exchange, window);
      return aboutWindow(window, this.inventory.device(exchange.view, window.host_id)?.name);
    }
    const { projectId } = exchange.caller;
    return host ? aboutHost(host) : { host: null, windowId: null, projectId };
  }

  private hostOf(exchange: Exchange, id: string | undefined): DeviceRow | undefined {
    if (id === undefined) return undefined;
    const device = this.inventory.device(exchange.view, id);
    const host = referred(exchange, device?.kind === 'host' ? device : undefined, 'host_id');
    if (host.retired_at !== null) refuse(`${host.name} is retired`);
    return host;
  }

  private windowOf(exchange: Exchange, id: string | undefined): WindowRow | undefined {
    if (id === undefined) return undefined;
    return referred(exchange, this.maintenance.window(exchange.view, id), 'window_id');
  }

  /** For a workflow that needs a window: the one that is open on the host. */
  private openWindow(
    { view }: Exchange,
    { needsWindow }: RunnableWorkflow,
    host: DeviceRow | undefined,
  ): WindowRow | undefined {
    if (!needsWindow || !host) return undefined;
    const { rows } = this.maintenance.windows(view, { hostId: host.id, status: 'open' }, { limit: 1 });
    return rows[0] ?? refuse(`${host.name} has no open maintenance window`);
  }

  /** Of two that are started at once, one is refused when its work is to begin. */
  private demandUnused({ view }: Exchange, { id: windowId, host_name }: WindowRow): void {
    const running = ['running', 'turning-back'].flatMap(
      (status) => this.runs.runs(view, { windowId, status }, { limit: 1 }).rows,
    );
    if (running[0]) refuse(`run ${running[0].id} works on ${host_name} already`);
  }
}
