import type { JsonObject } from '#libs/kernel/src/json.js';
import type { Fact } from '#test/support/event-log.js';
import { ReadModel } from '#test/support/read-model.js';
import { order } from '#test/support/synchronisation-facts.js';
import { synchronisation } from './synchronisation.projection.js';
import { SynchronisationQueries } from './synchronisation.queries.js';
import { settingTurns, turnedSettings } from './versions.queries.js';

const model = new ReadModel([synchronisation]);
const queries = new SynchronisationQueries();
const page = { limit: 10 };
const stream = 'synchronisation-g1';
const at = '2026-01-01T00:00:00.000Z';
const later = '2026-01-01T00:10:00.000Z';

const region: Fact = ['RegionRegistered', { regionId: 'g1', name: 'north', note: null }];
const scheduled: Fact = ['SynchronisationScheduled', { ...order, everySeconds: 600, at, nextAt: at }];
const started: Fact = [
  'SynchronisationStarted',
  { syncId: 's', cause: 'schedule', engine: 'e/1', at, deadline: later },
];
const counts = { hosts: 3, registered: 1, labelled: 2, retired: 0, drift: 1, omitted: 0 };
const completed: Fact = ['SynchronisationCompleted', { syncId: 's', at: later, nextAt: later, ...counts }];
const failed: Fact = ['SynchronisationFailed', { syncId: 's', at, reason: 'away', nextAt: later }];
const service = (name: string, more: JsonObject = {}): Fact => [
  'HostServiceSeen',
  {
    serviceId: `s-${name}`,
    name,
    deviceId: `d-${name}`,
    up: true,
    enabled: true,
    disabledReason: null,
    zone: 'z',
    aggregates: ['ssd'],
    at,
    ...more,
  },
];
const drift = (name: string, more: JsonObject = {}): JsonObject => ({
  kind: 'different',
  name,
  deviceId: `d-${name}`,
  member: 'active',
  registered: false,
  discovered: true,
  detail: null,
  at,
  ...more,
});

describe('the read model of synchronisations', () => {
  beforeEach(async () => {
    await model.reset();
    await model.after('cloud-c', region);
  });
  afterAll(() => model.end());

  it('knows every region, synchronised or not, until it is removed', async () => {
    const row = (view: Awaited<ReturnType<typeof model.after>>) => queries.synchronisation(view, 'g1');
    const view = await model.after('cloud-c', [
      'RegionRegistered',
      { regionId: 'g2', name: 's', note: null },
    ]);
    expect(row(view)).toMatchObject({ every_seconds: null, next_at: null, outcome: null, revision: -1 });
    await model.after(stream, scheduled, started, service('a'), ['DriftAppeared', drift('a')]);
    const gone = await model.after('cloud-c', ['RegionRemoved', { regionId: 'g1' }]);
    expect(row(gone)).toBeUndefined();
    expect(queries.services(gone, 'g1', {}, page).rows).toEqual([]);
    expect(queries.drift(gone, 'g1')).toEqual([]);
    expect(queries.synchronisation(gone, 'g2')).toBeDefined();
  });

  it('shows the setting with who made it, and that it was taken back', async () => {
    expect(queries.synchronisation(await model.after(stream, scheduled), 'g1')).toMatchObject({
      every_seconds: 600,
      cloud_id: 'c',
      register: 1,
      labels: 1,
      retire: 0,
      device_type: 'server',
      next_at: at,
      revision: 0,
      scheduled_by: JSON.stringify({ userId: 'u', username: 'somebody', projectId: 'p' }),
    });
    const unscheduled: Fact = ['SynchronisationUnscheduled', { at, nextAt: null }];
    expect(queries.synchronisation(await model.after(stream, unscheduled), 'g1')).toMatchObject({
      every_seconds: null,
      register: null,
      next_at: null,
      revision: 1,
    });
  });

  it('knows what the setting was, apart from what was done', async () => {
    const then = await model.after(stream, scheduled);
    await model.after(stream, started, completed);
    const view = await model.after(stream, ['SynchronisationUnscheduled', { at, nextAt: null }]);
    const [last, first, ...registered] = settingTurns(view, 'g1', 10);
    expect([last, first, registered.length]).toEqual([view.cursor, then.cursor, 1]);
    expect(settingTurns(view, 'g1', 1)).toEqual([last]);
    const turned = turnedSettings(view, [['g1', last!]]);
    expect(turned.find(({ valid_to }) => valid_to === last)).toMatchObject({ every_seconds: 600 });
    expect(turned.find(({ valid_from }) => valid_from === last)).toMatchObject({ every_seconds: null });
  });

  it('follows a synchronisation to its end, and keeps what the last good one said', async () => {
    const lives: [Fact, object][] = [
      [started, { outcome: 'running', next_at: later, engine: 'e/1', ended_at: null }],
      [completed, { outcome: 'completed', ended_at: later, made_at: later, ...counts }],
      [started, { outcome: 'running', made_at: later }],
      [failed, { outcome: 'failed', reason: 'away', ended_at: at, made_at: later, ...counts }],
      [started, { outcome: 'running', reason: null }],
    ];
    for (const [fact, row] of lives)
      expect(queries.synchronisation(await model.after(stream, fact), 'g1')).toMatchObject(row);
  });

  it('finds what is due, and what is under way', async () => {
    const waiting = await model.after(stream, scheduled);
    expect(queries.due(waiting, '2025-12-31T23:59:59.999Z')).toEqual([]);
    expect(queries.due(waiting, at)).toMatchObject([{ region_id: 'g1' }]);
    expect(queries.running(waiting)).toEqual([]);
    const working = await model.after(stream, started);
    expect(queries.due(working, at)).toEqual([]);
    expect(queries.due(working, later)).toMatchObject([{ region_id: 'g1' }]);
    expect(queries.running(working)).toMatchObject([{ sync_id: 's' }]);
    expect(queries.running(await model.after(stream, completed))).toEqual([]);
  });

  it('lists services as they were told last', async () => {
    const broken = { up: false, enabled: false, disabledReason: 'fan', aggregates: null, at: later };
    await model.after(stream, service('a'), service('b'), service('b', broken));
    const view = await model.after('synchronisation-g2', service('c'));
    const names = (filter: object) => queries.services(view, 'g1', filter, page).rows.map(({ name }) => name);
    expect([names({}), names({ up: false }), names({ enabled: true }), names({ zone: 'y' })]).toEqual([
      ['a', 'b'],
      ['b'],
      ['a'],
      [],
    ]);
    expect(queries.services(view, 'g1', { name: 'b' }, page).rows).toEqual([
      {
        id: 's-b',
        region_id: 'g1',
        name: 'b',
        device_id: 'd-b',
        up: 0,
        enabled: 0,
        disabled_reason: 'fan',
        zone: 'z',
        aggregates: null,
        since: later,
      },
    ]);
    const gone: Fact = ['HostServiceGone', { serviceId: 's-a', name: 'a', deviceId: 'd-a', at }];
    expect(queries.services(await model.after(stream, gone), 'g1', {}, page).rows).toHaveLength(1);
  });

  it('shows what differs since when, each thing once', async () => {
    const unknown = { kind: 'unknown', member: null, registered: null, discovered: null };
    const view = await model.after(
      stream,
      ['DriftAppeared', drift('b')],
      ['DriftAppeared', drift('a', unknown)],
      ['DriftAppeared', drift('b', { member: 'ip_address', registered: '::1', discovered: '::2' })],
    );
    expect(queries.drift(view, 'g1').map(({ name, member }) => [name, member])).toEqual([
      ['a', ''],
      ['b', 'active'],
      ['b', 'ip_address'],
    ]);
    expect(queries.drift(view, 'g1')[2]).toMatchObject({
      registered: '"::1"',
      discovered: '"::2"',
      since: at,
    });
    const changed = await model.after(
      stream,
      ['DriftDisappeared', drift('b')],
      ['DriftDisappeared', drift('a', unknown)],
    );
    expect(queries.drift(changed, 'g1').map(({ member }) => member)).toEqual(['ip_address']);
  });

  it('was told of every event that it knows', () => {
    expect(model.untold()).toEqual([]);
  });
});
