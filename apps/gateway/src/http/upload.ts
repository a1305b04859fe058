import type { Readable } from 'node:stream';
import { RequestTimeoutException } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { DomainError } from '#libs/kernel/src/errors.js';
import { grantTime } from './body-deadline.js';

const brokenOff = (cause: unknown): DomainError =>
  new DomainError('validation-failed', 'the body broke off before its end', {
    violations: [{ member: '', message: 'broke off before its end' }],
    cause,
  });

const seconds = (ms: number): string => `${ms / 1000} seconds`;

const arrived = async <T>(part: Promise<T>, ms: number, words: string): Promise<T> => {
  let late: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    late = setTimeout(() => reject(new RequestTimeoutException(words)), Math.max(0, ms));
  });
  try {
    return await Promise.race([part, timeout]);
  } finally {
    clearTimeout(late);
  }
};

const next = async <T>(parts: AsyncIterator<T>): Promise<IteratorResult<T, unknown>> => {
  try {
    return await parts.next();
  } catch (error) {
    throw brokenOff(error);
  }
};

/**
 * A body of any length as it comes, for as long as it does come: rejects with a 408 where it pauses or takes too long, and with
 * `validation-failed` where it breaks off.
 */
export async function* upload({ raw, body, server }: FastifyRequest): AsyncGenerator<Uint8Array> {
  const stream = body as Readable;
  const { bodyMs, idleMs, uploadMs } = server.patience;
  const parts = stream.iterator({ destroyOnReturn: false }) as AsyncIterator<Uint8Array>;
  const until = performance.now() + uploadMs;
  // The waits below end before, and can say why.
  grantTime(raw, uploadMs + bodyMs);
  try {
    for (;;) {
      const left = until - performance.now();
      const words =
        left < idleMs
          ? `the body took more than ${seconds(uploadMs)}`
          : `the body paused for ${seconds(idleMs)}`;
      const part = await arrived(next(parts), Math.min(idleMs, left), words);
      if (part.done === true) return;
      yield part.value;
    }
  } finally {
    grantTime(raw, bodyMs);
    // Who still sends is to hear why that is for nothing, and not to find the connection gone.
    const drop = () => void stream.resume();
    parts.return?.().then(drop, drop);
  }
}
