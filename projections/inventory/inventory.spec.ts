import { cell, cloud, device, labelled, network, port, region } from '#test/support/inventory-facts.js';
import { ReadModel } from '#test/support/read-model.js';
import { inventory } from './inventory.projection.js';
import { InventoryQueries } from './inventory.queries.js';
import { NetworkQueries } from './networks.queries.js';

const model = new ReadModel([inventory]);
const queries = new InventoryQueries();
const networks = new NetworkQueries();
const page = { limit: 10 };
const at = (minute: number) => `2026-01-01T00:0${minute}:00.000Z`;

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
    await model.after(
      'region-r1',
      ...([cell('l1'), cell('l2'), device('d1'), labelled('d1', 'a'), network('n1'), port('i1')] as const),
      ['CellRemoved', { cellId: 'l2' }],
    );
    await model.after(
      'region-r2',
      ...([cell('l3'), device('d2'), labelled('d2', 'a'), network('n2'), port('i2')] as const),
    );
    const before = await model.after('cloud-c1', region('r1'), region('r2'));
    expect(ids(queries.clouds(before, {}, page))).toEqual(['c1']);
    expect(ids(queries.cells(before, {}, page))).toEqual(['l1', 'l3']);
    const view = await model.after('cloud-c1', ['RegionRemoved', { regionId: 'r1' }]);
    expect(ids(queries.regions(view, {}, page))).toEqual(['r2']);
    expect(ids(queries.cells(view, {}, page))).toEqual(['l3']);
    expect(ids(queries.devices(view, {}, page))).toEqual(['d2']);
    expect([...queries.labelsOfAll(view, ['d1', 'd2']).keys()]).toEqual(['d2']);
    expect(ids(networks.networks(view, {}, page))).toEqual(['n2']);
    expect(ids(networks.interfaces(view, {}, page))).toEqual(['i2']);
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

  it('was shown every kind of event about them that it handles', () => {
    expect(model.untold().filter((type) => /^(Cloud|Region|Cell)/.test(type))).toEqual([]);
  });
});

it('is all about these and about devices, labels, networks and interfaces', () => {
  const others = Object.keys(inventory.on).filter(
    (type) => !/^(Cloud|Region|Cell|Device|Labels|Network|Interface)/.test(type),
  );
  expect(others).toEqual([]);
});
