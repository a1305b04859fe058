import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Fleet } from '#libs/clouds/src/simulated/fleet.js';
import type { KeystoneOptions } from '#libs/openstack/src/keystone.js';
import { type Answer, type Asked, FakeNova, no } from './fake-nova.js';

/** What is answered instead of the truth, to the next requests that match. */
interface Disturbance {
  readonly on: (asked: Asked) => boolean;
  /** `lose`: it is done, and the connection breaks before the answer. `hang`: no answer ever. */
  readonly with: Answer | 'lose' | 'hang';
  times: number;
}

const send = (response: ServerResponse, { status, headers = {}, body }: Answer): void => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
};

/** Keystone v3 and Nova over HTTP, as far as our clients use them, with a simulated fleet behind; and all that may go wrong. */
export class FakeOpenStack {
  readonly asked: Asked[] = [];
  tokenLifeMs = 3_600_000;
  password = 'correct horse';
  /** How the catalog spells Nova's endpoint. */
  endpointPath = '/compute/v2.1';
  private readonly disturbances: Disturbance[] = [];
  private tokens = new Set<string>();
  private issued = 0;

  private constructor(
    private readonly http: Server,
    readonly nova: FakeNova,
  ) {}

  static async start(fleet: Fleet): Promise<FakeOpenStack> {
    const http = createServer((request, response) => void fake.serve(request, response));
    const fake = new FakeOpenStack(http, new FakeNova(fleet));
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
  }

  get credentials(): KeystoneOptions {
    const domain = { userDomainId: 'default', projectDomainId: 'default', interface: 'public' };
    return {
      authUrl: `${this.url}/v3`,
      username: 'craton',
      password: 'correct horse',
      projectName: 'service',
      ...domain,
    };
  }

  disturb(method: string, path: RegExp, what: Disturbance['with'], times = 1): void {
    const on = (asked: Asked) => asked.method === method && path.test(asked.path);
    this.disturbances.push({ on, with: what, times });
  }

  revokeTokens(): void {
    this.tokens.clear();
  }

  count(method: string, path: RegExp): number {
    return this.asked.filter((one) => one.method === method && path.test(one.path)).length;
  }

  async close(): Promise<void> {
    this.http.closeAllConnections();
    await new Promise((resolve) => this.http.close(resolve));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = await this.read(request);
    this.asked.push(asked);
    const disturbance = this.disturbances.find(({ on, times }) => times > 0 && on(asked));
    if (disturbance !== undefined) disturbance.times -= 1;
    if (disturbance?.with === 'hang') return;
    const answer = typeof disturbance?.with === 'object' ? disturbance.with : this.answer(asked);
    if (disturbance?.with === 'lose') request.socket.destroy();
    else send(response, answer);
  }

  private async read(request: IncomingMessage): Promise<Asked> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { pathname: path, searchParams: query } = new URL(request.url ?? '/', this.url);
    const text = Buffer.concat(chunks).toString();
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    return { method: request.method ?? '', path, query, headers: request.headers, body };
  }

  private answer(asked: Asked): Answer {
    if (asked.path === '/v3/auth/tokens') return this.authenticate(asked);
    if (!this.tokens.has(String(asked.headers['x-auth-token']))) return no(401, 'authentication required');
    if (!asked.path.startsWith('/compute/v2.1/')) return no(404, 'no such path');
    return this.nova.answer(asked, asked.path.slice('/compute/v2.1/'.length));
  }

  private authenticate({ body }: Asked): Answer {
    if (body?.auth?.identity?.password?.user?.password !== this.password)
      return { status: 401, body: { error: { code: 401, message: 'The request requires authentication.' } } };
    this.issued += 1;
    const token = `token-${this.issued}`;
    this.tokens.add(token);
    const issuedAt = Date.now();
    const url = `${this.url}${this.endpointPath}`;
    const compute = { type: 'compute', endpoints: [{ interface: 'public', region_id: 'RegionOne', url }] };
    const issued = {
      issued_at: new Date(issuedAt).toISOString(),
      expires_at: new Date(issuedAt + this.tokenLifeMs).toISOString(),
      catalog: [compute],
    };
    return { status: 201, headers: { 'x-subject-token': token }, body: { token: issued } };
  }
}
