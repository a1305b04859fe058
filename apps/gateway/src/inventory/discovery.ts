import { isIP } from 'node:net';
import { Injectable } from '@nestjs/common';
import { Cloud, CloudRefused, CloudUnavailable } from '#libs/clouds/src/cloud.port.js';
import type { DiscoveredHost } from '#libs/inventory/src/synchronisation.policy.js';
import { DomainError } from '#libs/kernel/src/errors.js';

const patienceMs = 30_000;

/** Asks the cloud for its hosts, in the inventory's words. Rejects with `unavailable` when it does not say. */
@Injectable()
export class Discovery {
  constructor(private readonly cloud: Cloud) {}

  async hosts(): Promise<readonly DiscoveredHost[]> {
    try {
      const found = await this.cloud.hosts(AbortSignal.timeout(patienceMs));
      return found.map(({ host: name, address, up, enabled }) => {
        const ipAddress = address !== null && isIP(address) !== 0 ? address : null;
        return { name, ipAddress, up, enabled };
      });
    } catch (error) {
      if (!(error instanceof CloudUnavailable || error instanceof CloudRefused)) throw error;
      throw new DomainError('unavailable', `the cloud does not tell its hosts: ${error.message}`, {
        cause: error,
      });
    }
  }
}
