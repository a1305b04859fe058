import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '#libs/platform/src/clock.js';
import { type Answer, type Gateway, startGateway } from './gateway.js';
import { JsonServer } from './json-server.js';
import { hardware, made, newRegion } from './places.js';

/** The time that it is, and more when a test says so. */
class Ahead implements Clock {
  ahead = 0;
  now(): Date {
    return new Date(Date.now() + this.ahead);
  }
}

interface Places {
  readonly id: string;
  readonly name: string;
  readonly host: string;
  readonly region: string;
  readonly cloud: string;
}

/** A gateway that may ask a server on this machine, below whose `/cmdb/` there is a credential for it. */
export class LookingUp {
  readonly secret = 'Token s3cret-of-the-cmdb';
  readonly clock = new Ahead();
  serial = 0;
  gateway: Gateway;

  private constructor(
    readonly server: JsonServer,
    private readonly directory: string,
  ) {}

  static async start(): Promise<LookingUp> {
    const scene = new LookingUp(
      await JsonServer.start(),
      await mkdtemp(join(tmpdir(), 'craton-looking-up-')),
    );
    const credentials = join(scene.directory, 'credentials.json');
    const cmdb = { value: scene.secret, urls: [`${scene.server.url}/cmdb/`], projects: '*' };
    await writeFile(credentials, JSON.stringify({ cmdb }));
    await chmod(credentials, 0o600);
    scene.gateway = await startGateway({
      clock: scene.clock,
      environment: { CRATON_PROVIDER_ALLOW: '127.0.0.1', CRATON_PROVIDER_CREDENTIALS: credentials },
    });
    return scene;
  }

  async close(): Promise<void> {
    await this.gateway.close();
    await this.server.close();
    await rm(this.directory, { recursive: true });
  }

  reset(): void {
    this.server.asked.length = 0;
    this.server.answers.clear();
  }

  async newHost(more: object = {}): Promise<Places> {
    this.serial += 1;
    const { cloudId, regionId } = await newRegion(this.gateway.root);
    const name = `compute-${this.serial}`;
    const body = { name, region_id: regionId, ...hardware, ...more };
    const { id } = (await made(this.gateway.root.post('/v1/hosts', body))).body;
    return {
      id,
      name,
      host: `/v1/hosts/${id}`,
      region: `/v1/regions/${regionId}`,
      cloud: `/v1/clouds/${cloudId}`,
    };
  }

  /** What is said at one address is remembered: each host has addresses of its own. */
  here(path: string): string {
    return `/${this.serial}${path}`;
  }

  /** A binding to an address of the server. */
  http(path: string, more: object = {}): object {
    return { provider: 'http-json', settings: { url: `${this.server.url}${this.here(path)}` }, ...more };
  }

  bind(path: string, bindings: unknown): Promise<Answer> {
    return this.gateway.root.put(`${path}/variable-providers`, bindings);
  }

  async bound(path: string, bindings: object): Promise<Answer> {
    return this.demandOk(path, await this.bind(path, bindings));
  }

  // oxlint-disable-next-line typescript/no-explicit-any -- tests say what they expect of it
  async get(path: string): Promise<any> {
    return this.demandOk(path, await this.gateway.root.get(path)).body;
  }

  private demandOk(path: string, answer: Answer): Answer {
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.text}`);
    return answer;
  }
}
