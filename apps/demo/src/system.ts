import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type Rest } from './rest.js';

export interface System {
  readonly rest: Rest;
  stop(): Promise<void>;
}

const startMs = 30_000;

const credentialsIn = async (directory: string): Promise<{ api_key: string; url: string }> =>
  JSON.parse(await readFile(join(directory, 'credentials.json'), 'utf8')) as { api_key: string; url: string };

const alive = async (url: string): Promise<boolean> =>
  fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(2000) }).then(
    ({ ok }) => ok,
    () => false,
  );

/** The system that `npm start` runs here, if it runs. */
const running = async (): Promise<System | undefined> => {
  const url = `http://127.0.0.1:${process.env['CRATON_HTTP_PORT'] ?? 7780}`;
  const directory = process.env['CRATON_DATA_DIR'] ?? './data';
  const credentials = await credentialsIn(directory).catch(() => undefined);
  if (!credentials || !(await alive(url))) return undefined;
  return { rest: connect(url, credentials.api_key), stop: () => Promise.resolve() };
};

/** One of its own, in a directory that is removed afterwards. */
const own = async (): Promise<System> => {
  const directory = await mkdtemp(join(tmpdir(), 'craton-demo-'));
  const child = spawn(process.execPath, [resolve(import.meta.dirname, '../../standalone/src/main.js')], {
    env: {
      PATH: process.env['PATH'],
      CRATON_DATA_DIR: directory,
      CRATON_HTTP_PORT: '0',
      CRATON_LOG_LEVEL: 'error',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((settle) => child.once('exit', () => settle()));
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
    await rm(directory, { recursive: true });
  };
  const url = await Promise.race([
    new Promise<string>((settle) => {
      let text = '';
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        const found = /http:\/\/127\.0\.0\.1:\d+/.exec(text);
        if (found) settle(found[0]);
      });
    }),
    ended.then(() => undefined),
    sleep(startMs, undefined, { ref: false }),
  ]);
  if (url === undefined) {
    await stop();
    throw new Error('craton did not start');
  }
  return { rest: connect(url, (await credentialsIn(directory)).api_key), stop };
};

export const findOrStart = async (): Promise<System> => (await running()) ?? (await own());
