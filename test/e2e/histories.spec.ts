import { v7 } from 'uuid';
import { happen } from '#test/support/event-log.js';
import { type Gateway, startGateway } from '#test/support/gateway.js';
import { hardware, made, newRegion, stranger } from '#test/support/places.js';
import { inHours } from '#test/support/slice.js';

interface Entry {
  readonly event_id: string;
  readonly type: string;
  readonly before: Record<string, unknown> | null;
  readonly after: Record<string, unknown> | null;
  readonly reason: string | null;
}

describe('the history of anything', () => {
  let gateway: Gateway;
  let cloudId: string;
  let regionId: string;
  beforeAll(async () => {
    gateway = await startGateway();
    ({ cloudId, regionId } = await newRegion(gateway.root));
  });
  afterAll(() => gateway.close());

  const create = async (collection: string, body: object): Promise<string> =>
    (await made(gateway.root.post(`/v1/${collection}`, body))).body.id;
  const historyOf = async (collection: string, id: string): Promise<Entry[]> => {
    const { status, body } = await gateway.root.get(`/v1/${collection}/${id}/history`);
    expect(status).toBe(200);
    return body.history;
  };
  const told = ({ type, before, after }: Entry) => [type, before, after];
  const change = async (collection: string, id: string, body: object) =>
    expect((await gateway.root.put(`/v1/${collection}/${id}`, body)).status).toBe(200);

  const range = { cidr: '10.0.0.0/24', gateway: '10.0.0.1' };
  const port = { interface_type: 'ethernet', ip_address: '10.0.0.1' };
  const host = (name: string) => create('hosts', { name, region_id: regionId, ...hardware });

  it.each<[string, () => Promise<string>, object, [string, object, object]]>([
    ['projects', () => create('projects', { name: v7() }), {}, ['', {}, {}]],
    [
      'clouds',
      () => create('clouds', { name: 'a cloud' }),
      { note: 'n' },
      ['CloudNoteChanged', { note: null }, { note: 'n' }],
    ],
    [
      'regions',
      () => create('regions', { name: 'a', cloud_id: cloudId }),
      { name: 'b' },
      ['RegionRenamed', { name: 'a' }, { name: 'b' }],
    ],
    [
      'cells',
      () => create('cells', { name: 'a', region_id: regionId }),
      { name: 'b' },
      ['CellRenamed', { name: 'a' }, { name: 'b' }],
    ],
    ['hosts', () => host('a'), { active: false }, ['DeviceDeactivated', { active: true }, { active: false }]],
    [
      'network-devices',
      () => create('network-devices', { name: 'n', region_id: regionId, ...hardware }),
      { vlans: '1' },
      ['DeviceVlansChanged', { vlans: null }, { vlans: '1' }],
    ],
    [
      'containers',
      () => create('containers', { name: 'c', region_id: regionId, ...hardware }),
      { ip_address: '10.0.0.9' },
      ['DeviceAddressChanged', { ip_address: '10.0.0.1' }, { ip_address: '10.0.0.9' }],
    ],
    [
      'networks',
      () => create('networks', { name: 'n', region_id: regionId, ...range }),
      { gateway: '10.0.0.2' },
      ['NetworkReaddressed', { gateway: '10.0.0.1' }, { gateway: '10.0.0.2' }],
    ],
    [
      'network-interfaces',
      async () => create('network-interfaces', { name: 'i', device_id: await host('of i'), ...port }),
      { speed: 100 },
      ['InterfaceSettingsChanged', { speed: null }, { speed: 100 }],
    ],
    [
      'workflows',
      () => create('workflows', { name: 'w', steps: [{ name: 'rest', plugin: 'pause' }] }),
      { description: 'd' },
      ['WorkflowRevised', { description: null }, { description: 'd' }],
    ],
  ])('says what %s were and became, variables included', async (collection, make, changes, expected) => {
    const id = await make();
    const path = `/v1/${collection}/${id}`;
    if (expected[0] !== '') await change(collection, id, changes);
    const hasVariables = collection !== 'workflows';
    if (hasVariables) {
      await gateway.root.put(`${path}/variables`, { a: 1, b: null }, { 'x-craton-reason': 'because' });
      await gateway.root.put(`${path}/variables`, { a: [2], c: 3 });
      await gateway.root.ask('DELETE', `${path}/variables`, ['b']);
    }
    const history = await historyOf(collection, id);
    expect(history[0]).toMatchObject({ before: null, after: { name: expect.any(String) } });
    const rest = history.slice(1);
    expect(expected[0] === '' ? expected : told(rest.shift()!)).toEqual(expected);
    if (!hasVariables) return;
    expect(rest[0]).toMatchObject({ reason: 'because' });
    expect(rest.map(told)).toEqual([
      ['VariablesSet', { variables: {} }, { variables: { a: 1, b: null } }],
      ['VariablesSet', { variables: { a: 1 } }, { variables: { a: [2], c: 3 } }],
      ['VariablesRemoved', { variables: { b: null } }, { variables: {} }],
    ]);
  });

  it('says it of maintenance windows and runs', async () => {
    const times = { starts_at: inHours(1), ends_at: inHours(2) };
    const id = await create('maintenance-windows', { host_id: await host('windowed'), ...times });
    await gateway.root.post(`/v1/maintenance-windows/${id}/cancel`, undefined);
    expect((await historyOf('maintenance-windows', id)).map(told)).toEqual([
      ['WindowScheduled', null, expect.objectContaining({ status: 'scheduled' })],
      ['WindowCancelled', { status: 'scheduled' }, { status: 'cancelled' }],
    ]);
    await create('workflows', { name: 'nap', steps: [{ name: 'rest', plugin: 'pause' }] });
    const run = await create('runs', { workflow: 'nap' });
    expect((await historyOf('runs', run)).map(told)).toEqual([
      ['RunStarted', null, expect.objectContaining({ status: 'running' })],
    ]);
  });

  it('says of a region how it was kept like its cloud, and nothing of the work', async () => {
    const id = await create('regions', { name: 'kept', cloud_id: cloudId });
    const path = `/v1/regions/${id}/synchronisation`;
    const schedule = { device_type: 'server', register: true, labels: true, retire: false, cell_id: null };
    const because = { 'x-craton-reason': 'because' };
    await gateway.root.put(path, { every_seconds: 600 }, because);
    await gateway.root.post(`/v1/regions/${id}/synchronise`, { register: false });
    await change('regions', id, { note: 'n' });
    await gateway.root.put(path, { every_seconds: 60, retire: true });
    await gateway.root.delete(path);
    const [, scheduled, ...rest] = await historyOf('regions', id);
    const [first, second] = [
      { ...schedule, every_seconds: 600 },
      { ...schedule, every_seconds: 60, retire: true },
    ];
    expect(scheduled).toMatchObject({ reason: 'because', stream: `synchronisation-${id}` });
    expect([scheduled!, ...rest].map(told)).toEqual([
      ['SynchronisationScheduled', { synchronisation: null }, { synchronisation: first }],
      ['RegionNoteChanged', { note: null }, { note: 'n' }],
      ['SynchronisationScheduled', { synchronisation: first }, { synchronisation: second }],
      ['SynchronisationUnscheduled', { synchronisation: second }, { synchronisation: null }],
    ]);
    const pages = async (address: string): Promise<Entry[]> => {
      const { body } = await gateway.root.get(address);
      const next = body.links.find(({ rel }: { rel: string }) => rel === 'next')?.href;
      return next
        ? [...(await pages(next.replace('http://localhost:80', ''))), ...body.history]
        : body.history;
    };
    expect((await pages(`/v1/regions/${id}/history?limit=1`)).slice(1)).toEqual([scheduled, ...rest]);
    const revert = await gateway.root.post('/v1/revert', { event_id: scheduled!.event_id });
    const obstacles = [
      { message: expect.stringMatching(/^SynchronisationScheduled cannot be reverted: .+/) },
    ];
    expect(revert.body.steps).toMatchObject([{ outcome: 'refused', obstacles }]);
  });

  it('shows labels as they were, those of its first moment included', async () => {
    const id = await create('hosts', {
      name: 'labelled',
      region_id: regionId,
      ...hardware,
      labels: ['b', 'a'],
    });
    await gateway.root.put(`/v1/hosts/${id}/labels`, { labels: ['c'] });
    await change('hosts', id, { note: 'n' });
    await gateway.root.ask('DELETE', `/v1/hosts/${id}/labels`, { labels: ['a'] });
    const [first, ...rest] = await historyOf('hosts', id);
    expect(first).toMatchObject({ before: null, after: { labels: ['a', 'b'] } });
    expect(rest.map(told)).toEqual([
      ['LabelsAdded', { labels: ['a', 'b'] }, { labels: ['a', 'b', 'c'] }],
      ['DeviceNoteChanged', { note: null }, { note: 'n' }],
      ['LabelsRemoved', { labels: ['a', 'b', 'c'] }, { labels: ['b', 'c'] }],
    ]);
  });

  it('masks what is secret, before and after', async () => {
    const id = await host('with a secret');
    const { eventStore, readStore } = gateway;
    const sealed = { key: 'k', nonce: 'n', sealed: 'never-to-be-told' };
    const data = { ownerKind: 'host', values: { password: sealed, plain: 1 }, secrets: ['password'] };
    await readStore.passed(await happen(eventStore, `variables-${id}`, ['VariablesSet', data]), 10_000);
    await gateway.root.ask('DELETE', `/v1/hosts/${id}/variables`, ['password']);
    const history = await historyOf('hosts', id);
    const masked = { password: { $secret: true } };
    expect(history.slice(1).map(told)).toEqual([
      ['VariablesSet', { variables: {} }, { variables: { ...masked, plain: 1 } }],
      ['VariablesRemoved', { variables: masked }, { variables: {} }],
    ]);
    expect(JSON.stringify(history)).not.toMatch(/never-to-be-told/);
  });

  it('comes in shorter pages where there is much to tell', async () => {
    const id = await host('wordy');
    for (let index = 0; index < 20; index += 1)
      await gateway.root.put(`/v1/hosts/${id}/variables`, { index, long: `${index} `.padEnd(500_000, 'x') });
    const seen: unknown[] = [];
    let next: string | undefined = `/v1/hosts/${id}/history?limit=200`;
    const pages: number[] = [];
    while (next !== undefined) {
      const { body } = await gateway.root.get(next);
      pages.push(body.history.length);
      seen.unshift(
        ...body.history.map(({ after }: Entry) => (after?.['variables'] as { index?: number })?.index),
      );
      const links = body.links as { rel: string; href: string }[];
      next = links.find(({ rel }) => rel === 'next')?.href.replace('http://localhost:80', '');
    }
    expect(pages).toEqual([16, 5]);
    expect(seen).toEqual([undefined, ...Array.from({ length: 20 }, (_, index) => index)]);
  });

  it('is found for a device of whatever kind', async () => {
    const id = await create('containers', { name: 'some device', region_id: regionId, ...hardware });
    await change('containers', id, { note: 'n' });
    expect(await historyOf('devices', id)).toEqual(await historyOf('containers', id));
    expect((await gateway.root.get(`/v1/hosts/${id}/history`)).status).toBe(404);
  });

  it('is read as of the past, in which nothing is known of what came later', async () => {
    const id = await host('old');
    await change('hosts', id, { name: 'older' });
    const { history } = (await gateway.root.get(`/v1/hosts/${id}/history`)).body;
    await change('hosts', id, { name: 'oldest' });
    const path = `/v1/hosts/${id}/history?as_of=${history[1].cursor}`;
    expect((await gateway.root.get(path)).body.history).toEqual(history);
  });

  it('belongs to those who see the thing', async () => {
    const somebody = await stranger(gateway);
    for (const [collection, id] of [
      ['regions', regionId],
      ['clouds', cloudId],
      ['hosts', regionId],
      ['networks', v7()],
    ]) {
      expect((await somebody.get(`/v1/${collection}/${id}/history`)).status).toBe(404);
    }
  });
});
