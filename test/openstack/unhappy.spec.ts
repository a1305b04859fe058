import { jest } from '@jest/globals';
import { until } from '#test/support/until.js';
import { runMs } from './craton.js';
import { signal } from './harness.js';
import { breaking, endless, inProduction, other, pause, quick, Scene } from './scene.js';
import { Workshop } from './workshop.js';

const onAnother = expect.stringMatching(/^compute-[12]$/) as unknown;
const noValidHost = expect.stringMatching(/no valid host/i) as unknown;

describe('a maintenance on a real cloud that meets trouble', () => {
  jest.setTimeout(300_000);
  let scene: Scene;
  let workshop: Workshop;
  beforeEach(async () => {
    scene = new Scene();
    workshop = await Workshop.open();
  });
  afterEach(async () => {
    await workshop.close();
    await scene.close();
  });

  it('calls off a live migration that does not end by its deadline, and moves the server cold', async () => {
    await scene.open();
    const { craton, operator, tenants } = scene;
    const server = await tenants.a.boot(endless, 'busy');
    const limits = { move_deadline_seconds: 3, move_attempts: 1 };
    const { runId } = await craton.maintain(scene.host(endless), { work: pause, ...limits });

    expect(await craton.over(runId)).toMatchObject({ status: 'succeeded' });
    const migrations = await operator.migrationsOf(server);
    expect(migrations.toSorted((a, b) => (a.migration_type < b.migration_type ? -1 : 1))).toEqual([
      expect.objectContaining({ migration_type: 'live-migration', status: 'cancelled' }),
      expect.objectContaining({ migration_type: 'migration', status: 'confirmed', source_compute: endless }),
    ]);
    expect(await operator.server(server)).toMatchObject({
      status: 'ACTIVE',
      'OS-EXT-SRV-ATTR:host': onAnother,
    });
    expect(await operator.service(endless)).toMatchObject(inProduction);
    expect(await scene.lastWords(runId)).toMatchObject({ outcome: 'done', host: endless });
  });

  it('puts a host back into production when there is nowhere to move its servers to, and says so', async () => {
    await scene.open();
    const { craton, operator, tenants } = scene;
    const server = await tenants.a.boot(quick, 'stuck');
    for (const host of [other, endless, breaking]) await operator.set(host, false, 'full');
    const { runId } = await craton.maintain(scene.host(quick), { work: workshop.work, move_attempts: 1 });

    expect(await craton.over(runId)).toMatchObject({ status: 'failed', reason: noValidHost });
    expect(workshop.orders).toEqual([]);
    expect(await operator.service(quick)).toMatchObject(inProduction);
    expect(await operator.server(server)).toMatchObject({ status: 'ACTIVE', 'OS-EXT-SRV-ATTR:host': quick });
    expect(await scene.lastWords(runId)).toMatchObject({
      state: 'MAINTENANCE_COMPLETE',
      outcome: 'restored',
      reason: noValidHost,
    });
  });

  it('puts a host back into production when the work cannot be done, and says so', async () => {
    await scene.open();
    const { craton, operator, tenants } = scene;
    const server = await tenants.a.boot(quick, 'moved-for-nothing');
    const { runId } = await craton.maintain(scene.host(quick), { work: workshop.work });
    await workshop.begun();
    workshop.finish(422);

    expect(await craton.over(runId)).toMatchObject({ status: 'failed' });
    expect(workshop.orders).toHaveLength(1);
    expect(await operator.service(quick)).toMatchObject(inProduction);
    expect(await operator.server(server)).toMatchObject({ status: 'ACTIVE' });
    expect(await operator.migrations(server)).toBe(1);
    expect(await scene.lastWords(runId)).toMatchObject({
      outcome: 'restored',
      reason: expect.stringContaining('answered 422') as unknown,
    });
  });

  it('leaves a host disabled that somebody else had disabled, for their reason', async () => {
    await scene.open();
    const { craton, operator, tenants } = scene;
    const server = await tenants.a.boot(quick, 'left-behind');
    await operator.set(quick, false, 'broken fan, ticket 4711');
    const { runId } = await craton.maintain(scene.host(quick), { work: pause });

    expect(await craton.over(runId)).toMatchObject({ status: 'succeeded' });
    const left = { status: 'disabled', disabled_reason: 'broken fan, ticket 4711' };
    expect(await operator.service(quick)).toMatchObject(left);
    expect(await operator.serversOn(quick)).toEqual([]);
    expect(await operator.migrations(server)).toBe(1);
    const reason = 'left disabled, as it was before the maintenance';
    expect(await scene.lastWords(runId)).toMatchObject({ outcome: 'done', reason });
  });

  it('holds a host whose agent does not come back after the work, and says so', async () => {
    await scene.open();
    const { craton, operator } = scene;
    const input = { work: workshop.work, restore_deadline_seconds: 5 };
    const { runId } = await craton.maintain(scene.host(quick), input);
    await workshop.begun();
    try {
      await signal(`nova-compute-${quick}`, 'SIGSTOP');
      await until(async () => (await operator.service(quick)).state === 'down', runMs);
      workshop.finish();

      expect(await craton.over(runId)).toMatchObject({ status: 'held' });
      expect(await operator.service(quick)).toMatchObject({
        status: 'disabled',
        disabled_reason: `craton: maintenance (run ${runId})`,
      });
      expect(await scene.lastWords(runId)).toMatchObject({
        state: 'MAINTENANCE_HELD',
        outcome: 'held',
        reason: expect.stringContaining(`the agent of ${quick} was not alive`) as unknown,
      });
    } finally {
      await signal(`nova-compute-${quick}`, 'SIGCONT');
      await until(async () => (await operator.service(quick)).state === 'up', runMs);
    }
  });

  it('goes on when Keystone and Nova come back after they were silent in the middle of a migration', async () => {
    // Short beside the usual patience, long beside what a token takes on a busy machine.
    await scene.open({ CRATON_CLOUD_TIMEOUT_MS: '4000' });
    const { craton, operator, tenants } = scene;
    const server = await tenants.a.boot(endless, 'unseen');
    const { runId } = await craton.maintain(scene.host(endless), { work: pause });
    await until(async () => (await operator.migrations(server)) > 0, runMs);
    const silent = ['nova-api', 'keystone'];
    try {
      for (const daemon of silent) await signal(daemon, 'SIGSTOP');
      const isNoticed = async () => (await craton.run(runId)).steps.some(({ status }) => status === 'failed');
      await until(isNoticed, runMs, () => `nobody noticed:\n${craton.log.slice(-4000)}`);
    } finally {
      for (const daemon of silent) await signal(daemon, 'SIGCONT');
    }

    expect(await craton.over(runId)).toMatchObject({ status: 'succeeded' });
    expect(await operator.migrationsOf(server)).toEqual([
      expect.objectContaining({ migration_type: 'live-migration', status: 'completed' }),
    ]);
    expect(await operator.service(endless)).toMatchObject(inProduction);
  });
});
