import { isIP } from 'node:net';
import { Injectable } from '@nestjs/common';
import { DomainError } from '#libs/kernel/src/errors.js';
import { CloudAccess } from './cloud-access.js';
import { CloudRefused, CloudUnavailable, type ComputeHost } from './cloud.port.js';

/** A host in the words of an inventory; null is what the cloud does not tell. */
export interface FoundHost {
  readonly name: string;
  readonly ipAddress: string | null;
  readonly up: boolean;
  readonly enabled: boolean;
  readonly disabledReason: string | null;
  readonly zone: string | null;
  readonly aggregates: readonly string[] | null;
}

const patienceMs = 30_000;
const longestReason = 255;

const foundHost = ({ host: name, address, disabledReason, ...host }: ComputeHost): FoundHost => ({
  name,
  ipAddress: address !== null && isIP(address) !== 0 ? address : null,
  up: host.up,
  enabled: host.enabled,
  disabledReason: disabledReason?.slice(0, longestReason) ?? null,
  zone: host.zone,
  aggregates: host.aggregates,
});

/**
 * Asks the cloud for its hosts, for half a minute at most; of those that share a name it knows one. Rejects with `unavailable` when
 * the cloud does not say, and with `forbidden` when it is not for the project.
 */
@Injectable()
export class Discovery {
  constructor(private readonly access: CloudAccess) {}

  async hosts(projectId: string, until?: AbortSignal): Promise<readonly FoundHost[]> {
    const cloud = this.access.of(projectId);
    const patience = AbortSignal.timeout(patienceMs);
    try {
      const found = await cloud.hosts(until ? AbortSignal.any([until, patience]) : patience);
      return [...new Map(found.map((host) => [host.host, foundHost(host)])).values()];
    } catch (error) {
      if (!(error instanceof CloudUnavailable || error instanceof CloudRefused)) throw error;
      throw new DomainError('unavailable', `the cloud does not tell its hosts: ${error.message}`, {
        cause: error,
      });
    }
  }
}
