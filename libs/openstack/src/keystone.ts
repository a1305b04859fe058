import { HttpClient, type HttpAnswer, type HttpRequest } from './http-client.js';
import { ServiceRefused, ServiceUnavailable } from './openstack.errors.js';

export interface KeystoneOptions {
  /** With or without the closing `/v3`; without credentials. */
  readonly authUrl: string;
  readonly username: string;
  readonly password: string;
  readonly projectName: string;
  readonly userDomainId: string;
  readonly projectDomainId: string;
  /** The only region's endpoints are found without it. */
  readonly region?: string | undefined;
  readonly interface: string;
}

interface Endpoint {
  readonly interface: string;
  readonly region_id?: string | null;
  readonly region?: string | null;
  readonly url: string;
}

interface Service {
  readonly type: string;
  readonly endpoints: readonly Endpoint[];
}

interface Session {
  readonly token: string;
  readonly renewAt: number;
  readonly catalog: readonly Service[];
}

interface TokenBody {
  readonly token?: {
    readonly expires_at?: string | null;
    readonly issued_at?: string;
    readonly catalog?: readonly Service[];
  };
}

const MARGIN_MS = 300_000;

/** By the service's own clock, so that ours may be wrong. Renewed five minutes early, or a tenth when it lives shortly. */
const renewAt = ({ expires_at, issued_at }: NonNullable<TokenBody['token']>): number => {
  const life = Date.parse(expires_at ?? '') - Date.parse(issued_at ?? '');
  return Number.isNaN(life) ? Infinity : Date.now() + life - Math.min(MARGIN_MS, life / 10);
};

/** Waits for work that others wait for too: `signal` ends the waiting, not the work. */
const whileWanted = async <T>(work: Promise<T>, signal: AbortSignal): Promise<T> => {
  const { promise: left, reject } = Promise.withResolvers<never>();
  const leave = () =>
    reject(new ServiceUnavailable('waiting for Keystone was called off', { cause: signal.reason }));
  if (signal.aborted) leave();
  signal.addEventListener('abort', leave);
  try {
    return await Promise.race([work, left]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
};

/**
 * Sends requests to an OpenStack's services as one user of one project: finds the endpoint in the catalog, keeps the token
 * until shortly before it expires, and gets a new one when a service does not know it any more. The password is in no error.
 */
export class Keystone {
  readonly #options: KeystoneOptions;
  #session: Session | undefined;
  #renewal: Promise<Session> | undefined;

  constructor(
    options: KeystoneOptions,
    private readonly http: HttpClient = new HttpClient(),
  ) {
    const url = URL.parse(options.authUrl);
    if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
      throw new Error('the URL of Keystone must be http(s) and hold no credentials');
    this.#options = options;
  }

  /** URL of a service, without a closing slash, from the catalog. */
  async endpoint(type: string, signal: AbortSignal): Promise<string> {
    const { catalog } = await this.session(signal);
    const { region, interface: side } = this.#options;
    const all = catalog.filter((service) => service.type === type).flatMap(({ endpoints }) => endpoints);
    const found = all.find(
      (one) => one.interface === side && (region === undefined || (one.region_id ?? one.region) === region),
    );
    if (found !== undefined) return found.url.replace(/\/+$/, '');
    const known = all.map((one) => `${one.interface} in ${one.region_id ?? one.region ?? 'no region'}`);
    throw new ServiceRefused(
      404,
      `the catalog has no ${side} endpoint of ${type} in ${region ?? 'any region'} ` +
        `(it has ${known.join(', ') || 'none at all'})`,
    );
  }

  /** Sends it with a valid token; a token that is refused is replaced once. */
  async send(request: HttpRequest): Promise<HttpAnswer> {
    const session = await this.session(request.signal);
    try {
      return await this.sendAs(session, request);
    } catch (error) {
      if (!(error instanceof ServiceRefused && error.status === 401)) throw error;
      // Whoever was refused at the same time may have renewed it already.
      if (this.#session === session) this.#session = undefined;
      return this.sendAs(await this.session(request.signal), request);
    }
  }

  private sendAs({ token }: Session, request: HttpRequest): Promise<HttpAnswer> {
    return this.http.send({ ...request, headers: { ...request.headers, 'x-auth-token': token } });
  }

  private async session(signal: AbortSignal): Promise<Session> {
    if (this.#session !== undefined && Date.now() < this.#session.renewAt) return this.#session;
    this.#renewal ??= this.login().finally(() => {
      this.#renewal = undefined;
    });
    return whileWanted(this.#renewal, signal);
  }

  private async login(): Promise<Session> {
    const { authUrl, username, projectName } = this.#options;
    const base = authUrl.replace(/\/+$/, '');
    const { headers, body } = await this.http
      .send({
        method: 'POST',
        url: `${base.endsWith('/v3') ? base : `${base}/v3`}/auth/tokens`,
        body: this.credentials(),
        repeatable: true,
        signal: new AbortController().signal,
      })
      .catch((cause: unknown) => {
        if (!(cause instanceof ServiceRefused && cause.status === 401)) throw cause;
        const who = `user ${username} for project ${projectName}`;
        throw new ServiceRefused(401, `Keystone does not accept ${who}: name, password or project is wrong`);
      });
    const token = headers.get('x-subject-token');
    const about = (body as TokenBody | undefined)?.token;
    if (token === null || about === undefined)
      throw new ServiceUnavailable(`${new URL(base).host} does not answer as Keystone v3 does`);
    this.#session = { token, renewAt: renewAt(about), catalog: about.catalog ?? [] };
    return this.#session;
  }

  private credentials() {
    const { username, password, projectName, userDomainId, projectDomainId } = this.#options;
    const user = { name: username, domain: { id: userDomainId }, password };
    return {
      auth: {
        identity: { methods: ['password'], password: { user } },
        scope: { project: { name: projectName, domain: { id: projectDomainId } } },
      },
    };
  }
}
