import { type CloudAccess, noCloudFor } from '#libs/clouds/src/cloud-access.js';
import {
  type Cloud,
  CloudRefused,
  CloudUnavailable,
  type ComputeHost,
  type HostService,
  type Instance,
} from '#libs/clouds/src/cloud.port.js';
import { DomainError } from '#libs/kernel/src/errors.js';
import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import { demandMembers, limits, wrong } from '../binding.js';
import { type Lookup, Provider, ProviderFailure, type Subject } from '../provider.port.js';
import { filled, templateMistake } from '../template.js';

const place = 'the cloud';
const longestHost = 255;

const hostTemplate = ({ host = '{name}' }: JsonObject): string => host as string;

/** The port's errors in the words of providers. What is away is not named: addresses of services are nobody's business here. */
const translated = async <T>(call: Promise<T>): Promise<T> => {
  try {
    return await call;
  } catch (cause) {
    if (cause instanceof CloudRefused) throw new ProviderFailure('unusable', cause.message, { cause });
    const words = cause instanceof CloudUnavailable ? 'does not answer now' : 'could not be asked';
    throw new ProviderFailure('unavailable', `${place} ${words}`, { cause });
  }
};

const misplaced = (projectId: string): DomainError => {
  const violations = [{ member: 'provider', message: `is not to be used: ${noCloudFor(projectId)}` }];
  return new DomainError('validation-failed', 'the provider is not for this project', { violations });
};

/** Asks the cloud about one compute host: the one that is read, or the one that the setting `host` names. */
abstract class OfHost extends Provider {
  constructor(private readonly access: CloudAccess) {
    super();
  }

  override check(settings: JsonObject, projectId: string): void {
    if (!this.access.allows(projectId)) throw misplaced(projectId);
    demandMembers(settings, ['host']);
    const template: Json = settings['host'] ?? '{name}';
    if (typeof template !== 'string' || template.length === 0 || template.length > longestHost)
      throw wrong('host', `must be a text of 1 to ${longestHost} characters`);
    const mistake = templateMistake(template);
    if (mistake !== undefined) throw wrong('host', mistake);
  }

  override lookup(settings: JsonObject, subject: Subject): Lookup {
    const cloud = this.cloudOf(subject);
    const template = hostTemplate(settings);
    if (template.includes('{') && subject.kind !== 'host')
      throw new ProviderFailure('unusable', `${place} knows hosts, and this is a ${subject.kind}`);
    const host = filled(template, subject);
    return { question: host, place, ask: (signal) => translated(this.askAbout(cloud, host, signal)) };
  }

  /** Before anything is looked up among answers that others got. */
  private cloudOf({ projectId }: Subject): Cloud {
    if (this.access.allows(projectId)) return this.access.of(projectId);
    throw new ProviderFailure('refused', noCloudFor(projectId));
  }

  protected abstract askAbout(cloud: Cloud, host: string, signal: AbortSignal): Promise<Json>;
}

const shownInstance = ({ id, name, projectId, status, task }: Instance): Json => ({
  id,
  name,
  project_id: projectId,
  status,
  task,
});

/** The servers on a host, of all projects. */
export class NovaServers extends OfHost {
  override readonly name = 'nova.servers';

  protected override async askAbout(cloud: Cloud, host: string, signal: AbortSignal): Promise<Json> {
    const instances = await cloud.instances(host, signal);
    const sorted = instances.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    return sorted.map(shownInstance);
  }
}

const shownService = ({ host, enabled, disabledReason, up, zone }: HostService): Json => ({
  host,
  enabled,
  disabled_reason: disabledReason,
  up,
  zone,
});

/** The state of a host's compute service. */
export class NovaService extends OfHost {
  override readonly name = 'nova.service';

  protected override async askAbout(cloud: Cloud, host: string, signal: AbortSignal): Promise<Json> {
    return shownService(await cloud.host(host, signal));
  }
}

/** The names of the aggregates that a host is in. */
export class NovaAggregates extends OfHost {
  override readonly name = 'nova.aggregates';
  private underway: Promise<readonly ComputeHost[]> | undefined;

  protected override async askAbout(cloud: Cloud, host: string): Promise<Json> {
    const known = (await this.hosts(cloud)).find((one) => one.host === host);
    if (!known) throw new CloudRefused(`the cloud knows no compute host ${host}`);
    if (known.aggregates === null) throw new CloudRefused('the cloud does not tell aggregates');
    return known.aggregates;
  }

  /** The cloud tells them of all hosts at once: who asks meanwhile shares the answer, each for as long as they like. */
  private hosts(cloud: Cloud): Promise<readonly ComputeHost[]> {
    const signal = AbortSignal.timeout(limits.timeout_ms.most);
    this.underway ??= cloud.hosts(signal).finally(() => (this.underway = undefined));
    return this.underway;
  }
}
