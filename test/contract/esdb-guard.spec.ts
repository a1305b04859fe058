import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { EsdbServer } from '#test/support/esdb-server/esdb-server.js';
import { eventually } from './event-store.support.js';

const root = resolve(import.meta.dirname, '../..');
const script = resolve(root, 'test/support/esdb-server/contaminated-client.mjs');
const guardSource = resolve(root, 'libs/platform/src/event-store/esdb-guard.ts');

/** The client's table of pending appends is one for all clients: what the loss of one server does to an append to another. */
const contaminate = async (guard: string): Promise<{ said: readonly string[]; code: number | null }> => {
  const [slow, lost] = [await new EsdbServer().start(), await new EsdbServer().start()];
  const child = spawn(process.execPath, [script, slow.connectionString, lost.connectionString, guard], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const said: string[] = [];
  createInterface(child.stdout).on('line', (line) => said.push(line));
  const closed = once(child, 'close');
  try {
    await eventually('both clients are connected', () => said.includes('ready'));
    const answer = slow.calls.hold();
    child.stdin.write('go\n');
    await eventually('an append waits', () => slow.calls.held > 0);
    await lost.stop();
    await eventually('the append is rejected', () => said.includes('rejected'));
    answer();
    await eventually('the process ends', () => child.exitCode !== null);
    await closed;
    const code = child.exitCode;
    return { said, code };
  } finally {
    child.kill('SIGKILL');
    await Promise.all([slow.stop(), lost.stop()]);
  }
};

describe('the guard against defects of the client', () => {
  it('keeps the process alive when an answer comes for an append that was given up', async () => {
    const { said, code } = await contaminate(guardSource);
    expect(said).toEqual(['ready', 'waiting', 'rejected', 'noticed', 'works again']);
    expect(code).toBe(0);
  }, 60_000);

  it('is needed: without it the process ends', async () => {
    expect((await contaminate('unguarded')).code).not.toBe(0);
  }, 60_000);
});
