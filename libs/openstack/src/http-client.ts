import { setTimeout as pause } from 'node:timers/promises';
import type { Json } from '#libs/kernel/src/json.js';
import { ServiceRefused, ServiceUnavailable } from './openstack.errors.js';

export interface HttpOptions {
  /** Deadline of one try, its body included. */
  readonly timeoutMs?: number;
  /** How often a request that may be repeated is sent in all. */
  readonly tries?: number;
  /** Before the second try; doubled before each one after it. */
  readonly firstPauseMs?: number;
  readonly fetch?: typeof globalThis.fetch;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Json;
  /** Sending it twice is the same as sending it once. GETs always are. */
  readonly repeatable?: boolean;
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

const LONGEST_PAUSE_MS = 30_000;
const TRANSIENT = new Set([502, 503, 504]);

/** Where a request went, without its query: for messages. */
const place = ({ method, url }: HttpRequest): string =>
  `${method} ${new URL(url).host}${new URL(url).pathname}`;

/** OpenStack wraps its explanations in one member of varying name. */
const explanation = (body: unknown): string | undefined => {
  if (typeof body !== 'object' || body === null) return undefined;
  for (const member of [body, ...(Object.values(body) as unknown[])]) {
    const message: unknown = (member as { message?: unknown } | null)?.message;
    if (typeof message === 'string') return message.replace(/\s+/g, ' ').trim().slice(0, 500);
  }
  return undefined;
};

const retryAfterMs = (headers: Headers): number | undefined => {
  const value = headers.get('retry-after');
  if (value === null) return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(ms, 0);
};

const parsed = (text: string): unknown => {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
};

/**
 * JSON over HTTP for services that come and go: every try has a deadline; what may be repeated is, with growing pauses.
 * Rejects with `ServiceRefused` (the service said no) or `ServiceUnavailable` (no usable answer; an effect that is not
 * repeatable may have happened). Neither ever holds a header or a body that was sent.
 */
export class HttpClient {
  private readonly timeoutMs: number;
  private readonly tries: number;
  private readonly firstPauseMs: number;
  private readonly fetch: typeof globalThis.fetch;

  constructor(options: HttpOptions = {}) {
    this.timeoutMs = options.timeoutMs ?? 30_000;
    this.tries = options.tries ?? 4;
    this.firstPauseMs = options.firstPauseMs ?? 250;
    this.fetch = options.fetch ?? globalThis.fetch;
  }

  async send(request: HttpRequest): Promise<HttpAnswer> {
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.attempt(request);
      const wait = attempt < this.tries ? this.waitBeforeRetry(request, outcome, attempt) : undefined;
      if (wait === undefined) return this.settle(request, outcome);
      await this.rest(request, wait);
    }
  }

  private async attempt(request: HttpRequest): Promise<HttpAnswer | ServiceUnavailable> {
    const deadline = AbortSignal.timeout(this.timeoutMs);
    try {
      const response = await this.fetch(request.url, {
        method: request.method,
        headers: {
          accept: 'application/json',
          ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...request.headers,
        },
        ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
        // A redirect would carry the token to wherever it points.
        redirect: 'manual',
        signal: AbortSignal.any([request.signal, deadline]),
      });
      return { status: response.status, headers: response.headers, body: parsed(await response.text()) };
    } catch (cause) {
      if (request.signal.aborted) throw this.calledOff(request);
      const why = deadline.aborted ? `no answer within ${this.timeoutMs} ms` : 'the connection failed';
      return new ServiceUnavailable(`${place(request)}: ${why}`, { cause });
    }
  }

  private waitBeforeRetry(
    request: HttpRequest,
    outcome: HttpAnswer | ServiceUnavailable,
    attempt: number,
  ): number | undefined {
    const backoff = this.firstPauseMs * 2 ** (attempt - 1);
    const repeatable = request.method === 'GET' || request.repeatable === true;
    if (outcome instanceof ServiceUnavailable) return repeatable ? backoff : undefined;
    // 429 says that nothing was done, so that even what is not repeatable may be sent again.
    const again = outcome.status === 429 || (repeatable && TRANSIENT.has(outcome.status));
    return again ? Math.min(retryAfterMs(outcome.headers) ?? backoff, LONGEST_PAUSE_MS) : undefined;
  }

  private settle(request: HttpRequest, outcome: HttpAnswer | ServiceUnavailable): HttpAnswer {
    if (outcome instanceof ServiceUnavailable) throw outcome;
    const { status, body } = outcome;
    const words = `${place(request)}: ${status}${explanation(body) === undefined ? '' : ` ${explanation(body)}`}`;
    if (status >= 500 || status === 429 || status === 408) throw new ServiceUnavailable(words);
    if (status >= 300) throw new ServiceRefused(status, words, explanation(body));
    if (typeof body === 'string')
      throw new ServiceUnavailable(`${place(request)}: ${status}, but what came is not JSON`);
    return outcome;
  }

  private async rest(request: HttpRequest, ms: number): Promise<void> {
    try {
      await pause(ms, undefined, { signal: request.signal });
    } catch {
      throw this.calledOff(request);
    }
  }

  private calledOff(request: HttpRequest): ServiceUnavailable {
    return new ServiceUnavailable(`${place(request)} was called off`, { cause: request.signal.reason });
  }
}
