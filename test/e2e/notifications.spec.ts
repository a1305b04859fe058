import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { PublisherModule } from '#apps/publisher/src/publisher.module.js';
import { SqliteEventStore } from '#libs/platform/src/event-store/sqlite-event-store.js';
import { Bus, needsBroker } from '#test/support/bus.js';
import { facts, fresh } from '#test/support/facts.js';
import { startGateway } from '#test/support/gateway.js';
import { until } from '#test/support/until.js';

jest.setTimeout(120_000);

describe('notifications', () => {
  let bus: Bus;

  needsBroker();
  beforeEach(async () => {
    bus = await Bus.open();
  });
  afterEach(() => bus.close());

  it('tell the bus what was done over REST, by whom and why', async () => {
    const collector = await bus.collect();
    const gateway = await startGateway({ modules: [PublisherModule], environment: bus.environment });
    try {
      const why = { 'x-craton-reason': 'new site' };
      const cloud = await gateway.root.post('/v1/clouds', { name: 'north' }, why);
      expect(cloud.status).toBe(201);
      const events = await gateway.events();
      const told = await collector.atLeast(events.length);
      expect(told.map((each) => each.message_id)).toEqual(events.map((event) => event.id));
      expect(told.map((each) => each.event_type)).toEqual([
        'inventory.project.created',
        'access.user.added',
        'access.key.issued',
        'inventory.cloud.registered',
      ]);
      expect(told.at(-1)).toMatchObject({
        _context_project_id: gateway.credentials?.project_id,
        payload: {
          cloud_id: cloud.body.id,
          name: 'north',
          actor: gateway.credentials?.username,
          reason: 'new site',
        },
      });
      expect(JSON.stringify(told)).not.toMatch(/scrypt|hash/);
    } finally {
      await gateway.close();
    }
  });
});

const hooks = new URL('../support/typescript-hooks.js', import.meta.url).href;
const program = new URL('../../apps/publisher/src/main.ts', import.meta.url).pathname;

describe("the publisher's process", () => {
  let bus: Bus;
  let folder: string;
  let child: ChildProcess;
  let lines: string;

  needsBroker();
  beforeEach(async () => {
    bus = await Bus.open();
    folder = await mkdtemp(join(tmpdir(), 'craton-publisher-'));
  });
  afterEach(async () => {
    child.kill('SIGKILL');
    await bus.close();
    await rm(folder, { recursive: true });
  });

  const start = () => {
    lines = '';
    const environment = {
      ...bus.environment,
      CRATON_EVENT_STORE: `sqlite:${join(folder, 'events.db')}`,
      CRATON_DATA_DIR: join(folder, 'publisher'),
      CRATON_HTTP_PORT: '0',
    };
    child = spawn(process.execPath, ['--conditions=source', '--import', hooks, program], {
      env: { PATH: process.env['PATH'], ...environment },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child.stderr?.on('data', (data: Buffer) => (lines += data.toString()));
  };
  const ended = (signal: NodeJS.Signals) => {
    const exit = new Promise<number | null>((resolve) => child.once('exit', resolve));
    child.kill(signal);
    return exit;
  };
  const health = async (path: string) => {
    const port = /"port":(\d+)/.exec(lines)?.[1];
    return fetch(`http://127.0.0.1:${port}${path}`);
  };

  it('tells everything in order, however often it is killed', async () => {
    const store = new SqliteEventStore(join(folder, 'events.db'));
    const collector = await bus.collect();
    const told = () => [...new Set(collector.notifications.map((each) => each.message_id))];
    const ids: string[] = [];
    for (let life = 0; life < 4; life += 1) {
      start();
      for (let burst = 0; burst < 20; burst += 1) {
        const [first, ...rest] = Array.from({ length: 50 }, (_, index) =>
          fresh('DeviceRenamed', ids.length + index),
        );
        await store.append(facts.DeviceRenamed[0], 'any', [first!, ...rest]);
        ids.push(first!.id, ...rest.map(({ id }) => id));
      }
      // Somewhere in the middle of what it has to tell in this life.
      await until(() => told().length > ids.length - 900);
      await ended('SIGKILL');
    }
    start();
    await until(() => told().length === ids.length);
    expect(told()).toEqual(ids);
    await store.close();
  });

  it('says how it is, and stops when it is asked to', async () => {
    start();
    await until(
      () => lines.includes('"port"'),
      30_000,
      () => lines,
    );
    const ready = async () =>
      (await (await health('/health/ready')).json()) as { broker: { connected: boolean } };
    await until(async () => (await ready()).broker.connected);
    expect(await ready()).toMatchObject({
      status: 'ready',
      log: { ok: true },
      broker: { ok: true, connected: true },
    });
    expect(await ended('SIGTERM')).toBe(0);
    expect(lines).not.toContain(new URL(bus.url).password);
  });
});
