import { HttpClient } from '#libs/openstack/src/http-client.js';
import { Keystone } from '#libs/openstack/src/keystone.js';
import { until } from './until.js';

const PATIENCE_MS = 120_000;
const MICROVERSION = { 'openstack-api-version': 'compute 2.79' };

const needed = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: these tests need the administrator of a real OpenStack`);
  return value;
};

/** Credentials of the OpenStack under test, from the usual environment; for another project when it is named. */
export const keystoneOptions = (projectName = needed('OS_PROJECT_NAME')) => ({
  authUrl: needed('OS_AUTH_URL'),
  username: needed('OS_USERNAME'),
  password: needed('OS_PASSWORD'),
  projectName,
  userDomainId: process.env['OS_USER_DOMAIN_ID'] ?? 'default',
  projectDomainId: process.env['OS_PROJECT_DOMAIN_ID'] ?? 'default',
  region: process.env['OS_REGION_NAME'],
  interface: 'public',
});

export interface Server {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly 'OS-EXT-SRV-ATTR:host': string | null;
  readonly 'OS-EXT-STS:task_state': string | null;
}

export interface Service {
  readonly id: string;
  readonly host: string;
  readonly status: 'enabled' | 'disabled';
  readonly disabled_reason: string | null;
  /** Whether its agent is alive. */
  readonly state: 'up' | 'down';
}

export interface MigrationRecord {
  readonly migration_type: string;
  readonly status: string;
  readonly source_compute: string;
  readonly dest_compute: string | null;
}

/** What people do on a real OpenStack while Craton looks on: boots, stops and deletes servers, and sets hosts by hand. */
export class OpenStack {
  private readonly booted = new Set<string>();

  constructor(private readonly projectName?: string) {}

  async call<T>(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: object): Promise<T> {
    return this.ask<T>('compute', method, path, body);
  }

  async boot(host: string, name: string): Promise<string> {
    const { images } = await this.ask<{ images: { id: string }[] }>('image', 'GET', '/v2/images');
    const { flavors } = await this.call<{ flavors: { id: string }[] }>('GET', '/flavors');
    const server = { name, host, imageRef: images[0]?.id, flavorRef: flavors[0]?.id, networks: 'none' };
    const answer = await this.call<{ server: { id: string } }>('POST', '/servers', { server });
    this.booted.add(answer.server.id);
    await this.untilStatus(answer.server.id, 'ACTIVE');
    return answer.server.id;
  }

  async server(id: string): Promise<Server | undefined> {
    const { servers } = await this.call<{ servers: Server[] }>(
      'GET',
      `/servers/detail?all_tenants=1&uuid=${id}`,
    );
    return servers[0];
  }

  act(id: string, action: object): Promise<void> {
    return this.call('POST', `/servers/${id}/action`, action);
  }

  async untilStatus(id: string, status: string): Promise<void> {
    let seen = '';
    await until(
      async () => {
        seen = (await this.server(id))?.status ?? 'gone';
        return seen === status;
      },
      PATIENCE_MS,
      () => `server ${id} is ${seen}, not ${status}`,
    );
  }

  async migrations(id: string): Promise<number> {
    return (await this.migrationsOf(id)).length;
  }

  /** Every migration of a server that there ever was. */
  async migrationsOf(id: string): Promise<readonly MigrationRecord[]> {
    type Found = { readonly migrations: readonly MigrationRecord[] };
    return (await this.call<Found>('GET', `/os-migrations?instance_uuid=${id}`)).migrations;
  }

  /** Names of what was asked of a server, by anybody, whatever came of it. */
  async actions(id: string): Promise<readonly string[]> {
    type Found = { readonly instanceActions: readonly { readonly action: string }[] };
    const found = await this.call<Found>('GET', `/servers/${id}/os-instance-actions`);
    return found.instanceActions.map(({ action }) => action);
  }

  /** Every server on a host, of all projects. */
  async serversOn(host: string): Promise<readonly Server[]> {
    type Found = { readonly servers: readonly Server[] };
    return (await this.call<Found>('GET', `/servers/detail?all_tenants=1&host=${host}`)).servers;
  }

  async services(): Promise<readonly Service[]> {
    type Found = { readonly services: readonly Service[] };
    return (await this.call<Found>('GET', '/os-services?binary=nova-compute')).services;
  }

  async service(host: string): Promise<Service> {
    const service = (await this.services()).find((one) => one.host === host);
    if (service === undefined) throw new Error(`no compute host ${host}`);
    return service;
  }

  async set(host: string, enabled: boolean, reason = 'set by hand'): Promise<void> {
    const service = await this.service(host);
    await this.call(
      'PUT',
      `/os-services/${service.id}`,
      enabled ? { status: 'enabled' } : { status: 'disabled', disabled_reason: reason },
    );
  }

  /** Puts hosts into an aggregate, in place of those that are in it; without hosts it is gone. */
  async group(name: string, hosts: readonly string[], zone: string | null = null): Promise<void> {
    type Aggregate = { readonly id: number; readonly name: string; readonly hosts: readonly string[] };
    const { aggregates } = await this.call<{ aggregates: readonly Aggregate[] }>('GET', '/os-aggregates');
    const act = (id: number, action: object) => this.call('POST', `/os-aggregates/${id}/action`, action);
    for (const { id, hosts: inIt } of aggregates.filter((one) => one.name === name)) {
      for (const host of inIt) await act(id, { remove_host: { host } });
      await this.call('DELETE', `/os-aggregates/${id}`);
    }
    if (hosts.length === 0) return;
    const aggregate = { name, ...(zone !== null && { availability_zone: zone }) };
    const made = await this.call<{ aggregate: Aggregate }>('POST', '/os-aggregates', { aggregate });
    for (const host of hosts) await act(made.aggregate.id, { add_host: { host } });
  }

  async remove(id: string): Promise<void> {
    if ((await this.server(id)) !== undefined) await this.call('DELETE', `/servers/${id}`);
    await until(
      async () => (await this.server(id)) === undefined,
      PATIENCE_MS,
      () => `server ${id} is not gone`,
    );
    this.booted.delete(id);
  }

  /** Removes whatever was booted here. */
  async clear(): Promise<void> {
    await Promise.all([...this.booted].map((id) => this.remove(id)));
  }

  private keystone: Keystone | undefined;

  private async ask<T>(
    type: string,
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    body?: object,
  ): Promise<T> {
    this.keystone ??= new Keystone(keystoneOptions(this.projectName), new HttpClient());
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const url = `${await this.keystone.endpoint(type, signal)}${path}`;
    const headers = type === 'compute' ? MICROVERSION : {};
    const json = body === undefined ? {} : { body: body as never };
    return (await this.keystone.send({ method, url, headers, signal, ...json })).body as T;
  }
}
