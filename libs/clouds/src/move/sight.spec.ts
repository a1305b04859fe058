import type { Migration, Server } from './compute.js';
import { see } from './sight.js';

const server = (changes: Partial<Server> = {}): Server => ({
  id: 's',
  name: 'web',
  projectId: 'p',
  host: 'old',
  status: 'ACTIVE',
  task: null,
  fault: null,
  ...changes,
});
const migration = (changes: Partial<Migration> = {}): Migration => ({
  id: '1',
  kind: 'live',
  state: 'under-way',
  status: 'running',
  source: 'old',
  ...changes,
});
const seen = (one: Server | undefined, ...migrations: Migration[]) => see(one, migrations, 'old');

describe('a look at an instance that is to leave a host', () => {
  it('finds it gone', () => {
    expect(seen(undefined)).toEqual({ is: 'gone' });
  });

  it('finds it at rest where it was, whatever became of earlier migrations', () => {
    expect(seen(server())).toMatchObject({ is: 'here' });
    expect(seen(server(), migration({ state: 'failed' }))).toMatchObject({ is: 'here' });
    expect(seen(server({ status: 'SHUTOFF' }), migration({ state: 'done' }))).toMatchObject({ is: 'here' });
  });

  it('finds it busy, and knows the migration that takes it away', () => {
    const away = migration();
    const moving = server({ status: 'MIGRATING', task: 'migrating' });
    expect(seen(moving, away)).toMatchObject({ is: 'busy', migration: away });
    expect(seen(moving, migration({ source: 'other' }))).toMatchObject({ is: 'busy', migration: undefined });
    expect(seen(server({ task: 'rebooting' }), migration({ state: 'failed' }))).toMatchObject({
      is: 'busy',
      migration: undefined,
    });
    expect(seen(server({ host: null, task: 'deleting' }))).toMatchObject({ is: 'busy' });
  });

  it('finds it arrived, and to be confirmed', () => {
    const arrived = server({ host: 'new', status: 'VERIFY_RESIZE' });
    const cold = (state: Migration['state']) => migration({ kind: 'cold', state });
    expect(seen(arrived, cold('unconfirmed'))).toMatchObject({ is: 'unconfirmed' });
    for (const state of ['under-way', 'confirming', 'done'] as const)
      expect(seen(arrived, cold(state))).toMatchObject({ is: 'busy' });
  });

  it("leaves an owner's resize to its owner", () => {
    const resized = server({ host: 'new', status: 'VERIFY_RESIZE' });
    expect(seen(resized, migration({ kind: 'other', state: 'unconfirmed' }))).toMatchObject({
      is: 'elsewhere',
      settled: true,
    });
    const came = server({ status: 'VERIFY_RESIZE' });
    expect(seen(came, migration({ kind: 'cold', state: 'unconfirmed', source: 'other' }))).toMatchObject({
      is: 'here',
    });
  });

  it('finds it elsewhere, settled once the source has cleaned up', () => {
    const there = server({ host: 'new' });
    expect(seen(there, migration())).toMatchObject({ is: 'elsewhere', settled: false });
    expect(seen(there, migration({ state: 'done' }))).toMatchObject({ is: 'elsewhere', settled: true });
    expect(seen(there)).toMatchObject({ is: 'elsewhere', settled: true });
    expect(seen(server({ host: null, status: 'SHELVED_OFFLOADED' }))).toMatchObject({ is: 'elsewhere' });
  });

  it('finds it broken where it was, or by the move that took it away', () => {
    const there = server({ host: 'new', status: 'ERROR' });
    expect(seen(server({ status: 'ERROR' }))).toMatchObject({ is: 'broken' });
    expect(seen(there, migration({ state: 'failed' }))).toMatchObject({ is: 'broken' });
    expect(seen(there, migration({ state: 'done' }))).toMatchObject({ is: 'elsewhere' });
    expect(seen(there, migration({ source: 'other', state: 'failed' }))).toMatchObject({ is: 'elsewhere' });
  });
});
