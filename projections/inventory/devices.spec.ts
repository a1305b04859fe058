import type { Fact } from '#test/support/event-log.js';
import { device, labelled } from '#test/support/inventory-facts.js';
import { ReadModel } from '#test/support/read-model.js';
import { inventory } from './inventory.projection.js';
import { type DeviceRow, InventoryQueries } from './inventory.queries.js';

const model = new ReadModel([inventory]);
const queries = new InventoryQueries();
const page = { limit: 10 };
const at = (minute: number) => `2026-01-01T00:0${minute}:00.000Z`;

const ids = (found: { readonly rows: readonly { readonly id: string }[] }) => found.rows.map(({ id }) => id);

beforeEach(() => model.reset());
afterAll(() => model.end());

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
    model_name: null,
    os_version: null,
    vlans: null,
    active: 1,
    window_id: null,
    managed_by: null,
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
    ['DeviceModelChanged', { modelName: 'X1' }, { model_name: 'X1' }],
    ['DeviceOsVersionChanged', { osVersion: '7' }, { os_version: '7' }],
    ['DeviceVlansChanged', { vlans: '1-4' }, { vlans: '1-4' }],
    ['DeviceRetired', {}, { retired_at: at(1) }],
    ['DeviceClaimed', { windowId: 'w1' }, { window_id: 'w1' }],
    ['DeviceReleased', { windowId: 'w1' }, { window_id: null }],
  ])('follows %s', async (type, data, changed) => {
    await model.after('region-r1', device('d1'));
    const view = await model.after('region-r1', [type, { deviceId: 'd1', ...data }]);
    expect(queries.device(view, 'd1')).toEqual({ ...whole, revision: 1, updated_at: at(1), ...changed });
  });

  it('forgets a device that is removed, with its labels', async () => {
    const view = await model.after('region-r1', device('d1'), labelled('d1', 'a'), [
      'DeviceRemoved',
      { deviceId: 'd1' },
    ]);
    expect(queries.device(view, 'd1')).toBeUndefined();
    expect(queries.labels(view, 'd1')).toEqual([]);
  });

  it('knows what a network device has more', async () => {
    const more = { kind: 'network-device', modelName: 'X1', osVersion: '7', vlans: '1-4' };
    const view = await model.after('region-r1', device('d1', more));
    expect(queries.device(view, 'd1')).toMatchObject({ model_name: 'X1', os_version: '7', vlans: '1-4' });
  });

  it('knows the labels of a device, and counts their changes as changes of it', async () => {
    await model.after('region-r1', device('d1'), device('d2', { labels: ['y', 'x'] }), device('d3'));
    await model.after('region-r1', labelled('d2', 'z'));
    const view = await model.after('region-r1', labelled('d1', 'b', 'a', 'c'), [
      'LabelsRemoved',
      { deviceId: 'd1', labels: ['c'] },
    ]);
    expect(queries.labels(view, 'd1')).toEqual(['a', 'b']);
    expect(queries.labelsOfAll(view, ['d1', 'd2', 'd3'])).toEqual(
      new Map([
        ['d1', ['a', 'b']],
        ['d2', ['x', 'y', 'z']],
      ]),
    );
    expect(queries.device(view, 'd1')).toMatchObject({ revision: 5, updated_at: at(2) });
  });

  it('finds the devices that have all of some labels, and those under another', async () => {
    const view = await model.after(
      'region-r1',
      device('d1'),
      device('d2', { parentId: 'd1' }),
      device('d3', { parentId: 'd2', active: false }),
      device('d4', { parentId: 'd3' }),
      device('d5'),
      labelled('d1', 'a'),
      labelled('d3', 'a', 'b'),
      labelled('d4', 'b'),
      labelled('d5', 'a', 'b'),
    );
    const found = (filter: Parameters<typeof queries.devices>[1], more = {}) =>
      ids(queries.devices(view, filter, { ...page, ...more }));
    expect(found({ labels: ['a'] })).toEqual(['d1', 'd3', 'd5']);
    expect(found({ labels: ['a', 'b'] })).toEqual(['d3', 'd5']);
    expect(found({ labels: ['a', 'b', 'c'] })).toEqual([]);
    expect(found({ labels: [] })).toHaveLength(5);
    expect(found({ labels: ['a'], active: true, regionId: 'r1', id: 'd5' })).toEqual(['d5']);
    expect(found({ parentId: 'd1', descendants: true })).toEqual(['d2', 'd3', 'd4']);
    expect(found({ parentId: 'd1', descendants: true }, { marker: 'd2', limit: 1 })).toEqual(['d3']);
    expect(found({ parentId: 'd1', descendants: true, labels: ['b'] })).toEqual(['d3', 'd4']);
    expect(found({ parentId: 'd4', descendants: true })).toEqual([]);
    expect(queries.descendants(view, 'd2')).toEqual(['d3', 'd4']);
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

  it('finds those with labels that many have', async () => {
    const all = Array.from({ length: 2100 }, (_, index) => `d${String(index).padStart(4, '0')}`);
    const labels = (index: number) => ['many', ...(index % 2 ? ['odd', 'too'] : ['even', 'too'])];
    for (let index = 0; index < all.length; index += 700) {
      const some = all.slice(index, index + 700).map((id, at) => device(id, { labels: labels(index + at) }));
      await model.after('region-r1', ...(some as [Fact, ...Fact[]]));
    }
    const view = await model.after('region-r2', device('e', { labels: ['many', 'odd'] }));
    const found = (filter: Parameters<typeof queries.devices>[1], marker?: string) =>
      ids(queries.devices(view, filter, { limit: 2, marker }));
    expect(found({ labels: ['many'] })).toEqual(['d0000', 'd0001']);
    expect(found({ labels: ['many', 'too'] }, 'd1999')).toEqual(['d2000', 'd2001']);
    expect(found({ labels: ['many', 'odd'], projectId: 'p' }, 'd2097')).toEqual(['d2099', 'e']);
    expect(found({ labels: ['odd', 'many'], regionId: 'r2' })).toEqual(['e']);
    expect(found({ labels: ['many', 'odd', 'even'] })).toEqual([]);
    expect(found({ labels: ['many'], name: 'name of d0007' })).toEqual(['d0007']);
    expect(queries.devices(view, { labels: ['many'] }, { limit: 2, marker: 'd2099' }).previous).toBe('d2097');
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

  it.each([0, 3000, 30_000])(
    'finds only those among some, and among %i that are no devices',
    async (more) => {
      const devices = ['d1', 'd2', 'd3', 'd4', 'd5'].map((id) =>
        device(id, { parentId: id === 'd5' ? 'd1' : null }),
      );
      const view = await model.after('region-r1', device('d0'), ...devices);
      const strangers = Array.from({ length: more }, (_, index) => `d${index}x`);
      const among = { ids: ['d1', 'd2', 'd4', 'd5', ...strangers] };
      const found = (filter: object, of: object = page) =>
        ids(queries.devices(view, { ...among, ...filter }, { ...page, ...of }));
      expect(found({})).toEqual(['d1', 'd2', 'd4', 'd5']);
      expect(found({}, { limit: 2, marker: 'd1' })).toEqual(['d2', 'd4']);
      expect(found({ id: 'd3' })).toEqual([]);
      expect(found({ id: 'd4', regionId: 'r1' })).toEqual(['d4']);
      expect(found({ name: 'name of d2' })).toEqual(['d2']);
      expect(found({ parentId: 'd1', descendants: true })).toEqual(['d5']);
      expect(found({ projectId: 'another' })).toEqual([]);
      expect(found({ ids: [] })).toEqual([]);
    },
  );

  it('knows the ancestors of a device, nearest first, and ends though they form a circle', async () => {
    const line = await model.after(
      'region-r1',
      device('d1'),
      device('d2', { parentId: 'd1' }),
      device('d3', { parentId: 'd2' }),
    );
    expect(queries.ancestors(line, queries.device(line, 'd3')!).map(({ id }) => id)).toEqual(['d2', 'd1']);
    expect(queries.ancestors(line, queries.device(line, 'd1')!)).toEqual([]);
    expect(queries.ancestors(line, { parent_id: 'nobody' })).toEqual([]);
    const circle = await model.after('region-r1', [
      'DeviceMovedToParent',
      { deviceId: 'd1', parentId: 'd3' },
    ]);
    expect(queries.ancestors(circle, queries.device(circle, 'd3')!).length).toBeLessThan(100);
  });

  it('finds the devices of a region by many names', async () => {
    const many = Array.from({ length: 600 }, (_, index) => `name of d${index}`);
    await model.after('region-r2', device('d1'));
    const view = await model.after('region-r1', device('d2'), device('d599'), device('d600'));
    expect(queries.devicesByName(view, 'r1', many).map(({ id }) => id)).toEqual(['d2', 'd599']);
  });

  it('finds nothing it was not asked for in the past', async () => {
    await model.after('region-r1', device('d1'), device('d2', { parentId: 'd1' }));
    const then = (await model.after('region-r1', labelled('d2', 'a'))).cursor;
    await model.after(
      'region-r1',
      ['LabelsRemoved', { deviceId: 'd2', labels: ['a'] }],
      device('d3', { parentId: 'd2' }),
    );
    const past = model.asOf(then);
    const found = (filter: Parameters<typeof queries.devices>[1]) => ids(queries.devices(past, filter, page));
    expect(found({ labels: ['a'] })).toEqual(['d2']);
    expect(found({ parentId: 'd1', descendants: true })).toEqual(['d2']);
    expect(queries.labels(past, 'd2')).toEqual(['a']);
  });

  it('was shown every kind of event about them that it handles', () => {
    expect(model.untold().filter((type) => /^(Device|Labels)/.test(type))).toEqual([]);
  });
});
