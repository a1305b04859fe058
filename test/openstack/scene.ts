import type { JsonObject } from '#libs/kernel/src/json.js';
import { OpenStack } from '#test/support/openstack.js';
import { Craton, type Named } from './craton.js';
import { type Heard, Witness } from './witness.js';

/** Hosts of the real cloud, by what their hypervisors are like. */
export const [quick, other, endless, breaking] = [
  'compute-1',
  'compute-2',
  'compute-3',
  'compute-4',
] as const;

/** Work that takes a moment. */
export const pause = { plugin: 'pause', input: { seconds: 1 } };

/** A host in production, as Nova shows it. */
export const inProduction = { status: 'enabled', disabled_reason: null };

/** One Craton on the real cloud, the people around it, and who listens to it. */
export class Scene {
  readonly operator = new OpenStack();
  readonly tenants = { a: new OpenStack('tenant-a'), b: new OpenStack('tenant-b') };
  /** What Craton registered when it was told to look. */
  hosts: readonly Named[] = [];
  craton: Craton;
  witness: Witness;

  /** All hosts in production, but the one that breaks what comes to it. */
  async open(environment: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.reset();
    this.witness = await Witness.listen();
    this.craton = await Craton.start({
      ...environment,
      CRATON_NOTIFICATION_PUBLISHER_ID: this.witness.publisherId,
    });
    this.hosts = await this.craton.discover();
  }

  host(name: string): Named {
    const host = this.hosts.find((one) => one.name === name);
    if (host === undefined) throw new Error(`craton did not find ${name}`);
    return host;
  }

  /** The last words on the host of a run, as the listener of oslo.messaging has them. */
  async lastWords(runId: string): Promise<JsonObject> {
    const isEnd = ({ type, payload }: Heard) =>
      type === 'maintenance.host' && payload['run_id'] === runId && payload.state !== 'IN_MAINTENANCE';
    return (await this.witness.hears(isEnd)).find(isEnd)!.payload;
  }

  /** Leaves the cloud as it was found. */
  async close(): Promise<void> {
    await this.craton?.remove();
    await this.witness?.close();
    await this.reset();
    await this.operator.set(breaking, true);
  }

  private async reset(): Promise<void> {
    await Promise.all([this.tenants.a.clear(), this.tenants.b.clear()]);
    for (const host of [quick, other, endless]) await this.operator.set(host, true);
    await this.operator.set(breaking, false, 'spare');
  }
}
