import { chmod, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { FleetState } from '#libs/clouds/src/simulated/fleet.state.js';
import { Bus, needsBroker } from '#test/support/bus.js';
import { needsPackage } from '#test/support/debian.js';
import { Program, shell } from '#test/support/program.js';
import { Rest } from '#test/support/rest.js';
import { until } from '#test/support/until.js';

jest.setTimeout(180_000);

let dataDir: string;
const programs: Program[] = [];
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'craton standalone '));
});
afterEach(async () => {
  await Promise.all(programs.splice(0).map((program) => program.stop('SIGKILL')));
  await rm(dataDir, { recursive: true, force: true });
});

const start = (environment: Readonly<Record<string, string>> = {}): Program => {
  const own = { CRATON_DATA_DIR: dataDir, CRATON_HTTP_PORT: '0' };
  const program = new Program('apps/standalone/src/main.ts', { ...own, ...environment });
  programs.push(program);
  return program;
};

const keyIn = async (directory: string): Promise<string> => {
  const text = await readFile(join(directory, 'credentials.json'), 'utf8');
  return (JSON.parse(text) as { api_key: string }).api_key;
};

const answerOf = async (response: Response) => ({ status: response.status, text: await response.text() });

const greeted = async (program: Program): Promise<string> => {
  await program.url();
  await until(() => program.out.includes('/v1/workflows'));
  return program.out;
};

describe('the whole system as one process', () => {
  it('tells the first operator all that is needed, once, and how to ask', async () => {
    const first = start();
    const told = await greeted(first);
    const key = await keyIn(dataDir);
    expect(told).toContain(key);
    expect((await stat(join(dataDir, 'credentials.json'))).mode & 0o777).toBe(0o600);
    const lines = told.slice(told.indexOf('To try it:')).split('\n').slice(1).join('\n');
    expect(lines.match(/curl/g)).toHaveLength(3);
    await needsPackage('/usr/bin/curl', 'curl');
    const answers = await shell(lines);
    expect(answers).toContain('"name":"bootstrap"');
    expect(answers).toContain('"name":"east"');
    expect(answers).toContain('"name":"host-maintenance"');
    expect(await shell(lines)).toBe(answers);
    expect(await first.stop('SIGTERM')).toBe(0);

    const second = start();
    const again = await greeted(second);
    expect(again).not.toContain(key);
    const { clouds } = await new Rest(await second.url(), key).get('/v1/clouds');
    expect(clouds.map(({ name }: { name: string }) => name)).toEqual(['east']);
    expect(await second.stop('SIGINT')).toBe(0);
    expect(first.log + second.log).not.toContain(key);
  });

  it('keeps what it writes for the eyes of its owner, in a directory that others may look into', async () => {
    await chmod(dataDir, 0o755);
    const program = start();
    await program.url();
    const files = await readdir(dataDir);
    const modes = await Promise.all(files.map(async (file) => (await stat(join(dataDir, file))).mode));
    expect(files).toContain('read-models.db');
    expect(files.filter((_, index) => ((modes[index] ?? 0) & 0o077) !== 0)).toEqual([]);
    expect(await program.stop('SIGTERM')).toBe(0);
  });

  it('writes only lines of JSON to its log while it waits for the event log', async () => {
    const program = start({ CRATON_EVENT_STORE: 'esdb://127.0.0.1:1?tls=false' });
    await until(() => program.out + program.log !== '');
    expect(program.out).toBe('');
    expect(JSON.parse(program.log.split('\n', 1)[0] ?? '')).toMatchObject({
      context: 'ReadStore',
      msg: expect.stringContaining('the log is away'),
    });
  });

  it('is ready without its broker, and says what waits for it', async () => {
    const program = start({ CRATON_AMQP_URL: 'amqp://user:secret@127.0.0.1:1/%2F' });
    const url = await program.url();
    const health = async () => {
      const { status, text } = await answerOf(await fetch(`${url}/health/ready`));
      expect([status, text]).toEqual([200, expect.not.stringContaining('127.0.0.1')]);
      return JSON.parse(text) as { status: string; notifications: Record<string, unknown> };
    };
    await until(async () => (await health()).notifications['away_since'] !== null);
    expect(await health()).toMatchObject({
      status: 'ready',
      notifications: {
        connected: false,
        detail: 'the broker is away',
        waiting_since: expect.stringMatching(/^\d{4}-.*Z$/),
      },
    });
  });

  it('says nothing of notifications that it is not to publish', async () => {
    const answer = await fetch(`${await start().url()}/health/ready`);
    expect(await answer.json()).not.toHaveProperty('notifications');
  });

  it('does not start beside another one on the same data', async () => {
    const first = start();
    await first.url();
    const second = start();
    expect(await second.ended()).toBe(1);
    expect(second.log).toBe(`another craton process uses ${dataDir}\n`);
    expect((await fetch(`${await first.url()}/health/ready`)).status).toBe(200);
  });

  it('says everything that is wrong with its configuration', async () => {
    const program = start({ CRATON_HTTP_PORT: 'http', CRATON_CLOUD: 'cumulus', CRATON_NONSENSE: '1' });
    expect(await program.ended()).toBe(2);
    for (const name of ['CRATON_HTTP_PORT', 'CRATON_CLOUD', 'CRATON_NONSENSE'])
      expect(program.log).toContain(name);
    expect(program.log).not.toContain('cumulus');
  });

  it.each([
    [
      { CRATON_SECRETS_DIR: '/proc/nope' },
      2,
      /^the configuration is wrong:\n- CRATON_SECRETS_DIR: [^\n]*\n$/,
    ],
    [{ CRATON_DATA_DIR: '/proc/nope' }, 1, /^the directory \/proc\/nope cannot be made: ENOENT\n$/],
    [{ CRATON_EVENT_STORE: 'sqlite:/proc/nope/a.db' }, 1, /^the directory \/proc\/nope cannot be made/],
  ])('says in one line that a directory is none: %j', async (environment, code, words) => {
    const program = start(environment);
    expect(await program.ended()).toBe(code);
    expect(program.log).toMatch(words);
  });

  it('does not start on an address that is taken', async () => {
    const first = start();
    const { port } = new URL(await first.url());
    const other = await mkdtemp(join(tmpdir(), 'craton-standalone-'));
    const second = start({ CRATON_DATA_DIR: other, CRATON_HTTP_PORT: port });
    expect(await second.ended()).toBe(1);
    expect(second.log).toContain('EADDRINUSE');
    // Nobody was told the key: the next start says where it is.
    const third = start({ CRATON_DATA_DIR: other });
    const told = await greeted(third);
    const file = join(other, 'credentials.json');
    for (const text of [told, third.log]) expect(text).toContain(file);
    expect(told + third.log).not.toContain(await keyIn(other));
    expect(third.log).not.toContain('chmod');
    await third.stop('SIGTERM');

    await chmod(file, 0o644);
    const fourth = start({ CRATON_DATA_DIR: other });
    await fourth.url();
    expect(fourth.log).toContain(`${file} holds an API key and is not for its owner alone`);
    await fourth.stop('SIGTERM');
    await rm(other, { recursive: true });
  });
});

describe('maintenance in a process that is ended again and again', () => {
  let bus: Bus;
  needsBroker();
  beforeEach(async () => {
    bus = await Bus.open();
  });
  afterEach(() => bus.close());

  const fleet = async (): Promise<FleetState> =>
    JSON.parse(await readFile(join(dataDir, 'simulated-cloud.json'), 'utf8')) as FleetState;

  /** A new life of it, on the same data. */
  const live = async () => {
    const program = start({ ...bus.environment, CRATON_SIMULATED_MIGRATION_MS: '400' });
    return { program, rest: new Rest(await program.url(), await keyIn(dataDir)) };
  };

  const begin = async (rest: Rest) => {
    const cloud = await rest.post('/v1/clouds', { name: 'east' });
    const region = await rest.post('/v1/regions', { name: 'north', cloud_id: cloud.id });
    const { registered } = await rest.post(`/v1/regions/${region.id}/synchronise`);
    expect(registered).toHaveLength(20);
    const [host] = registered.filter(({ name }: { name: string }) => name === 'compute-01');
    const ends = new Date(Date.now() + 3_600_000).toISOString();
    const window = await rest.post('/v1/maintenance-windows', { host_id: host.id, ends_at: ends });
    const input = { work: { plugin: 'pause', input: { seconds: 1 } }, parallel: 1 };
    const run = await rest.post('/v1/runs', { workflow: 'host-maintenance', window_id: window.id, input });
    return { runId: run.id as string, windowId: window.id as string };
  };

  it('says that nothing waits once the broker was told', async () => {
    const { program } = await live();
    const url = await program.url();
    const told = async () =>
      ((await (await fetch(`${url}/health/ready`)).json()) as { notifications: unknown }).notifications;
    const fine = { connected: true, detail: 'the broker is there', away_since: null, waiting_since: null };
    // The text of both: objects of a test's own realm are never strictly equal to those of others.
    await until(async () => JSON.stringify(await told()) === JSON.stringify(fine));
    expect(await program.stop('SIGTERM')).toBe(0);
  });

  it.each(['SIGKILL', 'SIGTERM'] as const)(
    'goes on after %s wherever it was, and moves nothing twice',
    async (signal) => {
      const collector = await bus.collect();
      let life = await live();
      const { runId, windowId } = await begin(life.rest);
      const moving = (await fleet()).servers.filter(({ host }) => host === 'compute-01').map(({ id }) => id);
      expect(moving).toHaveLength(3);
      for (const where of ['disable', 'evacuate', 'work']) {
        const isThere = async () => {
          const { steps } = await life.rest.get(`/v1/runs/${runId}`);
          return steps.some(({ step }: { step: string }) => step === where);
        };
        await until(isThere, 60_000, () => `the run does not come to ${where}`);
        expect(await life.program.stop(signal)).toBe(signal === 'SIGTERM' ? 0 : null);
        life = await live();
      }
      const run = () => life.rest.get(`/v1/runs/${runId}`);
      await until(
        async () => (await run()).finished_at !== null,
        90_000,
        () => 'the run is not over',
      );
      expect(await run()).toMatchObject({ status: 'succeeded', reason: null });
      expect(await life.rest.get(`/v1/maintenance-windows/${windowId}`)).toMatchObject({ outcome: 'done' });
      const { hosts, servers, migrations } = await fleet();
      expect(hosts.filter(({ enabled }) => !enabled)).toEqual([]);
      expect(servers.filter(({ host }) => host === 'compute-01')).toEqual([]);
      const isDone = (status: string) => status === 'completed' || status === 'confirmed';
      const moved = migrations.filter(({ source, status }) => source === 'compute-01' && isDone(status));
      expect(moved.map(({ instanceId }) => instanceId).toSorted()).toEqual(moving.toSorted());
      const told = () => new Set(collector.notifications.map(({ event_type: type }) => type));
      await until(
        () => told().has('workflow.run.succeeded'),
        30_000,
        () => [...told()].join(' '),
      );
      expect(await life.program.stop('SIGTERM')).toBe(0);
    },
  );
});
