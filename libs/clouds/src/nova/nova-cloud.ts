import type { Nova } from '#libs/openstack/src/nova.js';
import type { NovaService } from '#libs/openstack/src/nova.types.js';
import {
  Cloud,
  CloudRefused,
  CloudUnavailable,
  type ComputeHost,
  type HostService,
  type Instance,
  type Move,
} from '../cloud.port.js';
import { Mover, type Pace, unhurried } from '../move/mover.js';
import { type Server, toInstance } from '../move/compute.js';
import { NovaCompute, toServer } from './nova-compute.js';
import { translated } from './translated.js';

/** Nova's words for a migration that has not ended; `finished` waits for its confirmation. */
const UNDER_WAY = ['accepted', 'queued', 'preparing', 'running', 'pre-migrating', 'migrating'].concat([
  'post-migrating',
  'finished',
  'confirming',
  'reverting',
]);

const LONGEST_REASON = 255;

const toHost = (service: NovaService): HostService => ({
  host: service.host,
  enabled: service.status === 'enabled',
  disabledReason: service.disabled_reason ?? null,
  up: service.state === 'up',
  zone: service.zone ?? null,
});

/** Undefined for who may not ask: they do without. */
const permitted = async <T>(call: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await translated(call);
  } catch (error) {
    if (error instanceof CloudRefused) return undefined;
    throw error;
  }
};

/** The `Cloud` of an OpenStack, through Nova alone. Needs the administrator's rights on all projects. */
export class NovaCloud extends Cloud {
  private readonly compute: NovaCompute;

  constructor(
    private readonly nova: Nova,
    private readonly pace: Pace = unhurried,
  ) {
    super();
    this.compute = new NovaCompute(nova);
  }

  override async hosts(signal: AbortSignal): Promise<readonly ComputeHost[]> {
    const services = await translated(() => this.nova.services({ binary: 'nova-compute' }, signal));
    // Of these Nova knows no more than the name: taken for the truth, it would look as if everything about them had changed.
    const silent = services.find(({ status }) => status === 'UNKNOWN');
    if (silent !== undefined) throw new CloudUnavailable(`the cell of ${silent.host} does not answer`);
    const [addresses, aggregates] = await Promise.all([this.addresses(signal), this.aggregates(signal)]);
    return services.map((service) => ({
      ...toHost(service),
      address: addresses?.get(service.host) ?? null,
      aggregates: aggregates === undefined ? null : (aggregates.get(service.host) ?? []),
    }));
  }

  override async host(name: string, signal: AbortSignal): Promise<HostService> {
    return toHost(await this.service(name, signal));
  }

  override async disable(name: string, reason: string, signal: AbortSignal): Promise<HostService> {
    const service = await this.service(name, signal);
    if (service.status === 'disabled') return toHost(service);
    const told = reason.trim().slice(0, LONGEST_REASON);
    return this.change(
      service,
      { status: 'disabled', ...(told === '' ? {} : { disabled_reason: told }) },
      signal,
    );
  }

  override async enable(name: string, signal: AbortSignal): Promise<HostService> {
    const service = await this.service(name, signal);
    return service.status === 'enabled'
      ? toHost(service)
      : this.change(service, { status: 'enabled' }, signal);
  }

  override async instances(host: string, signal: AbortSignal): Promise<readonly Instance[]> {
    const { status } = await this.service(host, signal);
    // Nova leaves out what is in a cell that does not answer: an empty list would be believed.
    if (status === 'UNKNOWN') throw new CloudUnavailable(`the cell of ${host} does not answer`);
    // In this order: what is under way during the first look has arrived by the second, or is in both.
    const passing = await this.passing(host, signal);
    const on = await this.on(host, signal);
    return [...new Map([...passing, ...on].map((server) => [server.id, toInstance(server)])).values()];
  }

  override async instance(id: string, signal: AbortSignal): Promise<Instance | undefined> {
    const server = await this.compute.server(id, signal);
    return server === undefined ? undefined : toInstance(server);
  }

  override move(instanceId: string, from: string, mode: 'live' | 'cold', signal: AbortSignal): Promise<Move> {
    return new Mover(this.compute, { instanceId, from, mode }, this.pace).move(signal);
  }

  /** Of the hosts that run a hypervisor. */
  private async addresses(signal: AbortSignal): Promise<ReadonlyMap<string, string | null> | undefined> {
    const hypervisors = await permitted(() => this.nova.hypervisors(signal));
    return (
      hypervisors &&
      new Map(hypervisors.map(({ service, host_ip: address = null }) => [service.host, address]))
    );
  }

  /** Of the hosts that are in any. */
  private async aggregates(signal: AbortSignal): Promise<ReadonlyMap<string, string[]> | undefined> {
    const aggregates = await permitted(() => this.nova.aggregates(signal));
    if (aggregates === undefined) return undefined;
    const byHost = new Map<string, string[]>();
    for (const { name, hosts } of aggregates.toSorted((a, b) => (a.name < b.name ? -1 : 1)))
      for (const host of hosts) byHost.set(host, [...(byHost.get(host) ?? []), name]);
    return byHost;
  }

  private async on(host: string, signal: AbortSignal): Promise<readonly Server[]> {
    return (await translated(() => this.nova.servers({ host }, signal))).map(toServer);
  }

  /** On their way in or out: such an instance is listed on one host only, which need not be this one. */
  private async passing(host: string, signal: AbortSignal): Promise<readonly Server[]> {
    const migrations = await Promise.all(
      UNDER_WAY.map((status) => translated(() => this.nova.migrations({ host, status }, signal))),
    );
    // Of an owner's resize that is done but for his word, nothing runs here any more.
    const ids = migrations
      .flat()
      .filter((one) => !(one.migration_type === 'resize' && one.status === 'finished'))
      .map((one) => one.instance_uuid);
    const servers = await Promise.all([...new Set(ids)].map((id) => this.compute.server(id, signal)));
    // A record may have been left behind by a crash: what is at rest is not on its way.
    return servers.filter(
      (server) => server !== undefined && (server.task !== null || server.status === 'VERIFY_RESIZE'),
    ) as readonly Server[];
  }

  private async service(name: string, signal: AbortSignal): Promise<NovaService> {
    const services = await translated(() =>
      this.nova.services({ binary: 'nova-compute', host: name }, signal),
    );
    const service = services.find(({ host }) => host === name);
    if (service === undefined) throw new CloudRefused(`the cloud knows no compute host ${name}`);
    return service;
  }

  private async change(
    { id }: NovaService,
    to: { readonly status: 'enabled' | 'disabled'; readonly disabled_reason?: string },
    signal: AbortSignal,
  ): Promise<HostService> {
    return toHost(await translated(() => this.nova.updateService(id, to, signal)));
  }
}
