import { existsSync, readFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { Child } from './child.js';
import type { Bench } from './figure.js';
import { token } from './scene.js';

const startMs = 400_000;
const betweenMs = 5;
/** Linux has told CPU time in hundredths of a second on every machine for decades. */
const tickMs = 10;

export const headers = { 'X-Auth-Token': token };

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
};

/** The status of the answer; undefined when there is none. */
const statusOf = (url: string): Promise<number | undefined> =>
  new Promise((resolve) => {
    const answered = (response: IncomingMessage) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode));
    };
    get(url, { headers, agent: false, timeout: 5000 }, answered)
      .once('error', () => resolve(undefined))
      .once('timeout', () => resolve(undefined));
  });

export interface ServerOptions {
  readonly script: string;
  /** What is asked for until it is answered with 200. */
  readonly path: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly flags?: readonly string[];
  readonly name?: string;
}

/** A server in a process of its own. */
export class Server {
  private constructor(
    private readonly child: Child,
    readonly url: string,
    /** From the beginning of the process to the first answer. */
    readonly startedMs: number,
  ) {}

  static async start(
    bench: Bench,
    { script, path, environment, flags, name }: ServerOptions,
  ): Promise<Server> {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const begun = performance.now();
    const child = Child.start(bench, script, {
      environment: { ...environment, CRATON_HTTP_PORT: String(port) },
      ...(flags !== undefined && { flags }),
      ...(name !== undefined && { name }),
    });
    while ((await statusOf(url + path)) !== 200) {
      if (child.ended || performance.now() - begun > startMs) {
        await child.stop();
        throw new Error(`${script} did not answer:\n${child.ending}`);
      }
      await new Promise((resolve) => setTimeout(resolve, betweenMs));
    }
    return new Server(child, url, performance.now() - begun);
  }

  /** Memory that is its own and in RAM, now and at most so far, in MB; undefined where the system does not tell. */
  memory(): { readonly now: number; readonly most: number } | undefined {
    const status = `/proc/${this.child.id}/status`;
    if (!existsSync(status)) return undefined;
    const text = readFileSync(status, 'utf8');
    const of = (name: string) => Number(new RegExp(`^${name}:\\s*(\\d+) kB`, 'm').exec(text)?.[1]) / 1024;
    return { now: of('VmRSS'), most: of('VmHWM') };
  }

  /** CPU time of all its threads so far, in ms; undefined where the system does not tell. */
  cpuMs(): number | undefined {
    const stat = `/proc/${this.child.id}/stat`;
    if (!existsSync(stat)) return undefined;
    const fields = readFileSync(stat, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) * tickMs;
  }

  stop(): Promise<void> {
    return this.child.stop();
  }
}

/** What `npm start` tells Node. */
const flagsOfStart = (): readonly string[] => {
  const file = new URL('../../../package.json', import.meta.url);
  const { scripts } = JSON.parse(readFileSync(file, 'utf8')) as { scripts: { start: string } };
  return scripts.start.match(/(?<= )--\S+/g) ?? [];
};

/** Craton as `npm start` runs it. */
export const standalone = (bench: Bench, dataDir: string, path: string, name?: string): Promise<Server> =>
  Server.start(bench, {
    script: '../../apps/standalone/src/main.js',
    path,
    environment: { CRATON_DATA_DIR: dataDir },
    flags: flagsOfStart(),
    ...(name !== undefined && { name }),
  });

/** Fastify with nothing behind it. */
export const emptyRoute = (bench: Bench, path: string): Promise<Server> =>
  Server.start(bench, { script: './tasks/empty-route.server.js', path });
