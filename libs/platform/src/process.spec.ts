import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Program } from '#test/support/program.js';

describe('a process', () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'craton-process-'));
  });
  afterEach(() => rm(dataDir, { recursive: true }));

  const start = (environment: Readonly<Record<string, string>>) =>
    new Program('test/support/faulty.program.ts', { CRATON_DATA_DIR: dataDir, ...environment });

  it('ends with a line in its log when there is a defect that nobody caught', async () => {
    const program = start({});
    expect(await program.ended()).toBe(1);
    const lines = program.log.trim().split('\n');
    const told = lines.map((line) => JSON.parse(line) as object);
    // A fatal line may overtake one that is still being written.
    expect(told).toContainEqual(
      expect.objectContaining({
        level: 'fatal',
        err: expect.objectContaining({ message: 'nobody waits for this' }),
      }),
    );
  }, 60_000);

  it('says so when it could not stop in good order', async () => {
    const program = start({ CRATON_TEST_FAULT: 'stuck' });
    await program.url();
    expect(await program.stop('SIGTERM')).toBe(1);
    expect(program.log).toContain('could not stop in good order');
  }, 60_000);

  it('does not start on a log that is none', async () => {
    const program = start({ CRATON_EVENT_STORE: 'sqlite:/dev/null/nowhere/events.db' });
    expect(await program.ended()).toBe(1);
    expect(program.log).toMatch(/\/dev\/null/);
  }, 60_000);
});
