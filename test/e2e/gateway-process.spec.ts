import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { until } from '#test/support/until.js';

const hooks = new URL('../support/typescript-hooks.js', import.meta.url).href;
const main = new URL('../../apps/gateway/src/main.ts', import.meta.url).pathname;

interface Running {
  readonly process: ChildProcess;
  readonly url: string;
  /** All that it wrote so far. */
  readonly out: () => string;
  readonly log: () => string;
}

const started: ChildProcess[] = [];

const spawned = (dataDir: string, more: NodeJS.ProcessEnv = {}) => {
  const child = spawn(process.execPath, ['--conditions=source', '--import', hooks, main], {
    env: { PATH: process.env['PATH'], CRATON_DATA_DIR: dataDir, CRATON_HTTP_PORT: '0', ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  return child;
};

const start = async (dataDir: string): Promise<Running> => {
  const child = spawned(dataDir);
  let out = '';
  let log = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const url = () => /"url":"(http:[^"]+)"/.exec(log)?.[1];
  await until(
    () => url() !== undefined || child.exitCode !== null,
    60_000,
    () => `the gateway did not answer: ${log}`,
  );
  const address = url();
  if (address === undefined) throw new Error(`the gateway ended: ${log}`);
  return { process: child, url: address, out: () => out, log: () => log };
};

const ended = async ({ process: child }: Running, signal: NodeJS.Signals): Promise<number | null> => {
  const end = once(child, 'close');
  child.kill(signal);
  await end;
  return child.exitCode;
};

/** The status, or undefined when there was no answer. */
const register = async (url: string, token: string, name: string): Promise<number | undefined> => {
  const request = {
    method: 'POST',
    headers: { 'x-auth-token': token, 'content-type': 'application/json' },
    body: JSON.stringify({ name }),
  };
  return fetch(`${url}/v1/clouds`, request).then(
    ({ status }) => status,
    () => undefined,
  );
};

/** Registers clouds one after another until nobody answers; answers the names that were acknowledged. */
const registerUntilTheEnd = async (url: string, token: string, who: number): Promise<string[]> => {
  const acknowledged: string[] = [];
  for (let count = 0; ; count += 1) {
    const name = `cloud-${who}-${count}`;
    const status = await register(url, token, name);
    if (status === undefined) return acknowledged;
    if (status !== 201) throw new Error(`${name} was answered with ${status}`);
    acknowledged.push(name);
  }
};

const namesOf = async (url: string, token: string): Promise<string[]> => {
  const names: string[] = [];
  let next: string | undefined = `${url}/v1/clouds?limit=1000`;
  while (next !== undefined) {
    const response = await fetch(next, { headers: { 'x-auth-token': token } });
    const page = (await response.json()) as {
      clouds: { name: string }[];
      links: { rel: string; href: string }[];
    };
    names.push(...page.clouds.map(({ name }) => name));
    next = page.links.find(({ rel }) => rel === 'next')?.href;
  }
  return names;
};

describe('the process of the gateway', () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'craton-gateway-process-'));
  });
  afterEach(async () => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
    await rm(dataDir, { recursive: true, force: true });
  });

  it.each(['SIGTERM', 'SIGKILL'] as const)(
    'keeps everything that it acknowledged before %s, and starts again',
    async (signal) => {
      const first = await start(dataDir);
      const { api_key: token } = JSON.parse(first.out()) as { api_key: string };
      const clients = [1, 2, 3, 4].map((who) => registerUntilTheEnd(first.url, token, who));
      await until(async () => (await namesOf(first.url, token)).length >= 40);
      const code = await ended(first, signal);
      const acknowledged = (await Promise.all(clients)).flat();
      expect([code, first.log().includes('"stopped"')]).toEqual(
        signal === 'SIGTERM' ? [0, true] : [null, false],
      );
      expect(acknowledged.length).toBeGreaterThanOrEqual(36);

      const second = await start(dataDir);
      expect(second.out()).toBe('');
      expect(await namesOf(second.url, token)).toEqual(expect.arrayContaining(acknowledged));
      expect(await ended(second, 'SIGTERM')).toBe(0);
      expect(first.log() + second.log()).not.toContain(token);
    },
    120_000,
  );

  it('does not start without the file of credentials that it was promised, and says so in a line', async () => {
    const missing = join(dataDir, 'missing.json');
    const child = spawned(dataDir, { CRATON_PROVIDER_CREDENTIALS: missing, CRATON_LOG_LEVEL: 'warn' });
    const end = once(child, 'close', { signal: AbortSignal.timeout(60_000) });
    const told = await text(child.stderr);
    await end;
    expect([child.exitCode, told]).toEqual([
      2,
      `the configuration is wrong:\n- CRATON_PROVIDER_CREDENTIALS: ${missing} cannot be read: there is no such file\n`,
    ]);
  }, 120_000);
});
