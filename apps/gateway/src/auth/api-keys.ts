import { hash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DomainError } from '#libs/kernel/src/errors.js';
import { newId } from '#libs/platform/src/identifiers.js';

/** A key as it is made. The token is shown once and stored nowhere; the hash is what the log keeps. */
export interface ApiKey {
  readonly keyId: string;
  readonly token: string;
  readonly hash: string;
}

const cost = { N: 16_384, r: 8, p: 1 };
const hashBytes = 32;
const maxRemembered = 10_000;
const maxVerifying = 2;
const maxWaiting = 64;

const issued = /^([0-9a-f]{32})\.[\w-]{43}$/;

const withDashes = (hex: string): string =>
  hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

/** What a token is known by in memory. */
export const digestOf = (token: string): string => hash('sha256', token, 'base64');

/** Which key a token claims to be. A token that was not made here is known by its digest. */
export const keyIdOf = (token: string): string =>
  withDashes(issued.exec(token)?.[1] ?? hash('sha256', token, 'hex').slice(0, 32));

const stretch = (token: string, salt: Buffer, { N, r, p }: typeof cost): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    scrypt(token, salt, hashBytes, { N, r, p, maxmem: 256 * N * r }, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });

const hashOf = async (token: string): Promise<string> => {
  const salt = randomBytes(16);
  const key = await stretch(token, salt, cost);
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), key.toString('base64url')].join('$');
};

const matches = async (token: string, stored: string): Promise<boolean> => {
  const [scheme, N, r, p, salt = '', key = ''] = stored.split('$');
  if (scheme !== 'scrypt') return false;
  const wanted = Buffer.from(key, 'base64url');
  const found = await stretch(token, Buffer.from(salt, 'base64url'), {
    N: Number(N),
    r: Number(r),
    p: Number(p),
  });
  return found.length === wanted.length && timingSafeEqual(found, wanted);
};

export const issueApiKey = async (): Promise<ApiKey> => {
  const keyId = newId();
  const token = `${keyId.replaceAll('-', '')}.${randomBytes(32).toString('base64url')}`;
  return { keyId, token, hash: await hashOf(token) };
};

/** A key out of a token that somebody else has chosen. */
export const adoptApiKey = async (token: string): Promise<ApiKey> => ({
  keyId: keyIdOf(token),
  token,
  hash: await hashOf(token),
});

/**
 * Verifies API keys. Verifying is slow on purpose, so it happens once for a token and a hash; at most two at a time,
 * and `unavailable` for those who would have to wait behind too many.
 */
@Injectable()
export class ApiKeys {
  /** Digest of a token to the hash that it was found to match. The oldest is forgotten first. */
  private readonly remembered = new Map<string, string>();
  private readonly underWay = new Map<string, Promise<boolean>>();
  private readonly waiting: (() => void)[] = [];
  private verifying = 0;

  /** True when the token of that digest was verified against this very hash before. */
  remembers(id: string, stored: string): boolean {
    return this.remembered.get(id) === stored;
  }

  verify(token: string, stored: string): Promise<boolean> {
    const id = digestOf(token);
    if (this.remembers(id, stored)) return Promise.resolve(true);
    const attempt = `${id} ${stored}`;
    const known = this.underWay.get(attempt);
    if (known) return known;
    const verdict = this.inTurn(() => matches(token, stored))
      .then((fits) => {
        if (fits) this.remember(id, stored);
        return fits;
      })
      .finally(() => this.underWay.delete(attempt));
    this.underWay.set(attempt, verdict);
    return verdict;
  }

  private remember(id: string, stored: string): void {
    this.remembered.set(id, stored);
    if (this.remembered.size > maxRemembered) {
      this.remembered.delete(this.remembered.keys().next().value as string);
    }
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.verifying >= maxVerifying) {
      if (this.waiting.length >= maxWaiting) {
        throw new DomainError('unavailable', 'too many keys wait to be verified');
      }
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
    this.verifying += 1;
    try {
      return await work();
    } finally {
      this.verifying -= 1;
      this.waiting.shift()?.();
    }
  }
}
