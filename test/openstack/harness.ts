import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const project = resolve(import.meta.dirname, '../..');
const place = () => resolve(project, process.env['CRATON_TEST_HARNESS'] || '../shared/harness');
const state = () => process.env['OSH_STATE'] ?? '/tmp/os-harness';

/** What is started from the harness, and what says that it runs already. */
const parts = [
  {
    folder: 'openstack-consumers',
    what: ['rabbit', 'listener'],
    daemon: 'listener-craton',
    environment: { OSH_EXCHANGES: 'openstack,craton' },
  },
  {
    folder: 'openstack-nova',
    what: [],
    daemon: 'nova-api',
    environment: {
      // The third's live migrations last until they are called off, five seconds at most; the fourth breaks cold ones.
      OSH_COMPUTES:
        'compute-1 compute-2 compute-3=fake.FakeLiveMigrateDriver compute-4=fake.FakeFinishMigrationFailDriver',
    },
  },
] as const;

const execute = promisify(execFile);

/** A script of the harness, which may leave daemons behind; what it does is shown, since it may take minutes. */
const script = async (
  path: string,
  words: readonly string[] = [],
  environment: NodeJS.ProcessEnv = process.env,
): Promise<void> => {
  const child = spawn(path, words, { env: environment, stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${path} ended with ${code}`);
};

/** Process of one daemon of the harness; undefined when it does not run. */
export const pidOf = async (daemon: string): Promise<number | undefined> => {
  try {
    const pid = Number(await readFile(join(state(), 'run', `${daemon}.pid`), 'utf8'));
    process.kill(pid, 0);
    return pid;
  } catch {
    return undefined;
  }
};

/** Sends a signal to a daemon of the harness and to what belongs to it. */
export const signal = async (daemon: string, name: 'SIGSTOP' | 'SIGCONT'): Promise<void> => {
  const pid = await pidOf(daemon);
  if (pid === undefined) throw new Error(`${daemon} does not run`);
  process.kill(-pid, name);
};

/** Credentials as the harness wrote them. */
const credentials = async (): Promise<Record<string, string>> => {
  const text = await readFile(join(state(), 'data', 'openrc'), 'utf8');
  return Object.fromEntries([...text.matchAll(/(OS_\w+)=(\S+)/g)].map(([, name, value]) => [name, value]));
};

/** Builds the sources of this moment into a folder that can be run from, beside `dist`, which is left to whoever runs from that. */
const buildInto = async (directory: string): Promise<void> => {
  await symlink(join(project, 'node_modules'), join(directory, 'node_modules'));
  await copyFile(join(project, 'package.json'), join(directory, 'package.json'));
  const tsc = join(project, 'node_modules/typescript/bin/tsc');
  const from = ['-p', join(project, 'apps/tsconfig.build.json')];
  const to = ['--outDir', join(directory, 'dist'), '--tsBuildInfoFile', join(directory, 'dist/.tsbuildinfo')];
  await execute(process.execPath, [tsc, ...from, ...to]).catch((error: { stdout: string }) => {
    throw new Error(`craton cannot be built:\n${error.stdout}`);
  });
};

const demandHarness = (harness: string): void => {
  if (parts.every(({ folder }) => existsSync(join(harness, folder, 'up.sh')))) return;
  throw new Error(
    `there is no OpenStack harness in ${harness}: set CRATON_TEST_HARNESS to the folder that holds ` +
      parts.map(({ folder }) => `${folder}/up.sh`).join(' and '),
  );
};

/** Builds Craton and starts what does not run yet. Answers what ends and removes whatever was begun here. */
export const prepare = async (): Promise<() => Promise<void>> => {
  const harness = place();
  demandHarness(harness);
  const endings: (() => Promise<void>)[] = [];
  const end = async () => {
    for (const step of endings.splice(0).toReversed()) await step();
  };
  try {
    const built = await mkdtemp(join(tmpdir(), 'craton-built-'));
    endings.push(() => rm(built, { recursive: true }));
    await buildInto(built);
    for (const { folder, what, daemon, environment } of parts) {
      if ((await pidOf(daemon)) === undefined) endings.push(() => script(join(harness, folder, 'down.sh')));
      await script(join(harness, folder, 'up.sh'), what, { ...environment, ...process.env });
    }
    Object.assign(process.env, await credentials(), { CRATON_TEST_BUILT: built });
  } catch (error) {
    await end();
    throw error;
  }
  return end;
};

/** What a check of the harness says; rejects with it when it fails. */
export const check = async (path: string, words: readonly string[]): Promise<string> =>
  (await execute(join(place(), path), words)).stdout;

/** Where the listener of oslo.messaging writes what it has decoded, one JSON line each. */
export const heardFile = (): string => join(state(), 'data', 'notifications.jsonl');

/** The broker of the harness. */
export const amqpUrl = (): string => {
  const { OSH_AMQP_USER = 'osh', OSH_AMQP_PASS = 'osh', OSH_AMQP_PORT = '5682' } = process.env;
  return `amqp://${OSH_AMQP_USER}:${OSH_AMQP_PASS}@127.0.0.1:${OSH_AMQP_PORT}/%2F`;
};

/** A program of Craton as it was built for these tests. */
export const program = (path: string): string =>
  join(process.env['CRATON_TEST_BUILT'] as string, 'dist/apps', path);
