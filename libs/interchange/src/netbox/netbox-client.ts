import { setTimeout as pause } from 'node:timers/promises';
import { DomainError } from '#libs/kernel/src/errors.js';
import type { Json } from '#libs/kernel/src/json.js';
import { isObject } from '../json-shape.js';
import type { NetBoxObject } from './netbox-objects.js';

export interface NetBoxClientOptions {
  /** Where NetBox is, without `/api`; http or https, without credentials. */
  readonly url: string;
  readonly token: string;
  readonly signal: AbortSignal;
  /** Deadline of one try, its body included. */
  readonly timeoutMs?: number;
  readonly tries?: number;
  /** Before the second try; doubled before each one after it. */
  readonly firstPauseMs?: number;
  readonly pageSize?: number;
  readonly pageBytes?: number;
  /** For whoever must keep requests out of some networks. */
  readonly fetch?: typeof globalThis.fetch;
}

const transient = new Set([429, 502, 503, 504]);

class Again extends Error {}

const baseOf = (text: string): URL => {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    throw new DomainError(
      'validation-failed',
      'the address of NetBox must be an http or https URL without credentials',
    );
  return new URL(`${url.pathname.replace(/\/+$/, '')}/api/`, url.origin);
};

/** Where a request went, without its query: for messages. */
const placeOf = (url: URL): string => `${url.host}${url.pathname}`;

/** What another try would not change: whoever gave the address must look at it. */
const wrong = (message: string, member: 'url' | 'token' = 'url'): DomainError =>
  new DomainError('validation-failed', message, { violations: [{ member, message }] });

const refused = (url: URL, status: number): DomainError => {
  const why = status < 400 ? 'answers with a redirect, which is not followed' : `answers ${status}`;
  return wrong(`NetBox at ${placeOf(url)} ${why}`, status === 401 || status === 403 ? 'token' : 'url');
};

/**
 * Reads collections of a NetBox page by page. Rejects with `unavailable` when no answer comes or the service is broken, with
 * `validation-failed`, naming the option, when it refuses or what answers is no NetBox. The token goes to the given origin only, and into no message.
 */
export class NetBoxClient {
  readonly #token: string;
  private readonly base: URL;
  private readonly timeoutMs: number;
  private readonly tries: number;
  private readonly pageBytes: number;

  private readonly options: Omit<NetBoxClientOptions, 'token'>;

  constructor({ token, ...options }: NetBoxClientOptions) {
    this.options = options;
    this.base = baseOf(options.url);
    this.#token = token;
    if (!/^[\x21-\x7e]+(?: [\x21-\x7e]+)?$/.test(this.#token))
      throw new DomainError('validation-failed', 'the token of NetBox holds characters that no token has');
    this.timeoutMs = options.timeoutMs ?? 30_000;
    this.tries = options.tries ?? 4;
    this.pageBytes = options.pageBytes ?? 64 * 2 ** 20;
  }

  /** Every object of a collection such as `dcim/devices`. */
  async *list(
    collection: string,
    query: Readonly<Record<string, string>> = {},
  ): AsyncGenerator<NetBoxObject> {
    const first = new URL(`${collection}/`, this.base);
    first.search = new URLSearchParams({ limit: String(this.options.pageSize ?? 250), ...query }).toString();
    const seen = new Set<string>();
    for (let url: URL | undefined = first; url;) {
      seen.add(url.href);
      const page: { results: NetBoxObject[]; next: URL | undefined } = await this.page(url);
      yield* page.results;
      if (page.next && seen.has(page.next.href))
        throw wrong(`NetBox at ${placeOf(url)} leads back to a page that was read`);
      url = page.next;
    }
  }

  private async page(url: URL): Promise<{ results: NetBoxObject[]; next: URL | undefined }> {
    const body = await this.get(url);
    const results = isObject(body) ? body['results'] : undefined;
    if (!isObject(body) || !Array.isArray(results) || !(results as Json[]).every(isObject))
      throw wrong(`what came from NetBox at ${placeOf(url)} is not a page of objects`);
    return { results: results as NetBoxObject[], next: this.next(url, body['next'] ?? null) };
  }

  private next(from: URL, next: Json): URL | undefined {
    if (next === null) return undefined;
    const url = typeof next === 'string' ? URL.parse(next, from.href) : null;
    // The token must go nowhere else, whatever an answer says.
    if (!url || url.origin !== this.base.origin || !url.pathname.startsWith(this.base.pathname))
      throw wrong(`NetBox at ${placeOf(from)} names a next page that is elsewhere`);
    return url;
  }

  private async get(url: URL): Promise<Json> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.attempt(url);
      } catch (error) {
        if (!(error instanceof Again)) throw error;
        if (attempt >= this.tries)
          throw new DomainError('unavailable', `NetBox at ${placeOf(url)}: ${error.message}`, {
            cause: error.cause,
          });
      }
      await this.rest(url, (this.options.firstPauseMs ?? 250) * 2 ** (attempt - 1));
    }
  }

  private async attempt(url: URL): Promise<Json> {
    const deadline = AbortSignal.timeout(this.timeoutMs);
    try {
      const response = await (this.options.fetch ?? globalThis.fetch)(url, {
        headers: { accept: 'application/json', authorization: this.authorization() },
        redirect: 'manual',
        signal: AbortSignal.any([this.options.signal, deadline]),
      });
      return await this.answer(url, response);
    } catch (cause) {
      if (cause instanceof DomainError || cause instanceof Again) throw cause;
      if (this.options.signal.aborted) throw this.calledOff(url);
      const words = deadline.aborted ? `no answer within ${this.timeoutMs} ms` : 'the connection failed';
      throw new Again(words, { cause });
    }
  }

  /** Tokens of version 2, from NetBox 4.5 on, are bearer tokens and say so by their prefix. */
  private authorization(): string {
    if (this.#token.includes(' ')) return this.#token;
    return `${this.#token.startsWith('nbt_') ? 'Bearer' : 'Token'} ${this.#token}`;
  }

  private async answer(url: URL, response: Response): Promise<Json> {
    if (response.ok) return this.json(url, response);
    await response.body?.cancel();
    if (transient.has(response.status)) throw new Again(`answers ${response.status}`);
    if (response.status >= 500)
      throw new DomainError('unavailable', `NetBox at ${placeOf(url)} answers ${response.status}`);
    throw refused(url, response.status);
  }

  private async json(url: URL, response: Response): Promise<Json> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body ?? []) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > this.pageBytes) throw wrong(`a page of NetBox at ${placeOf(url)} is too long`);
    }
    try {
      return JSON.parse(Buffer.concat(chunks).toString('utf8')) as Json;
    } catch {
      // The parser's words would quote what came.
      throw wrong(`what came from NetBox at ${placeOf(url)} is not JSON`);
    }
  }

  private async rest(url: URL, ms: number): Promise<void> {
    try {
      await pause(ms, undefined, { signal: this.options.signal });
    } catch {
      throw this.calledOff(url);
    }
  }

  private calledOff(url: URL): DomainError {
    return new DomainError('unavailable', `reading NetBox at ${placeOf(url)} was called off`);
  }
}
