import { isIP } from 'node:net';
import { Injectable, Logger } from '@nestjs/common';
import { DomainError } from '#libs/kernel/src/errors.js';
import { Clock } from '#libs/platform/src/clock.js';
import { Buckets, type Measure } from './buckets.js';

// A key's bucket fills faster than an address's, so that nobody alone can keep the owner of a key from the first login.
const ofAddresses: Measure = { burst: 20, everyMs: 5000 };
const ofKeys: Measure = { burst: 20, everyMs: 1000 };

// Whoever guesses does not write our log; the log of requests has each of them anyway.
const quietMs = 60_000;

/** Who asks: an IPv4 address, or the /64 network that one customer is given of IPv6. */
export const sourceOf = (address: string): string => {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (isIP(address) !== 6) return address;
  const [left = '', right] = (address.split('%')[0] ?? '').split('::');
  const head = left.split(':').filter(Boolean);
  const tail = (right ?? '').split(':').filter(Boolean);
  const gap = Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => '0');
  const network = [...head, ...(right === undefined ? [] : gap), ...tail].slice(0, 4);
  return `${network.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
};

/**
 * Counts logins that failed, by source and by the key that they named. It is asked only about keys that were not verified yet in
 * this process: whoever is known already is never kept out.
 */
@Injectable()
export class FailedLogins {
  private readonly logger = new Logger('FailedLogins');
  private readonly sources = new Buckets(ofAddresses);
  private readonly keys = new Buckets(ofKeys);
  private quietUntil = 0;

  constructor(private readonly clock: Clock) {}

  /** Throws `too-many-requests` when too many have failed. `keyId` is that of a key that there is. */
  demandFew(address: string, keyId: string | undefined): void {
    const wait = this.waitFor(address, keyId);
    if (wait === 0) return;
    throw new DomainError('too-many-requests', 'too many logins have failed; this one was not looked at', {
      retryAfterSeconds: Math.ceil(wait / 1000),
    });
  }

  count(address: string, keyId: string | undefined): void {
    const now = this.clock.now().getTime();
    const before = this.waitFor(address, keyId);
    this.sources.take(sourceOf(address), now);
    if (keyId !== undefined) this.keys.take(keyId, now);
    if (before > 0 || this.waitFor(address, keyId) === 0 || now < this.quietUntil) return;
    this.quietUntil = now + quietMs;
    this.logger.warn({ address, ...(keyId !== undefined && { keyId }) }, 'too many logins have failed');
  }

  private waitFor(address: string, keyId: string | undefined): number {
    const now = this.clock.now().getTime();
    const wait = this.sources.waitFor(sourceOf(address), now);
    return keyId === undefined ? wait : Math.max(wait, this.keys.waitFor(keyId, now));
  }
}
