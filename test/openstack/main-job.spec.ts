import { jest } from '@jest/globals';
import type { RecordedEvent } from '#libs/platform/src/event-store/event-store.js';
import type { MigrationRecord, Server, Service } from '#test/support/openstack.js';
import type { Maintenance, Run } from './craton.js';
import { quick, Scene } from './scene.js';
import type { Heard } from './witness.js';
import { Workshop } from './workshop.js';

const elsewhere = expect.stringMatching(/^compute-[23]$/) as unknown;

describe('the maintenance of a host of a real cloud', () => {
  jest.setTimeout(300_000);
  const scene = new Scene();
  let workshop: Workshop;
  let servers: readonly string[];
  let maintenance: Maintenance;
  let run: Run;
  /** What Nova said while the work was going on. */
  let meanwhile: { service: Service; on: readonly Server[]; servers: readonly (Server | undefined)[] };
  let migrations: readonly (readonly MigrationRecord[])[];
  let events: readonly RecordedEvent[];
  let heard: readonly Heard[];

  const shown = async () => ({
    service: await scene.operator.service(quick),
    on: await scene.operator.serversOn(quick),
    servers: await Promise.all(servers.map((id) => scene.operator.server(id))),
  });

  beforeAll(async () => {
    workshop = await Workshop.open();
    await scene.open();
    const { craton, operator, tenants, witness } = scene;
    servers = await Promise.all([
      tenants.a.boot(quick, 'web-1'),
      tenants.a.boot(quick, 'web-2'),
      tenants.b.boot(quick, 'db-1'),
    ]);
    const host = scene.host(quick);
    await craton.send('PUT', `/v1/hosts/${host.id}/variables`, { firmware: { wanted: '2.7', seen: null } });
    maintenance = await craton.maintain(host, { work: workshop.work, reason: 'new firmware' });
    await workshop.begun();
    meanwhile = await shown();
    workshop.finish();
    run = await craton.over(maintenance.runId);
    await craton.send('POST', `/v1/maintenance-windows/${maintenance.windowId}/close`);
    migrations = await Promise.all(servers.map((id) => operator.migrationsOf(id)));
    events = await craton.events();
    heard = await witness.hearsAll(events.map(({ id }) => id));
    await craton.end('SIGTERM');
  });
  afterAll(async () => {
    await workshop.close();
    await scene.close();
  });

  it('begins with the hosts that the cloud has', async () => {
    const known = (await scene.operator.services()).map(({ host }) => host);
    const told = heard.filter(({ type }) => type === 'inventory.device.registered');
    expect(told.map(({ payload }) => payload['name'] as string).toSorted()).toEqual(known.toSorted());
  });

  it('works on a host that is disabled, says why, and is empty', () => {
    expect(meanwhile.service).toMatchObject({
      status: 'disabled',
      disabled_reason: `craton: new firmware (run ${maintenance.runId})`,
    });
    expect(meanwhile.on).toEqual([]);
    expect(workshop.orders).toHaveLength(1);
  });

  it('has every server running elsewhere meanwhile', () => {
    expect(meanwhile.servers).toEqual(
      servers.map(() =>
        expect.objectContaining({
          status: 'ACTIVE',
          'OS-EXT-SRV-ATTR:host': elsewhere,
          'OS-EXT-STS:task_state': null,
        }),
      ),
    );
  });

  it('moves every server once, and live', () => {
    expect(migrations).toEqual(
      servers.map(() => [
        expect.objectContaining({
          migration_type: 'live-migration',
          status: 'completed',
          source_compute: quick,
          dest_compute: elsewhere,
        }),
      ]),
    );
  });

  it('puts the host back into production', async () => {
    expect(run).toMatchObject({ status: 'succeeded', reason: null });
    expect((await shown()).service).toMatchObject({ status: 'enabled', disabled_reason: null });
  });

  it('has everything in its log heard by oslo.messaging, once each', () => {
    expect(events.length).toBeGreaterThan(40);
    expect(heard.map(({ messageId }) => messageId).toSorted()).toEqual(events.map(({ id }) => id).toSorted());
  });

  it('is told of in the order of the log', () => {
    expect(scene.witness.wire.map(({ messageId }) => messageId)).toEqual(events.map(({ id }) => id));
    const byCursor = heard.toSorted((a, b) => (a.payload.cursor < b.payload.cursor ? -1 : 1));
    expect(byCursor.map(({ messageId }) => messageId)).toEqual(events.map(({ id }) => id));
  });

  it('is told of in the words that listeners to Fenix know', () => {
    const { runId, windowId } = maintenance;
    const told = scene.witness.wire.filter(({ type }) => type === 'maintenance.host');
    const common = { host: quick, host_id: scene.host(quick).id, session_id: windowId, run_id: runId };
    expect(told.map(({ payload }) => payload)).toEqual([
      expect.objectContaining({ ...common, state: 'IN_MAINTENANCE' }),
      expect.objectContaining({ ...common, state: 'MAINTENANCE_COMPLETE', outcome: 'done' }),
    ]);
  });

  it('gives nobody a reason to look into its log', () => {
    expect(scene.craton.complaints).toEqual([]);
  });

  it('is told of step by step', () => {
    const words = scene.witness.wire
      .filter(({ type }) => /^(maintenance|workflow)\.|device\.(claimed|released)$/.test(type))
      .map(({ type, payload }) => [type, payload.step ?? payload.state].filter(Boolean).join(' '));
    const step = (name: string) => [`workflow.step.started ${name}`, `workflow.step.succeeded ${name}`];
    const moves = words.filter((word) => word.endsWith(' evacuate'));
    expect(moves.toSorted()).toEqual(servers.flatMap(() => step('evacuate')).toSorted());
    expect(words.filter((word) => !moves.includes(word))).toEqual([
      'inventory.device.claimed',
      'maintenance.window.scheduled',
      'maintenance.window.opened',
      'workflow.run.started',
      'workflow.step.started announce',
      'maintenance.host IN_MAINTENANCE',
      'workflow.step.succeeded announce',
      ...['inspect', 'disable', 'list', 'verify-empty', 'work', 'verify-up', 'enable'].flatMap(step),
      'workflow.step.started finish',
      'maintenance.host MAINTENANCE_COMPLETE',
      'workflow.step.succeeded finish',
      'workflow.run.succeeded',
      'maintenance.window.closed',
      'inventory.device.released',
    ]);
  });
});
