import { randomBytes } from 'node:crypto';
import { v7 } from 'uuid';
import { type Fact, happen } from '#test/support/event-log.js';
import { type Gateway, startGateway } from '#test/support/gateway.js';
import { hardware, made, newRegion } from '#test/support/places.js';
import { ok, outcomes, requestOf, Reverting } from '#test/support/reverting.js';

describe('putting back', () => {
  let gateway: Gateway;
  const on = new Reverting(() => gateway);
  beforeAll(async () => {
    gateway = await startGateway({
      environment: { CRATON_SECRET_KEY: `k:${randomBytes(32).toString('base64')}` },
    });
  });
  afterAll(() => gateway.close());

  it('tells what it would do, and does nothing, unless it is asked to', async () => {
    const { regionId } = await newRegion(gateway.root);
    const id = await on.host(regionId, 'a');
    await on.put(`hosts/${id}`, { name: 'b' });
    const { event_id } = await on.last(`hosts/${id}`);
    const before = await on.count();
    const answer = await ok(on.revert({ event_id }));
    expect(answer.body).toEqual({
      dry_run: true,
      next: null,
      steps: [
        {
          event_id,
          type: 'DeviceRenamed',
          cursor: expect.any(String),
          kind: 'device',
          id,
          name: 'b',
          outcome: 'possible',
          from: { name: 'b' },
          to: { name: 'a' },
          obstacles: [],
        },
      ],
    });
    expect(await on.count()).toBe(before);
    expect(outcomes(await ok(on.revert({ event_id, dry_run: false, reason: 'a mistake' })))).toEqual([
      'DeviceRenamed: done',
    ]);
    expect(await on.show(`hosts/${id}`)).toMatchObject({ name: 'a' });
    const put_back = await on.last(`hosts/${id}`);
    expect(put_back).toMatchObject({ type: 'DeviceRenamed', reason: 'a mistake' });
    const recorded = (await gateway.events()).find((event) => event.id === put_back.event_id);
    expect(recorded?.metadata).toMatchObject({ causationId: event_id });
  });

  it.each<[string, object, object]>([
    ['hosts', { active: false }, { active: true }],
    ['hosts', { note: 'n', ip_address: '10.0.0.9' }, { note: null, ip_address: '10.0.0.1' }],
    ['cells', { name: 'other' }, { name: 'thing' }],
    [
      'networks',
      { cidr: '10.1.0.0/24', gateway: '10.1.0.1' },
      { cidr: '10.0.0.0/24', netmask: '255.255.255.0' },
    ],
    ['network-interfaces', { speed: 10, name: 'other' }, { speed: null, name: 'thing' }],
    ['network-interfaces', { ip_address: '10.0.0.9', vlan_id: 4 }, { ip_address: '10.0.0.1', vlan_id: null }],
    ['regions', { note: 'n', name: 'other' }, { note: null, name: 'thing' }],
    ['clouds', { note: 'n', name: 'other' }, { note: null }],
    ['projects', { name: 'other' }, { name: 'thing' }],
  ])('takes back what one request changed of %s: %j', async (collection, changes, expected) => {
    const { regionId, cloudId } = await newRegion(gateway.root);
    const bodies: Record<string, () => Promise<string>> = {
      hosts: () => on.host(regionId, 'thing'),
      cells: () => on.create('cells', { name: 'thing', region_id: regionId }),
      networks: () =>
        on.create('networks', {
          name: 'thing',
          region_id: regionId,
          cidr: '10.0.0.0/24',
          gateway: '10.0.0.1',
        }),
      'network-interfaces': async () =>
        on.create('network-interfaces', {
          name: 'thing',
          device_id: await on.host(regionId, 'of it'),
          interface_type: 'ethernet',
          ip_address: '10.0.0.1',
        }),
      regions: () => on.create('regions', { name: 'thing', cloud_id: cloudId }),
      clouds: () => Promise.resolve(cloudId),
      projects: () => on.create('projects', { name: 'thing' }),
    };
    const id = await bodies[collection]!();
    const was = await on.show(`${collection}/${id}`);
    await on.put(`${collection}/${id}`, changes);
    const { correlation_id } = await on.last(`${collection}/${id}`);
    await ok(on.revert({ correlation_id, dry_run: false }));
    const is = await on.show(`${collection}/${id}`);
    expect(is).toMatchObject(expected);
    expect({ ...is, updated_at: null }).toEqual({ ...was, updated_at: null });
  });

  it('takes back variables, to what they were and whether they were', async () => {
    const { regionId } = await newRegion(gateway.root);
    const id = await on.host(regionId, 'a', { variables: { a: 1, b: [2] } });
    const changed = await on.put(`hosts/${id}/variables`, { a: null, c: 3 });
    await on.put(`hosts/${id}/variables`, { other: 1 });
    const removed = await ok(gateway.root.ask('DELETE', `/v1/hosts/${id}/variables`, ['b']));
    await ok(on.revert({ correlation_id: requestOf(changed), dry_run: false }));
    await ok(on.revert({ correlation_id: requestOf(removed), dry_run: false }));
    const { variables } = await on.show(`hosts/${id}/variables`);
    expect(variables).toEqual({ a: 1, b: [2], other: 1 });
  });

  it('takes back labels, and leaves those of others', async () => {
    const { regionId } = await newRegion(gateway.root);
    const id = await on.host(regionId, 'a', { labels: ['a', 'b'] });
    const replaced = await on.put(`hosts/${id}/labels?replace=true`, { labels: ['b', 'c'] });
    await on.put(`hosts/${id}/labels`, { labels: ['later'] });
    await ok(on.revert({ correlation_id: requestOf(replaced), dry_run: false }));
    expect((await on.show(`hosts/${id}/labels`)).labels).toEqual(['a', 'b', 'later']);
  });

  it('takes back what was made, with its variables', async () => {
    const { regionId } = await newRegion(gateway.root);
    const answer = await made(
      gateway.root.post('/v1/hosts', { name: 'a', region_id: regionId, ...hardware, variables: { a: 1 } }),
    );
    const done = await ok(on.revert({ correlation_id: requestOf(answer), dry_run: false }));
    expect(outcomes(done)).toEqual(['VariablesSet: done', 'DeviceRegistered: done']);
    expect((await gateway.root.get(`/v1/hosts/${answer.body.id}`)).status).toBe(404);
  });

  it('brings back what was removed under its own identifier, with all that hung on it', async () => {
    const { regionId } = await newRegion(gateway.root);
    const cell = await on.create('cells', { name: 'cell', region_id: regionId });
    const more = { cell_id: cell, labels: ['x'], variables: { a: 1, b: { c: [null] } } };
    const parent = await on.host(regionId, 'parent', more);
    const child = await on.host(regionId, 'child', { parent_id: parent, active: false, note: 'n' });
    const port = await on.create('network-interfaces', {
      name: 'eth0',
      device_id: child,
      interface_type: 'ethernet',
      ip_address: '10.0.0.1',
    });
    const paths = [`cells/${cell}`, `hosts/${parent}`, `hosts/${child}`, `network-interfaces/${port}`];
    const shown = async () =>
      (await Promise.all(paths.map((path) => on.show(path)))).map((body) => ({
        ...body,
        created_at: '',
        updated_at: '',
      }));
    const were = await shown();
    const removed = await on.remove(`cells/${cell}?cascade=true`);
    expect((await gateway.root.get(`/v1/hosts/${child}`)).status).toBe(404);
    const correlation_id = requestOf(removed);
    expect(outcomes(await ok(on.revert({ correlation_id })))).toEqual([
      'CellRemoved: possible',
      'DeviceRemoved: possible',
      'DeviceRemoved: possible',
      'InterfaceRemoved: possible',
    ]);
    await ok(on.revert({ correlation_id, dry_run: false }));
    expect(await shown()).toEqual(were);
    expect((await on.show(`hosts/${child}/variables`)).variables).toEqual({ a: 1, b: { c: [null] } });
    await on.put(`hosts/${parent}/variables`, { a: 1, b: 2 });
    expect((await on.show(`hosts/${parent}/variables`)).variables).toEqual({ a: 1, b: 2 });
  });

  it('takes back what came and went under one correlation id', async () => {
    const { regionId } = await newRegion(gateway.root);
    const correlation_id = v7();
    const headers = { 'x-openstack-request-id': `req-${correlation_id}` };
    const body = { name: 'a', region_id: regionId, ...hardware, variables: { a: 1 } };
    const { id } = (await made(gateway.root.post('/v1/hosts', body, headers))).body;
    await ok(gateway.root.delete(`/v1/hosts/${id}`, headers));
    const other = await made(gateway.root.post('/v1/hosts', { ...body, name: 'b' }, headers));
    await ok(on.revert({ correlation_id, dry_run: false }));
    for (const gone of [id, other.body.id])
      expect((await gateway.root.get(`/v1/hosts/${gone}`)).status).toBe(404);
  });

  it('takes back the rest where a region came and went with all that was in it', async () => {
    const { cloudId, regionId } = await newRegion(gateway.root);
    const other = await on.host(regionId, 'a');
    const correlation_id = v7();
    const headers = { 'x-openstack-request-id': `req-${correlation_id}` };
    const asked = async (collection: string, body: object): Promise<string> =>
      (await made(gateway.root.post(`/v1/${collection}`, body, headers))).body.id;
    const passing = await asked('regions', { name: 'passing', cloud_id: cloudId, variables: { a: 1 } });
    await ok(gateway.root.put(`/v1/hosts/${other}`, { name: 'b' }, headers));
    await asked('hosts', { name: 'in it', region_id: passing, ...hardware, variables: { b: 2 } });
    await ok(gateway.root.delete(`/v1/regions/${passing}?cascade=true`, headers));
    const done = await ok(on.revert({ correlation_id, dry_run: false }));
    expect(outcomes(done)).toEqual([
      'RegionRemoved: nothing-to-do',
      'RegionClosed: nothing-to-do',
      'DeviceRemoved: nothing-to-do',
      'VariablesSet: nothing-to-do',
      'DeviceRegistered: nothing-to-do',
      'DeviceRenamed: done',
      'VariablesSet: nothing-to-do',
      'RegionRegistered: nothing-to-do',
    ]);
    expect(await on.show(`hosts/${other}`)).toMatchObject({ name: 'a' });
  });

  it('can itself be put back', async () => {
    const { regionId } = await newRegion(gateway.root);
    const id = await on.host(regionId, 'a', { variables: { a: 1 } });
    const was = await on.show(`hosts/${id}`);
    const removed = await on.remove(`hosts/${id}`);
    const back = await ok(on.revert({ correlation_id: requestOf(removed), dry_run: false }));
    const away = await ok(on.revert({ correlation_id: requestOf(back), dry_run: false }));
    expect((await gateway.root.get(`/v1/hosts/${id}`)).status).toBe(404);
    await ok(on.revert({ correlation_id: requestOf(away), dry_run: false }));
    const is = await on.show(`hosts/${id}`);
    expect({ ...is, created_at: '', updated_at: '' }).toEqual({ ...was, created_at: '', updated_at: '' });
  });

  it('takes back a region and a cloud that are empty again', async () => {
    const { cloudId, regionId } = await newRegion(gateway.root);
    const { event_id: region } = await on.last(`regions/${regionId}`);
    const { event_id: cloud } = await on.last(`clouds/${cloudId}`);
    const id = await on.host(regionId, 'a');
    const held = await on.revert({ event_id: region, dry_run: false });
    expect([held.status, held.body.detail]).toEqual([
      409,
      expect.stringMatching(/hangs on the region: host a/),
    ]);
    expect((await on.revert({ event_id: cloud, dry_run: false })).status).toBe(409);
    await on.remove(`hosts/${id}`);
    await ok(on.revert({ event_id: region, dry_run: false }));
    await ok(on.revert({ event_id: cloud, dry_run: false }));
    expect((await gateway.root.get(`/v1/clouds/${cloudId}`)).status).toBe(404);
  });

  it('keeps a secret sealed on the way', async () => {
    const { regionId } = await newRegion(gateway.root);
    const id = await on.host(regionId, 'a');
    const stream = `variables-${id}`;
    const { project_id: projectId } = await on.show(`regions/${regionId}`);
    const sealed = (text: string) => ({ key: 'k', nonce: 'n', sealed: text });
    const set = (text: string): Fact => [
      'VariablesSet',
      { ownerKind: 'host', values: { password: sealed(text) }, secrets: ['password'] },
      { projectId },
    ];
    await gateway.readStore.passed(await happen(gateway.eventStore, stream, set('first')), 10_000);
    await gateway.readStore.passed(await happen(gateway.eventStore, stream, set('second')), 10_000);
    const { event_id } = await on.last(`hosts/${id}`);
    await on.put(`regions/${regionId}/variable-schemas`, { password: { type: 'string' } });
    const answer = await ok(on.revert({ event_id, dry_run: false }));
    expect(answer.text).not.toMatch(/first|second/);
    expect(answer.body.steps[0]).toMatchObject({ to: { variables: { password: { $secret: true } } } });
    const events = await Array.fromAsync(gateway.eventStore.readStream(stream));
    expect(events.at(-1)?.data).toMatchObject({
      values: { password: sealed('first') },
      secrets: ['password'],
    });
  });
});
