import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '#libs/kernel/src/json.js';
import type { RecordedEvent } from '#libs/platform/src/event-store/event-store.js';
import { SqliteEventStore } from '#libs/platform/src/event-store/sqlite-event-store.js';
import { until } from '#test/support/until.js';
import { amqpUrl, program } from './harness.js';

const startMs = 60_000;
const requestMs = 30_000;
export const runMs = 180_000;

export interface Named {
  readonly id: string;
  readonly name: string;
}

export interface Run {
  readonly id: string;
  readonly status: string;
  readonly reason: string | null;
  readonly finished_at: string | null;
  readonly steps: readonly {
    readonly step: string;
    readonly phase: string;
    readonly attempt: number;
    readonly status: string;
    readonly reason: string | null;
  }[];
}

export interface Maintenance {
  readonly runId: string;
  readonly windowId: string;
}

/** The program `standalone` on the real cloud, in a data directory of its own, spoken to over REST only. */
export class Craton {
  private process: ChildProcess | undefined;
  private url = '';
  private token = '';
  private out = '';
  /** All that it wrote to standard error. */
  log = '';

  private constructor(
    private readonly directory: string,
    private readonly environment: Readonly<Record<string, string>>,
  ) {}

  static async start(environment: Readonly<Record<string, string>> = {}): Promise<Craton> {
    const craton = new Craton(await mkdtemp(join(tmpdir(), 'craton-openstack-')), environment);
    try {
      await craton.begin();
    } catch (error) {
      await craton.remove();
      throw error;
    }
    return craton;
  }

  /** Starts the program, again after it was killed, and resolves when it answers. */
  async begin(): Promise<void> {
    const openstack = Object.entries(process.env).filter(([name]) => name.startsWith('OS_'));
    this.out = '';
    const child = spawn(process.execPath, [program('standalone/src/main.js')], {
      env: {
        PATH: process.env['PATH'],
        ...Object.fromEntries(openstack),
        CRATON_CLOUD: 'nova',
        CRATON_AMQP_URL: amqpUrl(),
        CRATON_DATA_DIR: this.directory,
        CRATON_HTTP_PORT: '0',
        ...this.environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.process = child;
    child.stdout.on('data', (chunk: Buffer) => (this.out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (this.log += chunk.toString()));
    const url = () => /http:\/\/127\.0\.0\.1:\d+/.exec(this.out)?.[0];
    await until(
      () => url() !== undefined || child.exitCode !== null,
      startMs,
      () => `craton did not start: ${this.log}`,
    );
    if (child.exitCode !== null) throw new Error(`craton ended: ${this.log}`);
    this.url = url() as string;
    const credentials = JSON.parse(await readFile(join(this.directory, 'credentials.json'), 'utf8')) as {
      api_key: string;
    };
    this.token = credentials.api_key;
  }

  async send<T>(method: 'GET' | 'POST' | 'PUT', path: string, body?: object): Promise<T> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { 'x-auth-token': this.token, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(requestMs),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  /** Registers a cloud and a region, and in it every host that the real cloud has. */
  async discover(): Promise<readonly Named[]> {
    const cloud = await this.send<Named>('POST', '/v1/clouds', { name: 'real' });
    const region = await this.send<Named>('POST', '/v1/regions', { name: 'RegionOne', cloud_id: cloud.id });
    const path = `/v1/regions/${region.id}/synchronise`;
    return (await this.send<{ registered: readonly Named[] }>('POST', path, {})).registered;
  }

  /** Opens a window on a host and starts the maintenance of it. */
  async maintain(host: Named, input: JsonObject): Promise<Maintenance> {
    const window = await this.send<{ id: string }>('POST', '/v1/maintenance-windows', {
      host_id: host.id,
      ends_at: new Date(Date.now() + 3_600_000).toISOString(),
      note: 'new firmware',
    });
    const order = { workflow: 'host-maintenance', window_id: window.id, input };
    const run = await this.send<Run>('POST', '/v1/runs', order);
    return { runId: run.id, windowId: window.id };
  }

  run(id: string): Promise<Run> {
    return this.send('GET', `/v1/runs/${id}`);
  }

  /** The run when it is over. */
  async over(id: string): Promise<Run> {
    let run: Run | undefined;
    await until(
      async () => (run = await this.run(id)).finished_at !== null,
      runMs,
      () => `the run is not over: ${JSON.stringify(run)}\n${this.log.slice(-4000)}`,
    );
    return run as Run;
  }

  /** Everything in its log, read from the file, not asked for. */
  async events(): Promise<readonly RecordedEvent[]> {
    const store = new SqliteEventStore(join(this.directory, 'events.db'));
    try {
      return await Array.fromAsync(store.readAll());
    } finally {
      await store.close();
    }
  }

  /** What it complained about in its log. */
  get complaints(): readonly string[] {
    return this.log.split('\n').filter((line) => /"level":"(warn|error|fatal)"/.test(line));
  }

  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((settle) => child.once('exit', settle));
    child.kill(signal);
    await ended;
  }

  /** Ends it and removes what it kept. */
  async remove(): Promise<void> {
    await this.end('SIGKILL');
    await rm(this.directory, { recursive: true, force: true });
  }
}
