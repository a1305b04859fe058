import type { Fact } from '#test/support/event-log.js';
import { ReadModel } from '#test/support/read-model.js';
import { inventory } from './inventory.projection.js';
import { type DeviceRow, InventoryQueries } from './inventory.queries.js';

const model = new ReadModel([inventory]);
const queries = new InventoryQueries();
const page = { limit: 10 };
const at = (minute: number) => `2026-01-01T00:0${minute}:00.000Z`;

const cloud = (cloudId: string): Fact => [
  'CloudRegistered',
  { cloudId, name: `name of ${cloudId}`, note: null },
];
const region = (regionId: string): Fact => [
  'RegionRegistered',
  { regionId, name: `name of ${regionId}`, note: 'n' },
];
const cell = (cellId: string): Fact => [
  'CellRegistered',
  { cellId, cloudId: 'c1', name: `name of ${cellId}`, note: null },
];
const device = (deviceId: string, more: Partial<Record<string, string | boolean | null>> = {}): Fact => [
  'DeviceRegistered',
  {
    deviceId,
    kind: 'host',
    cloudId: 'c1',
    name: `name of ${deviceId}`,
    ipAddress: '10.0.0.1',
    deviceType: 'compute',
    cellId: null,
    parentId: null,
    active: true,
    note: null,
    ...more,
  } as Fact[1],
];

const ids = (found: { readonly rows: readonly { readonly id: string }[] }) => found.rows.map(({ id }) => id);

beforeEach(() => model.reset());
afterAll(() => model.end());

describe('the read model of clouds, regions and cells', () => {
  it('knows them with where they belong and what became of them', async () => {
    await model.after('project-p', cloud('c1'), ['CloudRenamed', { cloudId: 'c1', name: 'new' }]);
    await model.after('cloud-c1', region('r1'), ['RegionRenamed', { regionId: 'r1', name: 'new' }]);
    const view = await model.after('region-r1', cell('l1'), ['CellRenamed', { cellId: 'l1', name: 'new' }]);
    const common = { project_id: 'p', name: 'new', revision: 1 };
    expect(queries.cloud(view, 'c1')).toEqual({
      id: 'c1',
      ...common,
      note: null,
      created_at: at(0),
      updated_at: at(0),
    });
    expect(queries.region(view, 'r1')).toMatchObject({ ...common, cloud_id: 'c1', note: 'n' });
    expect(queries.cell(view, 'l1')).toMatchObject({
      ...common,
      cloud_id: 'c1',
      region_id: 'r1',
      note: null,
    });
  });

  it('takes their notes', async () => {
    await model.after('project-p', cloud('c1'), ['CloudNoteChanged', { cloudId: 'c1', note: 'x' }]);
    await model.after('cloud-c1', region('r1'), ['RegionNoteChanged', { regionId: 'r1', note: null }]);
    const view = await model.after('region-r1', cell('l1'), ['CellNoteChanged', { cellId: 'l1', note: 'z' }]);
    expect(queries.cloud(view, 'c1')?.note).toBe('x');
    expect(queries.region(view, 'r1')?.note).toBeNull();
    expect(queries.cell(view, 'l1')?.note).toBe('z');
  });

  it('forgets what is removed, and with a region everything that is left in it', async () => {
    await model.after('project-p', cloud('c1'), cloud('c2'), ['CloudRemoved', { cloudId: 'c2' }]);
    await model.after('region-r1', cell('l1'), cell('l2'), device('d1'), ['CellRemoved', { cellId: 'l2' }]);
    await model.after('region-r2', cell('l3'), device('d2'));
    const before = await model.after('cloud-c1', region('r1'), region('r2'));
    expect(ids(queries.clouds(before, {}, page))).toEqual(['c1']);
    expect(ids(queries.cells(before, {}, page))).toEqual(['l1', 'l3']);
    const view = await model.after('cloud-c1', ['RegionRemoved', { regionId: 'r1' }]);
    expect(ids(queries.regions(view, {}, page))).toEqual(['r2']);
    expect(ids(queries.cells(view, {}, page))).toEqual(['l3']);
    expect(ids(queries.devices(view, {}, page))).toEqual(['d2']);
  });

  it('finds them by what they belong to and by name', async () => {
    await model.after('project-p', cloud('c1'), cloud('c2'));
    await model.after('cloud-c1', region('r1'));
    await model.after('cloud-c2', region('r2'));
    const view = await model.after('region-r1', cell('l1'), cell('l2'));
    expect(ids(queries.clouds(view, { projectId: 'p', name: 'name of c2' }, page))).toEqual(['c2']);
    expect(ids(queries.clouds(view, { projectId: 'another' }, page))).toEqual([]);
    expect(ids(queries.regions(view, { cloudId: 'c2' }, page))).toEqual(['r2']);
    expect(ids(queries.cells(view, { regionId: 'r1', id: 'l2' }, page))).toEqual(['l2']);
    expect(ids(queries.cells(view, { regionId: 'r2' }, page))).toEqual([]);
  });
});

describe('the read model of devices', () => {
  const whole: DeviceRow = {
    id: 'd1',
    project_id: 'p',
    kind: 'host',
    cloud_id: 'c1',
    region_id: 'r1',
    cell_id: null,
    parent_id: null,
    ip_address: '10.0.0.1',
    device_type: 'compute',
    active: 1,
    window_id: null,
    retired_at: null,
    name: 'name of d1',
    note: null,
    revision: 0,
    created_at: at(0),
    updated_at: null,
  };

  it('knows a device as it was registered', async () => {
    const view = await model.after('region-r1', device('d1'));
    expect(queries.device(view, 'd1')).toEqual(whole);
  });

  it.each<[string, Record<string, string | null>, Partial<DeviceRow>]>([
    ['DeviceRenamed', { name: 'new' }, { name: 'new' }],
    ['DeviceAddressChanged', { ipAddress: '10.0.0.2' }, { ip_address: '10.0.0.2' }],
    ['DeviceTypeChanged', { deviceType: 'storage' }, { device_type: 'storage' }],
    ['DeviceDeactivated', {}, { active: 0 }],
    ['DeviceActivated', {}, { active: 1 }],
    ['DeviceNoteChanged', { note: 'x' }, { note: 'x' }],
    ['DeviceMovedToCell', { cellId: 'l1' }, { cell_id: 'l1' }],
    ['DeviceMovedToParent', { parentId: 'd2' }, { parent_id: 'd2' }],
    ['DeviceRetired', {}, { retired_at: at(1) }],
    ['DeviceClaimed', { windowId: 'w1' }, { window_id: 'w1' }],
    ['DeviceReleased', { windowId: 'w1' }, { window_id: null }],
  ])('follows %s', async (type, data, changed) => {
    await model.after('region-r1', device('d1'));
    const view = await model.after('region-r1', [type, { deviceId: 'd1', ...data }]);
    expect(queries.device(view, 'd1')).toEqual({ ...whole, revision: 1, updated_at: at(1), ...changed });
  });

  it('forgets a device that is removed', async () => {
    const view = await model.after('region-r1', device('d1'), ['DeviceRemoved', { deviceId: 'd1' }]);
    expect(queries.device(view, 'd1')).toBeUndefined();
  });

  it('finds devices by each filter, and by several at once', async () => {
    const view = await model.after(
      'region-r1',
      device('d1', { cellId: 'l1', name: 'one' }),
      device('d2', { ipAddress: '10.0.0.2', active: false }),
      device('d3', { kind: 'container', parentId: 'd2' }),
      device('d4', { deviceType: 'storage' }),
      ['DeviceRetired', { deviceId: 'd4' }],
    );
    const found = (filter: Parameters<typeof queries.devices>[1]) => ids(queries.devices(view, filter, page));
    expect(found({})).toEqual(['d1', 'd2', 'd3', 'd4']);
    expect(found({ name: 'one' })).toEqual(['d1']);
    expect(found({ cellId: 'l1' })).toEqual(['d1']);
    expect(found({ ipAddress: '10.0.0.2' })).toEqual(['d2']);
    expect(found({ active: false })).toEqual(['d2']);
    expect(found({ kind: 'container' })).toEqual(['d3']);
    expect(found({ parentId: 'd2' })).toEqual(['d3']);
    expect(found({ parentId: null, retired: false })).toEqual(['d1', 'd2']);
    expect(found({ retired: true })).toEqual(['d4']);
    expect(found({ deviceType: 'storage', regionId: 'r1', cloudId: 'c1', projectId: 'p' })).toEqual(['d4']);
    expect(found({ projectId: 'another', name: 'one' })).toEqual([]);
    expect(found({ id: 'd2', retired: false })).toEqual(['d2']);
  });

  it('pages forwards and backwards', async () => {
    const all = ['d1', 'd2', 'd3', 'd4', 'd5'] as const;
    const view = await model.after(
      'region-r1',
      device('d0', { active: false }),
      ...all.map((id) => device(id)),
    );
    const list = (marker?: string) =>
      queries.devices(view, { regionId: 'r1', active: true }, { limit: 2, marker });
    expect(list()).toMatchObject({ rows: [{ id: 'd1' }, { id: 'd2' }], more: true });
    expect(list('d2')).toMatchObject({ rows: [{ id: 'd3' }, { id: 'd4' }], more: true, previous: null });
    expect(list('d4')).toMatchObject({ rows: [{ id: 'd5' }], more: false, previous: 'd2' });
    expect(list('d5')).toMatchObject({ rows: [], more: false, previous: 'd3' });
  });

  it('knows the ancestors of a device, nearest first, and ends though they form a circle', async () => {
    const line = await model.after(
      'region-r1',
      device('d1'),
      device('d2', { parentId: 'd1' }),
      device('d3', { parentId: 'd2' }),
    );
    expect(queries.ancestors(line, 'd3').map(({ id }) => id)).toEqual(['d2', 'd1']);
    expect(queries.ancestors(line, 'd1')).toEqual([]);
    expect(queries.ancestors(line, 'nobody')).toEqual([]);
    const circle = await model.after('region-r1', [
      'DeviceMovedToParent',
      { deviceId: 'd1', parentId: 'd3' },
    ]);
    expect(queries.ancestors(circle, 'd3').length).toBeLessThan(100);
  });

  it('knows what hangs on a thing, but for what is retired', async () => {
    await model.after('project-p', cloud('c1'));
    await model.after('cloud-c1', region('r1'));
    const view = await model.after(
      'region-r1',
      cell('l1'),
      device('d1', { cellId: 'l1' }),
      ...Array.from({ length: 7 }, (_, index) => device(`e${index}`, { parentId: 'd1' })),
      device('d9', { cellId: 'l1' }),
      ['DeviceRetired', { deviceId: 'd9' }],
    );
    expect(queries.hangsOn(view, 'cloud', 'c1')).toEqual([
      { kind: 'region', count: 1, names: ['name of r1'] },
    ]);
    expect(queries.hangsOn(view, 'region', 'r1').map(({ kind, count }) => [kind, count])).toEqual([
      ['cell', 1],
      ['device', 8],
    ]);
    expect(queries.hangsOn(view, 'cell', 'l1')).toEqual([
      { kind: 'device', count: 1, names: ['name of d1'] },
    ]);
    expect(queries.hangsOn(view, 'device', 'd1')).toMatchObject([{ count: 7, names: { length: 5 } }]);
    expect(queries.hangsOn(view, 'device', 'e1')).toEqual([]);
  });

  it('finds the devices of a region by many names', async () => {
    const many = Array.from({ length: 600 }, (_, index) => `name of d${index}`);
    await model.after('region-r2', device('d1'));
    const view = await model.after('region-r1', device('d2'), device('d599'), device('d600'));
    expect(queries.devicesByName(view, 'r1', many).map(({ id }) => id)).toEqual(['d2', 'd599']);
  });

  it('was shown every kind of event that it handles', () => {
    expect(model.untold()).toEqual([]);
  });
});
