import type { Fact } from '#test/support/event-log.js';
import { ReadModel } from '#test/support/read-model.js';
import { maintenance } from './maintenance.projection.js';
import { MaintenanceQueries } from './maintenance.queries.js';

const model = new ReadModel([maintenance]);
const queries = new MaintenanceQueries();
const page = { limit: 10 };

const host = { hostId: 'h1', regionId: 'g1', name: 'compute-1' };
const at = '2026-01-01T00:00:00.000Z';
const times = { startsAt: '2026-01-01T01:00:00.000Z', endsAt: '2026-01-01T02:00:00.000Z' };
const scheduled: Fact = ['WindowScheduled', { host, ...times, note: 'n' }];
const opened: Fact = ['WindowOpened', { host, at }];
const began: Fact = ['HostMaintenanceBegan', { host, runId: 'r1' }];
const ended: Fact = ['HostMaintenanceEnded', { host, runId: 'r1', outcome: 'held', detail: 'no agent' }];

describe('the read model of maintenance windows', () => {
  beforeEach(() => model.reset());
  afterAll(() => model.end());

  it('shows a window as it was scheduled', async () => {
    const view = await model.after('window-w1', scheduled);
    expect(queries.window(view, 'w1')).toEqual({
      id: 'w1',
      project_id: 'p',
      host_id: 'h1',
      region_id: 'g1',
      host_name: 'compute-1',
      starts_at: times.startsAt,
      ends_at: times.endsAt,
      status: 'scheduled',
      note: 'n',
      run_id: null,
      outcome: null,
      detail: null,
      revision: 0,
      created_at: '2026-01-01T00:00:00.000Z',
      updated_at: null,
    });
    expect(queries.window(view, 'other')).toBeUndefined();
  });

  it('follows a window through its life', async () => {
    const lives: [Fact, object][] = [
      [scheduled, { status: 'scheduled' }],
      [opened, { status: 'open', revision: 1, updated_at: '2026-01-01T00:01:00.000Z' }],
      [began, { run_id: 'r1', outcome: null }],
      [['WindowOverran', { host, at }], { status: 'overrun', run_id: 'r1' }],
      [ended, { outcome: 'held', detail: 'no agent', run_id: 'r1' }],
      [
        ['WindowClosed', { host, at, cause: 'operator', detail: null }],
        { status: 'closed', outcome: 'held', detail: 'no agent', revision: 5 },
      ],
    ];
    for (const [fact, row] of lives)
      expect(queries.window(await model.after('window-w1', fact), 'w1')).toMatchObject(row);
  });

  it('tells why a window was refused, and that one was cancelled', async () => {
    await model.after('window-w1', scheduled, [
      'WindowClosed',
      { host, at, cause: 'refused', detail: 'under another window' },
    ]);
    const view = await model.after('window-w2', scheduled, ['WindowCancelled', { host, at }]);
    expect(queries.window(view, 'w1')).toMatchObject({ status: 'closed', detail: 'under another window' });
    expect(queries.window(view, 'w2')).toMatchObject({ status: 'cancelled' });
  });

  it('lists windows by project, host, region and status', async () => {
    await model.after('window-w1', scheduled);
    await model.after('window-w2', ['WindowScheduled', { ...scheduled[1], host: { ...host, hostId: 'h2' } }]);
    const view = await model.after(
      'window-w3',
      ['WindowScheduled', scheduled[1], { projectId: 'p2' }],
      opened,
    );
    const ids = (filter: object) => queries.windows(view, filter, page).rows.map(({ id }) => id);
    expect(ids({})).toEqual(['w1', 'w2', 'w3']);
    expect(ids({ projectId: 'p' })).toEqual(['w1', 'w2']);
    expect(ids({ hostId: 'h1' })).toEqual(['w1', 'w3']);
    expect(ids({ regionId: 'g1', status: 'open' })).toEqual(['w3']);
    expect(queries.windows(view, {}, { limit: 1, marker: 'w1' })).toMatchObject({
      more: true,
      rows: [{ id: 'w2' }],
    });
  });

  it('finds what is due, and where work is going on', async () => {
    await model.after('window-w1', scheduled);
    const view = await model.after('window-w2', scheduled, opened, began);
    const due = (now: string) => queries.due(view, now).map(({ id }) => id);
    expect(due('2026-01-01T00:59:59.999Z')).toEqual([]);
    expect(due('2026-01-01T01:00:00.000Z')).toEqual(['w1']);
    expect(due('2026-01-01T02:00:00.000Z').toSorted()).toEqual(['w1', 'w2']);
    expect(queries.working(view).map(({ id }) => id)).toEqual(['w2']);
    expect(queries.working(await model.after('window-w2', ended))).toEqual([]);
  });

  it('finds claims whose window is over for a while, or was never written', async () => {
    const claimed = (deviceId: string, windowId: string): Fact => ['DeviceClaimed', { deviceId, windowId }];
    await model.after('window-open', scheduled, opened);
    await model.after('window-over', scheduled, ['WindowCancelled', { host, at }]);
    const view = await model.after(
      'region-g1',
      claimed('a', 'open'),
      claimed('b', 'over'),
      claimed('c', 'never'),
    );
    const orphans = (before: string) =>
      queries
        .orphanClaims(view, before)
        .map(({ device_id, region_id, window_id }) => [device_id, region_id, window_id]);
    expect(orphans('2026-01-01T00:02:00.000Z')).toEqual([]);
    expect(orphans('2026-01-01T01:00:00.000Z')).toEqual([
      ['b', 'g1', 'over'],
      ['c', 'g1', 'never'],
    ]);
    const released = await model.after('region-g1', ['DeviceReleased', { deviceId: 'b', windowId: 'over' }]);
    expect(queries.orphanClaims(released, '2026-01-01T01:00:00.000Z')).toHaveLength(1);
  });

  it('was told of every event that it knows', () => {
    expect(model.untold()).toEqual([]);
  });
});
