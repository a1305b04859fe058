import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Module, type Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createGateway } from '#apps/gateway/src/application.js';
import { Bootstrap } from '#apps/gateway/src/auth/bootstrap.js';
import type { Credentials } from '#apps/gateway/src/auth/credentials-file.js';
import { GatewayModule } from '#apps/gateway/src/gateway.module.js';
import type { Clock } from '#libs/platform/src/clock.js';
import { readConfig } from '#libs/platform/src/config/config.js';
import type { EventStore, RecordedEvent } from '#libs/platform/src/event-store/event-store.js';
import { MemoryEventStore } from '#libs/platform/src/event-store/memory-event-store.js';
import { PlatformModule } from '#libs/platform/src/platform.module.js';
import { ReadStore } from '#libs/platform/src/read-store/read-store.js';
import { createLogger } from '#libs/platform/src/telemetry/logger.js';
import { projections } from '#projections/index.js';

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE' | 'PATCH' | 'OPTIONS';
export type Headers = Readonly<Record<string, string>>;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests say what they expect of it
  readonly body: any;
}

/** Asks with one API key. */
export interface Client {
  ask(method: Method, path: string, body?: unknown, headers?: Headers): Promise<Answer>;
  get(path: string, headers?: Headers): Promise<Answer>;
  post(path: string, body: unknown, headers?: Headers): Promise<Answer>;
  put(path: string, body: unknown, headers?: Headers): Promise<Answer>;
  delete(path: string, headers?: Headers): Promise<Answer>;
}

export interface Gateway {
  readonly app: NestFastifyApplication;
  readonly eventStore: EventStore;
  readonly readStore: ReadStore;
  readonly dataDir: string;
  /** What the first start told; undefined at a later one. */
  readonly credentials: Credentials | undefined;
  /** Lines of the log so far, parsed. */
  readonly lines: readonly Record<string, unknown>[];
  readonly root: Client;
  as(token: string | undefined): Client;
  /** Every event so far. */
  events(): Promise<RecordedEvent[]>;
  /** Keeps what it has on the disk when it did not make the directory itself. */
  close(): Promise<void>;
}

export interface GatewayOptions {
  readonly eventStore?: EventStore;
  /** Default: a directory of its own, gone with the gateway. */
  readonly dataDir?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Further modules, such as one with routes made for a test. */
  readonly modules?: readonly Type[];
  /** Default: the system's. */
  readonly clock?: Clock;
}

const answer = (response: { statusCode: number; headers: object; body: string }): Answer => {
  const { statusCode: status, headers, body: text } = response;
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    body = undefined;
  }
  return { status, headers: headers as Answer['headers'], text, body };
};

export const client = (app: NestFastifyApplication, token: string | undefined): Client => {
  const ask = async (method: Method, url: string, body?: unknown, headers: Headers = {}): Promise<Answer> => {
    const credentials = token === undefined ? {} : { 'x-auth-token': token };
    const payload =
      body === undefined
        ? {}
        : { payload: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body) };
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    return answer(
      await app.inject({ method, url, ...payload, headers: { ...credentials, ...type, ...headers } }),
    );
  };
  return {
    ask,
    get: (path, headers) => ask('GET', path, undefined, headers),
    post: (path, body, headers) => ask('POST', path, body, headers),
    put: (path, body, headers) => ask('PUT', path, body, headers),
    delete: (path, headers) => ask('DELETE', path, undefined, headers),
  };
};

@Module({})
class TestedGateway {}

/** The gateway over an in-memory log and real read models, without a port. */
export const startGateway = async (options: GatewayOptions = {}): Promise<Gateway> => {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'craton-gateway-')));
  const eventStore = options.eventStore ?? new MemoryEventStore();
  const config = readConfig({ ...options.environment, CRATON_DATA_DIR: dataDir });
  const lines: Record<string, unknown>[] = [];
  const stream = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
  const readStore = new ReadStore({
    path: join(dataDir, 'read-models.db'),
    store: eventStore,
    projections,
    log: () => undefined,
  });
  await readStore.start();
  const imports = [
    PlatformModule.of({ config, eventStore, readStore, ...(options.clock && { clock: options.clock }) }),
    GatewayModule,
    ...(options.modules ?? []),
  ];
  const app = await createGateway({ module: TestedGateway, imports }, createLogger('debug', stream), config);
  await app.init();
  const credentials = await app.get(Bootstrap).run();
  await app.getHttpAdapter().getInstance().ready();
  return {
    app,
    eventStore,
    readStore,
    dataDir,
    credentials,
    lines,
    root: client(app, credentials?.api_key),
    as: (token) => client(app, token),
    events: async () => {
      const events: RecordedEvent[] = [];
      for await (const event of eventStore.readAll()) events.push(event);
      return events;
    },
    close: async () => {
      await app.close();
      await readStore.close();
      if (!options.eventStore) await eventStore.close();
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
    },
  };
};
