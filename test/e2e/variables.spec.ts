import { type Gateway, startGateway } from '#test/support/gateway.js';
import { hardware, made, newRegion } from '#test/support/places.js';

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());

const post = async (path: string, body: object) => (await made(gateway.root.post(path, body))).body;
const get = async (path: string) => (await gateway.root.get(path)).body;
const set = (path: string, body: unknown, headers = {}) =>
  gateway.root.ask('PUT', `${path}/variables`, body, headers);
const unset = (path: string, body: unknown, headers = {}) =>
  gateway.root.ask('DELETE', `${path}/variables`, body, headers);
const project = () => `/v1/projects/${gateway.credentials?.project_id}`;

/** A host with everything above it that a host can have. */
const family = async () => {
  const { cloudId, regionId } = await newRegion(gateway.root);
  const cell = await post('/v1/cells', { name: 'cell', region_id: regionId });
  const parentCell = await post('/v1/cells', { name: 'cell of the parent', region_id: regionId });
  const host = (name: string, more: object) =>
    post('/v1/hosts', { name, region_id: regionId, ...hardware, ...more });
  const grandparent = await host('grandparent', {});
  const parent = await host('parent', { parent_id: grandparent.id, cell_id: parentCell.id });
  const child = await host('child', { parent_id: parent.id, cell_id: cell.id });
  return {
    project: project(),
    cloud: `/v1/clouds/${cloudId}`,
    region: `/v1/regions/${regionId}`,
    parentCell: `/v1/cells/${parentCell.id}`,
    cell: `/v1/cells/${cell.id}`,
    grandparent: `/v1/hosts/${grandparent.id}`,
    parent: `/v1/hosts/${parent.id}`,
    child: `/v1/hosts/${child.id}`,
  };
};

describe('variables over REST', () => {
  it.each(['project', 'cloud', 'region', 'cell', 'child'] as const)(
    'of a %s are set, merged by key as whole values, and removed',
    async (kind) => {
      const path = (await family())[kind];
      const first = await set(path, { a: { deep: [1] }, b: null, 'with . and ü': 'x' });
      expect([first.status, first.body]).toEqual([
        200,
        { variables: { a: { deep: [1] }, b: null, 'with . and ü': 'x' } },
      ]);
      expect((await set(path, { a: { other: true } })).body.variables.a).toEqual({ other: true });
      expect((await set(path, {})).status).toBe(200);
      const removed = await unset(path, ['b', 'with . and ü', 'never there']);
      expect([removed.status, removed.text]).toEqual([204, '']);
      const own = await get(`${path}/variables?resolved-values=false`);
      expect(own).toEqual({ variables: { a: { other: true } } });
      await unset(path, ['a']);
      expect(await get(`${path}/variables?resolved-values=false`)).toEqual({ variables: {} });
    },
  );

  it('come from the nearest of host, ancestors, own cell, region, cloud and project', async () => {
    const paths = await family();
    const order = ['child', 'parent', 'grandparent', 'cell', 'region', 'cloud', 'project'] as const;
    await set(paths.parentCell, { from: 'the cell of the parent', only: 'there' });
    for (const owner of order.toReversed()) {
      await set(paths[owner], { from: owner, [owner]: 1 });
      expect((await get(`${paths.child}/variables`)).variables.from).toBe(owner);
    }
    const everything = { from: 'child', ...Object.fromEntries(order.map((owner) => [owner, 1])) };
    expect((await get(`${paths.child}/variables`)).variables).toEqual(everything);
    expect((await get(paths.child)).variables).toEqual(everything);
    const [listed] = (await get(`/v1/hosts?id=${paths.child.slice(10)}&details=true`)).hosts;
    expect(listed.variables).toEqual(everything);
    for (const owner of order) {
      expect((await get(paths.child)).variables.from).toBe(owner);
      await unset(paths[owner], ['from']);
    }
    expect((await get(paths.child)).variables).not.toHaveProperty('from');
    await unset(project(), ['project']);
  });

  it('are shown one by one, and replaced as a whole', async () => {
    const { region, child } = await family();
    await set(region, { ntp: 'region', dns: 'region' });
    await set(child, { a: 1, b: 2, 'c d': 3 });
    const only = async (query: string) => (await get(`${child}/variables?${query}`)).variables;
    expect(await only('key=ntp')).toEqual({ ntp: 'region' });
    expect(await only('key=a&key=c%20d&key=never')).toEqual({ a: 1, 'c d': 3 });
    expect(Object.keys(await only('key=b&explain=true'))).toEqual(['b']);
    expect((await gateway.root.get(`${child}/variables?key=`)).status).toBe(400);
    const before = (await gateway.events()).length;
    const answer = await gateway.root.put(`${child}/variables?replace=true`, { a: 1, b: 3, d: 4 });
    expect([answer.status, answer.body.variables]).toEqual([200, { a: 1, b: 3, d: 4 }]);
    const events = (await gateway.events()).slice(before);
    expect(events.map(({ type, data }) => [type, data])).toEqual([
      ['VariablesRemoved', { ownerKind: 'host', keys: ['c d'] }],
      ['VariablesSet', { ownerKind: 'host', values: { b: 3, d: 4 } }],
    ]);
    expect(answer.headers['etag']).toBe('"2"');
    expect((await gateway.root.put(`${child}/variables?replace=true`, {})).body.variables).toEqual({});
    expect((await get(`${child}/variables`)).variables).toEqual({ ntp: 'region', dns: 'region' });
  });

  it('are inherited by clouds, regions and cells', async () => {
    const paths = await family();
    await set(project(), { p: 'project', s: 'project' });
    await set(paths.cloud, { c: 'cloud', s: 'cloud' });
    await set(paths.region, { s: 'region' });
    const ofCloud = { p: 'project', c: 'cloud', s: 'cloud' };
    expect(await get(`${paths.cloud}/variables`)).toEqual({ variables: ofCloud });
    expect((await get(paths.cloud)).variables).toEqual(ofCloud);
    const own = await get(`${paths.cloud}?resolved-values=false`);
    expect(own.variables).toEqual({ c: 'cloud', s: 'cloud' });
    const found = async (more: string) =>
      (await get(`/v1/clouds?vars=${encodeURIComponent('p:"project"')}${more}`)).clouds;
    expect((await found('&details=true')).map(({ id }: { id: string }) => id)).toContain(
      paths.cloud.slice(11),
    );
    expect(await found('&resolved-values=false')).toEqual([]);
    const resolved = { p: 'project', c: 'cloud', s: 'region' };
    expect((await get(`${paths.region}/variables`)).variables).toEqual(resolved);
    expect((await get(`${paths.cell}/variables`)).variables).toEqual(resolved);
    await unset(project(), ['p', 's']);
  });

  it('of null shadow what is inherited', async () => {
    const paths = await family();
    await set(paths.region, { ntp: 'region' });
    await set(paths.child, { ntp: null });
    expect((await get(paths.child)).variables).toEqual({ ntp: null });
  });

  it('are explained: owner, event, actor, time, reason, and what they shadow', async () => {
    const paths = await family();
    await set(paths.cloud, { ntp: 'cloud', dns: 'cloud' });
    await set(paths.parent, { ntp: 'parent' });
    await set(paths.child, { ntp: [1] }, { 'x-craton-reason': 'r%C3%A9paration' });
    const { variables } = await get(`${paths.child}/variables?explain=true`);
    const [event] = (await gateway.events()).slice(-1);
    const cloud = { kind: 'cloud', id: paths.cloud.slice(11), name: expect.stringMatching(/^cloud of/) };
    expect(variables.ntp).toEqual({
      value: [1],
      nature: 'plain',
      owner: { kind: 'host', id: paths.child.slice(10), name: 'child' },
      event_id: event?.id,
      actor: 'admin',
      changed_at: event?.recordedAt.toISOString(),
      reason: 'réparation',
      shadows: [
        { owner: { kind: 'host', id: paths.parent.slice(10), name: 'parent' }, value: 'parent' },
        { owner: cloud, value: 'cloud' },
      ],
    });
    expect(variables.dns).toMatchObject({ value: 'cloud', owner: cloud, reason: null, shadows: [] });
    const own = await get(`${paths.child}/variables?explain=true&resolved-values=false`);
    expect(own.variables).toEqual({ ntp: expect.objectContaining({ shadows: [] }) });
  });

  it('are changed on the revision that the change is based on', async () => {
    const { child } = await family();
    const none = (await gateway.root.get(`${child}/variables`)).headers['etag'] ?? '';
    const host = (await gateway.root.get(child)).headers['etag'];
    const first = await set(child, { a: 1 }, { 'if-match': none });
    expect(first.status).toBe(200);
    expect((await set(child, { a: 2 }, { 'if-match': none })).status).toBe(412);
    expect((await unset(child, ['a'], { 'if-match': none })).status).toBe(412);
    const current = (await gateway.root.get(`${child}/variables`)).headers['etag'] ?? '';
    expect(current).toBe(first.headers['etag']);
    expect((await unset(child, ['a'], { 'if-match': current })).status).toBe(204);
    expect((await gateway.root.get(child)).headers['etag']).toBe(host);
  });

  it('are written once under one Idempotency-Key, and not at all when nothing changes', async () => {
    const { child } = await family();
    const key = { 'idempotency-key': 'set-once' };
    const first = await set(child, { a: 1 }, key);
    await set(child, { a: 2, b: 3 });
    const again = await set(child, { a: 1 }, key);
    expect([again.status, again.body]).toEqual([200, first.body]);
    expect((await get(child)).variables).toEqual({ a: 2, b: 3 });
    expect((await set(child, { a: 9 }, key)).status).toBe(422);
    const before = (await gateway.events()).length;
    await set(child, { a: 2 });
    await unset(child, ['nothing']);
    expect(await gateway.events()).toHaveLength(before);
  });

  it('are shown with a host as they are, however often and as of when it was read before', async () => {
    const { region, child } = await family();
    await set(region, { kernel: 1, own: 'region' });
    await set(child, { own: 'host' });
    const first = await gateway.root.get(child);
    const again = await gateway.root.get(child);
    expect([first.body.variables, again.text]).toEqual([{ kernel: 1, own: 'host' }, first.text]);
    await set(region, { kernel: 2 });
    expect((await get(child)).variables).toEqual({ kernel: 2, own: 'host' });
    expect((await get(`${child}?as_of=${first.headers['craton-cursor']}`)).variables.kernel).toBe(1);
    await unset(region, ['kernel']);
    expect((await get(child)).variables).toEqual({ own: 'host' });
    expect((await get(`${child}?resolved-values=false`)).variables).toEqual({ own: 'host' });
  });

  it('are read as they were', async () => {
    const { child, cloud } = await family();
    await set(cloud, { a: 'cloud' });
    const then = (await set(child, { a: 'child' })).headers['craton-cursor'];
    await unset(child, ['a']);
    expect((await get(`${child}/variables?as_of=${then}`)).variables).toEqual({ a: 'child' });
    expect((await get(`${child}/variables`)).variables).toEqual({ a: 'cloud' });
  });

  it('go with their owner', async () => {
    const { child } = await family();
    await set(child, { a: 1 });
    expect((await gateway.root.delete(child)).status).toBe(204);
    expect((await set(child, { a: 2 })).status).toBe(404);
    expect((await gateway.root.get(`${child}/variables`)).status).toBe(404);
  });

  it.each([
    ['PUT', []],
    ['PUT', 'text'],
    ['PUT', null],
    ['PUT', 7],
    ['PUT', { '': 1 }],
    ['PUT', { ['x'.repeat(256)]: 1 }],
    ['PUT', { 'a\nb': 1 }],
    ['DELETE', {}],
    ['DELETE', ['a', 1]],
    ['DELETE', ['']],
    ['DELETE', ['__proto__']],
    ['DELETE', 'a'],
  ] as const)('are not to be had with %s %j', async (method, body) => {
    const { child } = await family();
    const before = (await gateway.events()).length;
    const answer = await gateway.root.ask(method, `${child}/variables`, JSON.stringify(body));
    expect([answer.status, answer.body.errors]).toEqual([400, [{ member: '', message: expect.any(String) }]]);
    expect(await gateway.events()).toHaveLength(before);
  });

  it('keep no odd names, whatever JSON can say', async () => {
    const { child } = await family();
    for (const body of ['{"__proto__": 1}', '{"a": 1e999}', '{"a": "\\ud800"}', '{', '']) {
      expect((await gateway.root.ask('PUT', `${child}/variables`, body)).status).toBe(400);
    }
    expect((await unset(child, undefined)).status).toBe(400);
    const odd = { constructor: 1, toString: 2, hasOwnProperty: 3, length: 4 };
    expect((await set(child, odd)).body.variables).toEqual(odd);
    expect((await get(`${child}/variables`)).variables).toEqual(odd);
    expect(Object.keys((await get(`${child}/variables?explain=true`)).variables)).toHaveLength(4);
    const [listed] = (await get(`/v1/hosts?id=${child.slice(10)}&details=true`)).hosts;
    expect(listed.variables).toEqual(odd);
  });

  it('are described with bodies that are the variables themselves', async () => {
    const { components, paths } = await get('/openapi.json');
    expect(components.schemas.VariableValues).toEqual({
      type: 'object',
      additionalProperties: true,
      maxProperties: 1000,
    });
    expect(components.schemas.VariableKeys).toMatchObject({ type: 'array', maxItems: 1000 });
    const { get: shown } = paths['/v1/hosts/{id}/variables'];
    expect(shown.parameters.map(({ name }: { name?: string }) => name)).toEqual(
      expect.arrayContaining(['resolved-values', 'explain']),
    );
  });
});
