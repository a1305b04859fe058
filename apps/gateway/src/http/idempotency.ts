import { hash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { DomainError } from '#libs/kernel/src/errors.js';
import type { KeyRing } from '#libs/platform/src/sealing/key-ring.js';

const visible = /^[\x21-\x7e]{1,255}$/;

/** The client's name for this one change; undefined when it gives none. */
export const idempotencyKey = ({ headers }: FastifyRequest): string | undefined => {
  const key = headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key === 'string' && visible.test(key)) return key;
  const message = 'must be 1 to 255 visible ASCII characters';
  throw new DomainError('validation-failed', `Idempotency-Key ${message}`, {
    violations: [{ member: 'Idempotency-Key', message }],
  });
};

/**
 * What makes two requests the same request, in every way that it may have been recorded: the first is the one to record. With keys
 * it is none that somebody who reads the log could try out secrets by.
 */
export const fingerprints = (
  { method, url, body }: Pick<FastifyRequest, 'method' | 'url' | 'body'>,
  keys: KeyRing,
): readonly string[] => {
  const text = `${method} ${url} ${JSON.stringify(body ?? null)}`;
  return [...keys.marksOf(text), hash('sha256', text, 'base64url')];
};

/** One at a time for each key, in the order of asking. */
export class Turns {
  private readonly last = new Map<string, Promise<unknown>>();

  take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.last.get(key) ?? Promise.resolve();
    const turn = before.then(work, work);
    this.last.set(key, turn);
    const leave = () => {
      if (this.last.get(key) === turn) this.last.delete(key);
    };
    turn.then(leave, leave);
    return turn;
  }
}
