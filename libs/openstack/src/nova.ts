import type { Json } from '#libs/kernel/src/json.js';
import type { HttpAnswer, HttpRequest } from './http-client.js';
import type { Keystone } from './keystone.js';
import { negotiate } from './microversion.js';
import type {
  NovaAction,
  NovaAggregate,
  NovaHypervisor,
  NovaMigration,
  NovaServer,
  NovaService,
} from './nova.types.js';
import { ServiceRefused } from './openstack.errors.js';

type Query = Readonly<Record<string, string>>;

interface Connection {
  readonly base: string;
  readonly microversion: string;
}

/** Identifiers that cannot change the meaning of a path; Nova's all can be written so. */
const isIdentifier = (id: string): boolean => /^[\w-]{1,255}$/.test(id);

/** Nova's REST, as an administrator sees it. Rejects with `ServiceRefused` or `ServiceUnavailable`. */
export class Nova {
  private connection: Connection | undefined;

  /** `pageSize` is what is asked for at a time; without it Nova's own limit. */
  constructor(
    private readonly keystone: Keystone,
    private readonly options: { readonly pageSize?: number } = {},
  ) {}

  async services(query: Query, signal: AbortSignal): Promise<readonly NovaService[]> {
    const answer = await this.get('/os-services', query, signal);
    return (answer.body as { services: NovaService[] }).services;
  }

  async updateService(
    id: string,
    changes: { readonly status: 'enabled' | 'disabled'; readonly disabled_reason?: string },
    signal: AbortSignal,
  ): Promise<NovaService> {
    const answer = await this.send(
      { method: 'PUT', path: `/os-services/${id}`, body: changes, repeatable: true },
      signal,
    );
    return (answer.body as { service: NovaService }).service;
  }

  hypervisors(signal: AbortSignal): Promise<readonly NovaHypervisor[]> {
    return this.allPages('hypervisors', '/os-hypervisors/detail', {}, signal);
  }

  async aggregates(signal: AbortSignal): Promise<readonly NovaAggregate[]> {
    const answer = await this.get('/os-aggregates', {}, signal);
    return (answer.body as { aggregates: NovaAggregate[] }).aggregates;
  }

  /** Of all projects, all pages. A page that follows on a server which is gone by then makes it start over. */
  async servers(query: Query, signal: AbortSignal): Promise<readonly NovaServer[]> {
    for (let restarts = 0; ; restarts += 1) {
      try {
        return await this.allPages('servers', '/servers/detail', { ...query, all_tenants: '1' }, signal);
      } catch (error) {
        const markerGone = error instanceof ServiceRefused && /\bmarker\b/.test(error.explanation ?? '');
        if (!markerGone || restarts === 3) throw error;
      }
    }
  }

  /** Undefined when there is none. */
  async server(id: string, signal: AbortSignal): Promise<NovaServer | undefined> {
    if (!isIdentifier(id)) return undefined;
    try {
      return ((await this.get(`/servers/${id}`, {}, signal)).body as { server: NovaServer }).server;
    } catch (error) {
      if (error instanceof ServiceRefused && error.status === 404) return undefined;
      throw error;
    }
  }

  /** Newest first. */
  async migrations(query: Query, signal: AbortSignal): Promise<readonly NovaMigration[]> {
    const answer = await this.get('/os-migrations', query, signal);
    const { migrations } = answer.body as { migrations: NovaMigration[] };
    return migrations.toSorted((a, b) => b.id - a.id);
  }

  /** Accepts almost everything with 202; what came of it is in the server, its migrations and its actions. */
  async act(serverId: string, action: Json, signal: AbortSignal): Promise<string | undefined> {
    const path = `/servers/${serverId}/action`;
    const { headers } = await this.send({ method: 'POST', path, body: action }, signal);
    return headers.get('x-compute-request-id') ?? headers.get('x-openstack-request-id') ?? undefined;
  }

  /** Calls a live migration off; refused when it is not in a state to be. */
  async abortMigration(serverId: string, migrationId: number, signal: AbortSignal): Promise<void> {
    await this.send({ method: 'DELETE', path: `/servers/${serverId}/migrations/${migrationId}` }, signal);
  }

  /** Newest first, without their events. */
  async actions(serverId: string, signal: AbortSignal): Promise<readonly NovaAction[]> {
    const answer = await this.get(`/servers/${serverId}/os-instance-actions`, {}, signal);
    return (answer.body as { instanceActions: NovaAction[] }).instanceActions;
  }

  async action(serverId: string, requestId: string, signal: AbortSignal): Promise<NovaAction> {
    const answer = await this.get(`/servers/${serverId}/os-instance-actions/${requestId}`, {}, signal);
    return (answer.body as { instanceAction: NovaAction }).instanceAction;
  }

  private async allPages<T extends { readonly id: string }>(
    collection: string,
    path: string,
    query: Query,
    signal: AbortSignal,
  ): Promise<readonly T[]> {
    const all: T[] = [];
    for (let marker: string | undefined; ; marker = all.at(-1)?.id) {
      const page = {
        ...query,
        ...(this.options.pageSize === undefined ? {} : { limit: String(this.options.pageSize) }),
        ...(marker === undefined ? {} : { marker }),
      };
      const body = (await this.get(path, page, signal)).body as Record<string, unknown[] | undefined>;
      const [found = [], links = []] = [body[collection] as T[] | undefined, body[`${collection}_links`]];
      all.push(...found);
      if (found.length === 0 || links.length === 0) return all;
    }
  }

  private get(path: string, query: Query, signal: AbortSignal): Promise<HttpAnswer> {
    const search = new URLSearchParams(query).toString();
    return this.send({ method: 'GET', path: search === '' ? path : `${path}?${search}` }, signal);
  }

  private async send(
    { path, ...request }: Omit<HttpRequest, 'url' | 'signal' | 'headers'> & { readonly path: string },
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    this.connection ??= await this.connect(signal);
    const { base, microversion } = this.connection;
    const headers = {
      'openstack-api-version': `compute ${microversion}`,
      'x-openstack-nova-api-version': microversion,
    };
    return this.keystone.send({ ...request, url: `${base}${path}`, headers, signal });
  }

  private async connect(signal: AbortSignal): Promise<Connection> {
    const endpoint = await this.keystone.endpoint('compute', signal);
    // Catalogs spell it with or without the version, with the project id behind it, or with the older API's version.
    const base = `${endpoint.replace(/\/v2(\.\d+)?(\/.*)?$/, '')}/v2.1`;
    const { body } = await this.keystone.send({ method: 'GET', url: `${base}/`, signal });
    return { base, microversion: negotiate(body) };
  }
}
