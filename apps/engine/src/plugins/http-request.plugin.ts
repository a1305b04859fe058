import { Injectable } from '@nestjs/common';
import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import { type StepContext, StepPlugin, StepRefused } from '#libs/workflows/src/step-plugin.port.js';
import { httpRequestInput } from '#libs/workflows/src/work.schemas.js';
import { beginningOf, withoutSecrets } from './http-answer.js';
import { Secrets } from './secrets.js';

interface Input {
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly secret_headers?: Readonly<Record<string, string>>;
  readonly body?: Json;
  readonly expected_statuses?: readonly number[];
}

/** The server may answer otherwise another time; every other 4xx and every redirect it will answer again. */
const passing = [408, 425, 429];

const bodyOf = ({ body }: Input): { body?: string; type?: string } => {
  if (body === undefined) return {};
  return typeof body === 'string' ? { body } : { body: JSON.stringify(body), type: 'application/json' };
};

/** Without path and query, which may hold what is not to be told. */
const placeOf = ({ method = 'POST', url }: Input) => `${method} ${new URL(url).origin}`;

/** `fetch` rejects with a cause that has a code such as ECONNREFUSED. */
const codeOf = (error: unknown): string => {
  const { cause } = error as { cause?: { code?: unknown } };
  return typeof cause?.code === 'string' ? cause.code : 'no answer';
};

const isExpected = (status: number, { expected_statuses: expected }: Input) =>
  expected ? expected.includes(status) : status >= 200 && status < 300;

const refusalOf = (input: Input, status: number): Error => {
  const isRedirect = status >= 300 && status < 400;
  const message = `${placeOf(input)} answered ${status}${isRedirect ? ': redirects are not followed' : ''}`;
  return status < 500 && !passing.includes(status) ? new StepRefused(message) : new Error(message);
};

/** One HTTP request. The same `Idempotency-Key` comes with every attempt, so that the server can tell a repeat. */
@Injectable()
export class HttpRequest extends StepPlugin {
  override readonly name = 'http.request';
  override readonly inputSchema = httpRequestInput;

  constructor(private readonly secrets: Secrets) {
    super();
  }

  override async perform(input: JsonObject, { key, signal }: StepContext): Promise<Json> {
    const request = input as unknown as Input;
    if (!URL.canParse(request.url)) throw new StepRefused('the url is not one');
    const secretHeaders = await this.secretHeaders(request);
    const response = await this.send(request, { ...secretHeaders, 'idempotency-key': key }, signal);
    const { body, truncated } = await beginningOf(response);
    if (!isExpected(response.status, request)) throw refusalOf(request, response.status);
    return {
      status: response.status,
      body: withoutSecrets(body, Object.values(secretHeaders)),
      truncated,
    };
  }

  private async secretHeaders({ secret_headers: names = {} }: Input): Promise<Record<string, string>> {
    const headers: Record<string, string> = {};
    for (const [header, name] of Object.entries(names)) headers[header] = await this.secrets.read(name);
    return headers;
  }

  private async send(
    input: Input,
    more: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Response> {
    const { url, method = 'POST' } = input;
    const { body, type } = bodyOf(input);
    const headers = new Headers(input.headers);
    if (type !== undefined && !headers.has('content-type')) headers.set('content-type', type);
    try {
      for (const [name, value] of Object.entries(more)) headers.set(name, value);
      return await fetch(url, {
        method,
        headers,
        redirect: 'manual',
        signal,
        ...(body === undefined ? {} : { body }),
      });
    } catch (error) {
      // The error's own message may repeat a header's value.
      const why = signal.aborted ? 'the time is over' : codeOf(error);
      throw new Error(`${placeOf(input)} could not be asked: ${why}`);
    }
  }
}
