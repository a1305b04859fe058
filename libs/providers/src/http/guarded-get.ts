import { type IncomingMessage, request as requestHttp, type RequestOptions } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { Json } from '#libs/kernel/src/json.js';
import { ProviderFailure } from '../provider.port.js';
import { jsonOf } from './json-answer.js';
import type { Reach, Resolved } from './reach.js';

export const longestAnswer = 1024 * 1024;

const to = ({ address, family }: Resolved): LookupFunction => {
  return (_hostname, options, done) => {
    if (options.all) done(null, [{ address, family }]);
    else done(null, address, family);
  };
};

const failed = (message: string, cause?: unknown): ProviderFailure =>
  new ProviderFailure('unavailable', message, { cause });
const unusable = (message: string): ProviderFailure => new ProviderFailure('unusable', message);

/** Without path and query, which may hold what is not to be told. */
const placeOf = (url: URL): string => url.origin;

const tooLong = (url: URL): ProviderFailure =>
  unusable(`${placeOf(url)} answers with more than ${longestAnswer} bytes`);

const demandOk = (url: URL, status: number): void => {
  if (status === 200) return;
  const words = `${placeOf(url)} answers ${status}`;
  if (status >= 500 || status === 408 || status === 429) throw failed(words);
  throw unusable(status >= 300 && status < 400 ? `${words}: redirects are not followed` : words);
};

const demandJson = (url: URL, { headers }: IncomingMessage): void => {
  // Nothing else was asked for, and what grows on unpacking is not unpacked.
  if ((headers['content-encoding'] ?? 'identity') !== 'identity')
    throw unusable(`${placeOf(url)} answers with a compressed body, which was not asked for`);
  if (!/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(headers['content-type'] ?? ''))
    throw unusable(`${placeOf(url)} does not answer with JSON`);
  if (Number(headers['content-length'] ?? 0) > longestAnswer) throw tooLong(url);
};

const bodyOf = async (url: URL, answer: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > longestAnswer) throw tooLong(url);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};

const answerTo = (url: URL, options: RequestOptions): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, options, resolve);
    // For good: a connection may also break after the answer has begun.
    request.on('error', reject);
    request.end();
  });

/** JSON over HTTP from wherever users say, as far as `Reach` goes: no redirects, no compression, 1 MiB, and never longer than the signal. */
export class GuardedGet {
  constructor(private readonly reach: Reach) {}

  /** Rejects with a `ProviderFailure` that names the origin, and nothing of path, query, headers or answer. */
  async json(url: URL, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Json> {
    let answer: IncomingMessage | undefined;
    try {
      const address = await this.reach.addressOf(url.hostname);
      signal.throwIfAborted();
      const told = { accept: 'application/json', 'accept-encoding': 'identity', ...headers };
      // A connection of its own: one that was kept would lead to what the name meant before.
      answer = await answerTo(url, { headers: told, lookup: to(address), agent: false, signal });
      demandOk(url, answer.statusCode ?? 0);
      demandJson(url, answer);
      return jsonOf(await bodyOf(url, answer), placeOf(url));
    } catch (error) {
      if (error instanceof ProviderFailure) throw error;
      const { code } = error as { code?: unknown };
      const why = signal.aborted ? 'no answer in time' : typeof code === 'string' ? code : 'no answer';
      throw failed(`${placeOf(url)} could not be asked: ${why}`, error);
    } finally {
      answer?.destroy();
    }
  }
}
