import type { IncomingHttpHeaders } from 'node:http';
import { CloudRefused } from '#libs/clouds/src/cloud.port.js';
import type { Fleet } from '#libs/clouds/src/simulated/fleet.js';
import type { FleetHost, FleetMigration, FleetServer } from '#libs/clouds/src/simulated/fleet.state.js';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  // oxlint-disable-next-line typescript/no-explicit-any -- whatever a client sends
  readonly body: any;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const ok = (body: unknown, status = 200): Answer => ({ status, body });
export const no = (status: number, message: string): Answer => ({
  status,
  body: { conflictingRequest: { code: status, message } },
});

const service = ({ host, enabled, disabledReason, up }: FleetHost, zone: string) => ({
  id: `service-${host}`,
  binary: 'nova-compute',
  host,
  zone,
  status: enabled ? 'enabled' : 'disabled',
  state: up ? 'up' : 'down',
  disabled_reason: disabledReason,
});

const hypervisor = ({ host }: FleetHost, host_ip: string) => ({
  id: `hypervisor-${host}`,
  hypervisor_hostname: host,
  host_ip,
  service: { id: `service-${host}`, host },
});

const server = ({ id, name, projectId, host, status, task, fault }: FleetServer) => ({
  id,
  name,
  tenant_id: projectId,
  status,
  'OS-EXT-SRV-ATTR:host': host,
  'OS-EXT-STS:task_state': task,
  ...(fault === null ? {} : { fault: { message: fault } }),
});

const novaStatus = ({ kind, status }: FleetMigration) =>
  kind === 'cold' && status === 'running' ? 'migrating' : status;

const migration = (one: FleetMigration) => ({
  id: one.id,
  instance_uuid: one.instanceId,
  migration_type: one.kind === 'live' ? 'live-migration' : 'migration',
  status: novaStatus(one),
  source_compute: one.source,
  dest_compute: one.destination,
});

const action = ({ request, kind, why }: FleetMigration) => ({
  action: kind === 'live' ? 'live-migration' : 'migrate',
  request_id: request,
  message: why === null ? null : 'Error',
  events: [{ event: 'compute_task', result: why === null ? 'Success' : 'Error', details: why }],
});

type Route = (asked: Asked, id: string, item: string) => Answer;

/** Nova's compute API as far as our client uses it, with a simulated fleet behind. */
export class FakeNova {
  microversions = { version: '2.93', min_version: '2.1' };
  private readonly routes: Readonly<Record<string, Route>> = {
    'GET ': () => ok({ version: { id: 'v2.1', ...this.microversions } }),
    'GET os-services': ({ query }) => ok({ services: this.services(query) }),
    'GET os-hypervisors': ({ query }) => this.hypervisors(query),
    'GET os-aggregates': () => this.aggregates(),
    'PUT os-services': ({ body }, id) => this.update(id, body),
    'GET servers': ({ query }, id) => (id === 'detail' ? this.page(query) : this.one(id)),
    'GET os-migrations': ({ query }) => ok({ migrations: this.migrations(query) }),
    'POST servers action': ({ body }, id) => this.act(id, body),
    'DELETE servers migrations': (_, id, item) => this.callOff(id, item),
    'GET servers os-instance-actions': (_, id, item) => this.actions(id, item),
  };

  constructor(private readonly fleet: Fleet) {}

  /** `path` is what follows the API's version. */
  answer(asked: Asked, path: string): Answer {
    const [kind = '', id = '', part, item = ''] = path.split('/');
    const route = this.routes[`${asked.method} ${kind}${part === undefined ? '' : ` ${part}`}`];
    if (route === undefined) return no(404, 'no such path');
    try {
      return route(asked, id, item);
    } catch (error) {
      if (!(error instanceof CloudRefused)) throw error;
      return no(/could not be found/.test(error.message) ? 404 : 409, error.message);
    }
  }

  private services(query: URLSearchParams) {
    const host = query.get('host');
    return this.fleet
      .hosts()
      .filter((one) => host === null || one.host === host)
      .map((one) => service(one, this.fleet.zone(one.host)));
  }

  private aggregates(): Answer {
    const all = this.fleet.aggregates().map(({ name, zone, hosts }, index) => ({
      id: index + 1,
      name,
      availability_zone: zone,
      hosts,
    }));
    return ok({ aggregates: all });
  }

  private update(id: string, body: { status: string; disabled_reason?: string }): Answer {
    if ((body.disabled_reason ?? 'x').trim() === '' || (body.disabled_reason ?? '').length > 255)
      return no(400, 'Invalid input for field/attribute disabled_reason.');
    const host = id.replace(/^service-/, '');
    const changed = this.fleet.setEnabled(host, body.status === 'enabled', body.disabled_reason ?? null);
    return ok({ service: service(changed, this.fleet.zone(host)) });
  }

  private hypervisors(query: URLSearchParams): Answer {
    const all = this.fleet.hosts().map((host) => hypervisor(host, this.fleet.address(host.host)));
    return this.pageOf('hypervisors', all, query);
  }

  private page(query: URLSearchParams): Answer {
    const all = this.fleet.servers().filter(({ host }) => host === query.get('host'));
    return this.pageOf('servers', all.map(server), query);
  }

  private pageOf(collection: string, all: readonly { readonly id: string }[], query: URLSearchParams) {
    const marker = query.get('marker');
    const from = marker === null ? 0 : all.findIndex(({ id }) => id === marker) + 1;
    if (marker !== null && from === 0) return no(400, `marker [${marker}] not found`);
    const to = from + Number(query.get('limit') ?? 1000);
    const links = to < all.length ? { [`${collection}_links`]: [{ rel: 'next', href: 'elsewhere' }] } : {};
    return ok({ [collection]: all.slice(from, to), ...links });
  }

  private one(id: string): Answer {
    const found = this.fleet.server(id);
    return found === undefined
      ? no(404, `Instance ${id} could not be found.`)
      : ok({ server: server(found) });
  }

  private migrations(query: URLSearchParams) {
    const host = query.get('host');
    const status = query.get('status');
    return this.fleet
      .migrations(query.get('instance_uuid') ?? undefined)
      .filter((one) => host === null || one.source === host || one.destination === host)
      .filter((one) => status === null || novaStatus(one) === status)
      .map(migration);
  }

  private act(id: string, body: object): Answer {
    const [name] = Object.keys(body);
    if (name === 'confirmResize') {
      this.fleet.confirm(id);
      return { status: 202 };
    }
    const request = this.fleet.start(id, name === 'migrate' ? 'cold' : 'live');
    return { status: 202, headers: { 'x-compute-request-id': request } };
  }

  private callOff(id: string, migrationId: string): Answer {
    this.fleet.callOff(id, Number(migrationId));
    return { status: 202 };
  }

  private actions(id: string, request: string): Answer {
    const all = this.fleet.migrations(id).map(action);
    if (request === '') return ok({ instanceActions: all });
    const one = all.find((each) => each.request_id === request);
    return one === undefined ? no(404, 'no such action') : ok({ instanceAction: one });
  }
}
