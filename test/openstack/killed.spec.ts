import { jest } from '@jest/globals';
import type { MigrationRecord } from '#test/support/openstack.js';
import { until } from '#test/support/until.js';
import { runMs } from './craton.js';
import { endless, inProduction, pause, quick, Scene } from './scene.js';
import { Workshop } from './workshop.js';

const onAnother = expect.stringMatching(/^compute-[12]$/) as unknown;
const isOver = ({ status }: MigrationRecord) => ['completed', 'confirmed'].includes(status);
const isMove = (action: string) => /migrat/.test(action);

describe('a maintenance on a real cloud whose process is killed', () => {
  jest.setTimeout(300_000);
  let scene: Scene;
  let workshop: Workshop;
  beforeEach(async () => {
    scene = new Scene();
    workshop = await Workshop.open();
    await scene.open();
  });
  afterEach(async () => {
    await workshop.close();
    await scene.close();
  });

  const killed = async (host: string) => {
    await scene.craton.end('SIGKILL');
    expect(await scene.operator.service(host)).toMatchObject({ status: 'disabled' });
  };

  it.each([
    { kind: 'live', status: 'ACTIVE', record: { migration_type: 'live-migration', status: 'completed' } },
    { kind: 'cold', status: 'SHUTOFF', record: { migration_type: 'migration', status: 'confirmed' } },
  ])(
    'moves no server twice when that happens while two are moved $kind',
    async ({ kind, status, record }) => {
      const { craton, operator, tenants } = scene;
      const servers = await Promise.all([tenants.a.boot(endless, 'one'), tenants.b.boot(endless, 'two')]);
      for (const id of servers) {
        if (kind === 'cold') await operator.act(id, { 'os-stop': null });
        await operator.untilStatus(id, status);
      }
      const { runId } = await craton.maintain(scene.host(endless), { work: pause });
      for (const id of servers)
        await until(
          async () => (await operator.migrations(id)) > 0,
          runMs,
          () => `${id} is not moved:\n${craton.log.slice(-4000)}`,
        );
      await killed(endless);
      const atThatTime = (await Promise.all(servers.map((id) => operator.migrationsOf(id)))).flat();
      expect(atThatTime.every(isOver)).toBe(false);
      await craton.begin();

      expect(await craton.over(runId)).toMatchObject({ status: 'succeeded' });
      for (const id of servers) {
        expect(await operator.migrationsOf(id)).toEqual([
          expect.objectContaining({ ...record, source_compute: endless }),
        ]);
        expect((await operator.actions(id)).filter(isMove)).toHaveLength(1);
        expect(await operator.server(id)).toMatchObject({ status, 'OS-EXT-SRV-ATTR:host': onAnother });
      }
      expect(await operator.service(endless)).toMatchObject(inProduction);
      expect(await scene.lastWords(runId)).toMatchObject({ outcome: 'done' });
    },
  );

  it('asks for the work again under the same key when that happens in the middle of it', async () => {
    const { craton, operator, witness } = scene;
    const { runId } = await craton.maintain(scene.host(quick), { work: workshop.work });
    await workshop.begun();
    await killed(quick);
    await craton.begin();
    await workshop.begun(2);
    expect(await operator.service(quick)).toMatchObject({ status: 'disabled' });
    workshop.finish();

    expect(await craton.over(runId)).toMatchObject({ status: 'succeeded' });
    expect(new Set(workshop.orders).size).toBe(1);
    expect(await operator.service(quick)).toMatchObject(inProduction);
    // Nothing that happened is kept from anybody: what was told twice was told under the same id.
    const happened = (await craton.events()).map(({ id }) => id);
    await witness.hearsAll(happened);
    expect([...new Set(witness.wire.map(({ messageId }) => messageId))]).toEqual(happened);
  });

  it('puts the host back into production when that happens in the middle of work that may be tried once', async () => {
    const { craton, operator } = scene;
    const { runId } = await craton.maintain(scene.host(quick), { work: workshop.work, work_attempts: 1 });
    await workshop.begun();
    await killed(quick);
    await craton.begin();

    expect(await craton.over(runId)).toMatchObject({ status: 'failed' });
    expect(workshop.orders).toHaveLength(1);
    expect(await operator.service(quick)).toMatchObject(inProduction);
    expect(await scene.lastWords(runId)).toMatchObject({ outcome: 'restored' });
  });
});
