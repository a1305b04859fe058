import type { Answer } from '#test/support/gateway.js';
import { type Gateway, startGateway } from '#test/support/gateway.js';
import { hardware, made, newRegion, stranger } from '#test/support/places.js';

interface Difference {
  readonly kind: string;
  readonly id: string;
  readonly name: string;
  readonly change: string;
  readonly before: Record<string, unknown> | null;
  readonly after: Record<string, unknown> | null;
}

describe('the difference between two moments', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway.close());

  const now = async () => (await gateway.root.get('/v1/clouds?limit=1')).headers['craton-cursor'] as string;
  const create = async (collection: string, body: object): Promise<string> =>
    (await made(gateway.root.post(`/v1/${collection}`, body))).body.id;
  const put = async (path: string, body: object) =>
    expect((await gateway.root.put(`/v1/${path}`, body)).status).toBe(200);
  const remove = async (path: string) => expect((await gateway.root.delete(`/v1/${path}`)).status).toBe(204);
  const diff = async (query: Record<string, string>): Promise<Difference[]> => {
    const answer = await gateway.root.get(`/v1/diff?${new URLSearchParams(query).toString()}`);
    expect([answer.status, answer.text]).toEqual([200, answer.text]);
    return answer.body.diff;
  };
  const short = ({ kind, name, change }: Difference) => `${change} ${kind} ${name}`;

  /** A region to which all sorts of things happen after the first moment. */
  const lived = async () => {
    const { cloudId, regionId } = await newRegion(gateway.root);
    const inRegion = { region_id: regionId, ...hardware };
    const cell = await create('cells', { name: 'cell', region_id: regionId });
    const kept = await create('hosts', {
      name: 'kept',
      ...inRegion,
      variables: { a: 1, b: 2 },
      labels: ['x', 'y'],
    });
    const gone = await create('hosts', { name: 'gone', ...inRegion, variables: { c: 3 }, labels: ['z'] });
    await create('hosts', { name: 'untouched', ...inRegion });
    const from = await now();
    await put(`hosts/${kept}`, { name: 'kept too', cell_id: cell, active: false });
    await put(`hosts/${kept}`, { active: true });
    await put(`hosts/${kept}/variables`, { a: 5, d: [1] });
    await gateway.root.ask('DELETE', `/v1/hosts/${kept}/variables`, ['b']);
    await put(`hosts/${kept}/labels?replace=true`, { labels: ['y', 'w'] });
    await remove(`hosts/${gone}`);
    const fresh = await create('containers', {
      name: 'fresh',
      ...inRegion,
      parent_id: kept,
      variables: { e: null },
    });
    const passing = await create('hosts', { name: 'passing', ...inRegion });
    const port = await create('network-interfaces', {
      name: 'eth0',
      device_id: fresh,
      interface_type: 'ethernet',
      ip_address: '10.0.0.1',
    });
    const to = await now();
    await remove(`hosts/${passing}`);
    await put(`regions/${regionId}`, { note: 'n' });
    await put(`regions/${regionId}/variables`, { r: 1 });
    const end = await now();
    return { cloudId, regionId, cell, kept, gone, fresh, passing, port, from, to, end };
  };

  it('is what was created, removed and changed, with labels and own variables', async () => {
    const { regionId, cell, kept, gone, fresh, from, to } = await lived();
    const found = await diff({ from, to, region_id: regionId });
    expect(found.map(short)).toEqual([
      'changed host kept too',
      'removed host gone',
      'created container fresh',
      'created host passing',
      'created network-interface eth0',
    ]);
    expect(found[0]).toEqual({
      kind: 'host',
      id: kept,
      name: 'kept too',
      change: 'changed',
      before: { name: 'kept', cell_id: null, labels: ['x', 'y'], variables: { a: 1, b: 2 } },
      after: { name: 'kept too', cell_id: cell, labels: ['w', 'y'], variables: { a: 5, d: [1] } },
      cursor: expect.any(String),
      correlation_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(found[1]).toMatchObject({
      id: gone,
      before: { name: 'gone', labels: ['z'], variables: { c: 3 } },
      after: null,
    });
    expect(found[2]).toMatchObject({
      id: fresh,
      before: null,
      after: { parent_id: kept, variables: { e: null } },
    });
  });

  it('tells of schemas attached, replaced and detached, and of those of what came', async () => {
    const { regionId } = await newRegion(gateway.root);
    const inRegion = { region_id: regionId, ...hardware };
    const kept = await create('hosts', { name: 'kept', ...inRegion, variables: { a: 1 } });
    const path = `regions/${regionId}/variable-schemas`;
    const [one, other] = [{ type: 'string' }, { type: 'number' }];
    await put(path, { replaced: one, gone: one, same: one });
    const from = await now();
    await put(path, { replaced: other, fresh: other });
    await gateway.root.ask('DELETE', `/v1/${path}`, ['gone']);
    const cell = await create('cells', { name: 'cell', region_id: regionId });
    await put(`cells/${cell}/variable-schemas`, { own: one });
    await put(`hosts/${kept}/variable-schemas`, { passing: one });
    await gateway.root.ask('DELETE', `/v1/hosts/${kept}/variable-schemas`, ['passing']);
    const found = await diff({ from, region_id: regionId });
    expect(found).toMatchObject([
      {
        kind: 'region',
        change: 'changed',
        before: { variable_schemas: { replaced: one, gone: one } },
        after: { variable_schemas: { replaced: other, fresh: other } },
      },
      { kind: 'cell', change: 'created', after: { variable_schemas: { own: one }, variables: {} } },
    ]);
    expect(found[0]!.after).not.toHaveProperty(['variable_schemas', 'same']);
    const begun = await diff({ to: from, region_id: regionId });
    expect(begun.find(({ id }) => id === kept)?.after).not.toHaveProperty(['variable_schemas']);
    const pages = [];
    for (let next = `/v1/diff?from=${from}&region_id=${regionId}&limit=1`; next !== '';) {
      const { body } = await gateway.root.get(next);
      pages.push(...body.diff);
      const links = body.links as { rel: string; href: string }[];
      next = links.find(({ rel }) => rel === 'next')?.href.replace('http://localhost:80', '') ?? '';
    }
    expect(pages.map(({ id }) => id)).toEqual([regionId, cell]);
  });

  it('is none where everything is again as it was, in whatever order it came back', async () => {
    const { regionId } = await newRegion(gateway.root);
    const path = `regions/${regionId}`;
    const [schemas, variables] = [
      { a: {}, b: {} },
      { a: 1, b: 2 },
    ];
    await put(`${path}/variable-schemas`, schemas);
    await put(`${path}/variables`, variables);
    const from = await now();
    for (const kind of ['variables', 'variable-schemas'])
      await gateway.root.ask('DELETE', `/v1/${path}/${kind}`, ['a']);
    expect(await diff({ from, region_id: regionId })).toHaveLength(1);
    await put(`${path}/variable-schemas`, schemas);
    await put(`${path}/variables`, variables);
    expect(await diff({ from, region_id: regionId })).toEqual([]);
  });

  it('leaves out what came and went between, and goes on to now', async () => {
    const { regionId, from, to, end } = await lived();
    const all = await diff({ from, region_id: regionId });
    expect(all.map(short)).toEqual([
      'changed host kept too',
      'removed host gone',
      'created container fresh',
      'created network-interface eth0',
      'changed region region',
    ]);
    expect(await diff({ from, to: end, region_id: regionId })).toEqual(all);
    expect((await diff({ from: to, to: end, region_id: regionId })).map(short)).toEqual([
      'removed host passing',
      'changed region region',
    ]);
    expect(await diff({ from: end, region_id: regionId })).toEqual([]);
    expect(await diff({ from, to: from, region_id: regionId })).toEqual([]);
  });

  it('is asked of a project, a cloud, a cell or a device with all that is under it', async () => {
    const { cloudId, cell, kept, fresh, from, to } = await lived();
    const projectId = (await gateway.root.get('/v1/projects')).body.projects[0].id;
    const [all, inCloud] = [await diff({ from, to }), await diff({ from, to, cloud_id: cloudId })];
    expect(all).toHaveLength(5);
    expect(inCloud).toEqual(all);
    expect(await diff({ from, to, project_id: projectId })).toEqual(all);
    expect((await diff({ from, to, cell_id: cell })).map(short)).toEqual(['changed host kept too']);
    expect((await diff({ from, to, device_id: kept })).map(short)).toEqual([
      'changed host kept too',
      'created container fresh',
      'created network-interface eth0',
    ]);
    expect((await diff({ from, to, device_id: fresh })).map(short)).toEqual([
      'created container fresh',
      'created network-interface eth0',
    ]);
  });

  it('comes in pages, each thing on one of them, though more happens meanwhile', async () => {
    const { regionId, kept, from } = await lived();
    const whole = await diff({ from, region_id: regionId });
    for (const limit of ['1', '2', '4']) {
      const rows: Difference[] = [];
      let next: string | undefined = `/v1/diff?from=${from}&region_id=${regionId}&limit=${limit}`;
      while (next !== undefined) {
        const answer: Answer = await gateway.root.get(next);
        rows.push(...answer.body.diff);
        const links = answer.body.links as { rel: string; href: string }[];
        next = links.find(({ rel }) => rel === 'next')?.href.replace('http://localhost:80', '');
        await put(`hosts/${kept}/variables`, { meanwhile: rows.length });
      }
      const without = (row: Difference) => ({ ...row, cursor: '', after: { ...row.after, variables: {} } });
      expect(rows.map(short)).toEqual(whole.map(short));
      expect(rows.slice(1).map(without)).toEqual(whole.slice(1).map(without));
    }
  });

  it('takes times, and a moment before everything', async () => {
    const { regionId, kept } = await lived();
    const found = await diff({ from: '2000-01-01T00:00:00Z', region_id: regionId });
    expect(found.filter(({ change }) => change !== 'created')).toEqual([]);
    expect(found.map(({ id }) => id)).toContain(kept);
    expect(await diff({ region_id: regionId })).toEqual(found);
    const { from: early, to: late } = await lived();
    const later = new Date(Date.now() + 60_000).toISOString();
    for (const [query, member] of [
      [`from=${later}`, 'from'],
      [`from=2000-01-01T00:00:00Z&to=${later}`, 'to'],
      ['from=yesterday!', 'from'],
      [`from=${await now()}&to=2000-01-01T00:00:00Z`, 'from'],
      [`from=2000-01-01T00:00:00Z&region_id=${regionId}&device_id=${kept}`, 'device_id'],
      ['from=2000-01-01T00:00:00Z&region_id=x', 'region_id'],
      ['from=2000-01-01T00:00:00Z&limit=0', 'limit'],
      ['marker=zz', 'marker'],
      ['marker=-5', 'marker'],
      [`marker=${kept}`, 'marker'],
      [`region_id=${regionId}&marker=${kept}`, 'marker'],
      [`device_id=${kept}&marker=${regionId}`, 'marker'],
      [`from=${late}&marker=${early}`, 'marker'],
      [`to=${early}&marker=${late}`, 'marker'],
    ] as const) {
      const { status, body } = await gateway.root.get(`/v1/diff?${query}`);
      expect([query, status, body.errors?.[0].member]).toEqual([query, 400, member]);
    }
  });

  it('shows nobody what belongs to others', async () => {
    const { regionId, cloudId, gone, from } = await lived();
    const somebody = await stranger(gateway);
    for (const query of [`region_id=${regionId}`, `cloud_id=${cloudId}`, `device_id=${gone}`]) {
      expect((await somebody.get(`/v1/diff?from=${from}&${query}`)).status).toBe(404);
      expect((await gateway.root.get(`/v1/diff?from=${from}&${query}`)).status).toBe(200);
    }
    const { body } = await somebody.get(`/v1/diff?from=${from}`);
    expect(body.diff.map(({ kind }: Difference) => kind)).toEqual(['project']);
  });
});
