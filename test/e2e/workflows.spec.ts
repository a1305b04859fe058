import { EngineModule } from '#apps/engine/src/engine.module.js';
import { type Gateway, startGateway } from '#test/support/gateway.js';
import { hardware, made, newRegion, stranger } from '#test/support/places.js';
import { until } from '#test/support/until.js';

const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/);
const instant = expect.stringMatching(/^\d{4}-.*Z$/);
const builtIn = '0199a000-0000-7000-8000-000000000001';
const rest = { name: 'rest', plugin: 'pause', input: { seconds: 0.01 } };

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway({ modules: [EngineModule] });
});
afterAll(() => gateway.close());

const define = (name: string, more: object = {}) =>
  made(gateway.root.post('/v1/workflows', { name, steps: [rest], ...more }));

describe('a workflow over REST', () => {
  it('is defined with what the body leaves out, and can be read', async () => {
    const { body, headers } = await define('complete', { description: 'naps' });
    expect(body).toEqual({
      id: uuid,
      project_id: gateway.credentials?.project_id,
      name: 'complete',
      description: 'naps',
      steps: [{ ...rest, deadline_seconds: 600, attempts: 1, backoff_seconds: 5 }],
      input_schema: {},
      built_in: false,
      retired: false,
      created_at: instant,
      updated_at: null,
    });
    expect(headers['location']).toBe(`http://localhost:80/v1/workflows/${body.id}`);
    expect((await gateway.root.get(`/v1/workflows/${body.id}`)).body).toEqual(body);
  });

  it('keeps every part of its steps', async () => {
    const action = {
      plugin: 'pause',
      input: { seconds: 1 },
      deadline_seconds: 5,
      attempts: 2,
      backoff_seconds: 0.5,
    };
    const steps = [
      { name: 'one', ...action },
      {
        name: 'two',
        ...action,
        plugin: { $: '/input/plugin' },
        each: { $: '/steps/one/output' },
        parallel: 3,
        otherwise: action,
        compensation: action,
      },
    ];
    expect((await define('whole', { steps })).body.steps).toEqual(steps);
  });

  it('has a name of its own in its project, which is free again when it is retired', async () => {
    const { body } = await define('unique');
    const again = await gateway.root.post('/v1/workflows', { name: 'unique', steps: [rest] });
    expect(again.status).toBe(409);
    expect((await gateway.root.delete(`/v1/workflows/${body.id}`)).status).toBe(204);
    expect((await gateway.root.get(`/v1/workflows/${body.id}`)).body.retired).toBe(true);
    expect((await define('unique')).body.retired).toBe(false);
    const other = await stranger(gateway);
    await made(other.post('/v1/workflows', { name: 'unique', steps: [rest] }));
  });

  it('is revised in what a PUT names, and only that', async () => {
    const { body, headers } = await define('revised', { description: 'kept' });
    const path = `/v1/workflows/${body.id}`;
    const steps = [{ ...body.steps[0], attempts: 3 }];
    const answer = await gateway.root.put(path, { steps });
    expect(answer.body).toEqual({ ...body, steps, updated_at: instant });
    const stale = { 'if-match': headers['etag'] ?? '' };
    expect((await gateway.root.put(path, { description: 'x' }, stale)).status).toBe(412);
    await gateway.root.delete(path);
    expect((await gateway.root.put(path, { description: 'x' })).status).toBe(409);
  });

  it.each([
    ['no steps', { steps: [] }, 'steps'],
    ['a step without a plugin', { steps: [{ name: 'a' }] }, 'steps.0.plugin'],
    ['a step with a bad name', { steps: [{ ...rest, name: 'Not This' }] }, 'steps.0.name'],
    ['a second step of one name', { steps: [rest, rest] }, 'steps.1.name'],
    ['an endless step', { steps: [{ ...rest, deadline_seconds: 1e9 }] }, 'steps.0.deadline_seconds'],
    ['a pointer to nowhere', { steps: [{ ...rest, input: { a: { $: '/x' } } }] }, 'steps.0.input'],
    ['an unknown member', { steps: [{ ...rest, sudo: true }] }, 'steps.0.sudo'],
    ['a bad fallback', { steps: [{ ...rest, otherwise: { plugin: 7 } }] }, 'steps.0.otherwise.plugin'],
    ['a schema that is none', { input_schema: { type: 'nonsense' } }, 'input_schema'],
    [
      'a schema with a pattern',
      { input_schema: { properties: { a: { pattern: '(a+)+' } } } },
      'input_schema.properties.a.pattern',
    ],
    ['a schema that leads to itself', { input_schema: { not: { $ref: '#' } } }, 'input_schema.not.$ref'],
  ])('is refused with %s', async (_, wrong, member) => {
    const answer = await gateway.root.post('/v1/workflows', { name: 'wrong', steps: [rest], ...wrong });
    expect([answer.status, answer.body.errors?.[0].member]).toEqual([400, member]);
  });

  it('that comes with Craton is listed, can be run, and cannot be changed', async () => {
    const { body } = await gateway.root.get(`/v1/workflows/${builtIn}`);
    expect(body).toMatchObject({ name: 'host-maintenance', project_id: null, built_in: true });
    const named = await gateway.root.get('/v1/workflows?name=host-maintenance');
    expect(named.body.workflows).toEqual([body]);
    expect((await gateway.root.put(`/v1/workflows/${builtIn}`, { description: 'x' })).status).toBe(409);
    expect((await gateway.root.delete(`/v1/workflows/${builtIn}`)).status).toBe(409);
    const taken = await gateway.root.post('/v1/workflows', { name: 'host-maintenance', steps: [rest] });
    expect(taken.status).toBe(409);
  });

  it('is listed in pages, each once, those that come with Craton among them', async () => {
    for (const name of ['p-one', 'p-two', 'p-three']) await define(name);
    const all = (await gateway.root.get('/v1/workflows?limit=1000')).body.workflows;
    const seen: object[] = [];
    let next: string | undefined = '/v1/workflows?limit=2';
    while (next !== undefined) {
      const { body } = await gateway.root.get(next.replace('http://localhost:80', ''));
      expect(body.workflows.length).toBeLessThanOrEqual(2);
      seen.push(...body.workflows);
      next = (body.links as { rel: string; href: string }[]).find(({ rel }) => rel === 'next')?.href;
    }
    expect(seen).toEqual(all);
    expect(seen).toContainEqual(expect.objectContaining({ id: builtIn }));
    expect(seen).not.toContainEqual(expect.objectContaining({ retired: true }));
    const retired = (await gateway.root.get('/v1/workflows?retired=true')).body.workflows;
    expect(retired).not.toContainEqual(expect.objectContaining({ retired: false }));
  });

  it('is not seen by other projects, and changed by admins only', async () => {
    const { body } = await define('private');
    const other = await stranger(gateway);
    expect((await other.get(`/v1/workflows/${body.id}`)).status).toBe(404);
    expect((await other.post('/v1/runs', { workflow: body.id })).status).toBe(404);
    expect((await other.post('/v1/runs', { workflow: 'private' })).status).toBe(404);
    const { body: user } = await gateway.root.post('/v1/users', { username: 'olga', roles: ['operator'] });
    const operator = gateway.as(user.api_key);
    expect((await operator.put(`/v1/workflows/${body.id}`, { description: 'x' })).status).toBe(403);
    expect((await operator.post('/v1/runs', { workflow: 'private' })).status).toBe(201);
  });
});

describe('a run over REST', () => {
  const over = async (id: string) => {
    const read = async () => (await gateway.root.get(`/v1/runs/${id}`)).body;
    const isOver = async () => !['running', 'turning_back'].includes((await read()).status);
    await until(isOver, 30_000, () => 'the run is not over');
    return read();
  };

  it('is about nothing, or about a host', async () => {
    const { body: workflow } = await define('about');
    const { body: alone } = await made(gateway.root.post('/v1/runs', { workflow: 'about' }));
    expect(await over(alone.id)).toMatchObject({
      workflow_id: workflow.id,
      host_id: null,
      window_id: null,
      input: {},
      status: 'succeeded',
      started_at: instant,
      finished_at: instant,
    });
    const { regionId } = await newRegion(gateway.root);
    const host = await made(gateway.root.post('/v1/hosts', { name: 'h', region_id: regionId, ...hardware }));
    const wanted = { workflow: workflow.id, host_id: host.body.id };
    const { body: about } = await made(gateway.root.post('/v1/runs', wanted));
    expect(await over(about.id)).toMatchObject({
      host_id: host.body.id,
      host_name: 'h',
      status: 'succeeded',
    });
    const listed = async (query: string) =>
      (await gateway.root.get(`/v1/runs?${query}`)).body.runs.map(({ id }: { id: string }) => id);
    expect(await listed('workflow=about')).toEqual([alone.id, about.id]);
    expect(await listed(`workflow=${workflow.id}&status=succeeded`)).toEqual([alone.id, about.id]);
    expect(await listed(`host_id=${host.body.id}`)).toEqual([about.id]);
    expect(await listed('workflow=about&status=turning_back')).toEqual([]);
  });

  it('keeps the steps it began with, and its input by the schema', async () => {
    const schema = { type: 'object', properties: { seconds: { type: 'number', default: 0.01 } } };
    const steps = [{ ...rest, input: { seconds: { $: '/input/seconds' } } }];
    const { body: workflow } = await define('schooled', { steps, input_schema: schema });
    const refused = await gateway.root.post('/v1/runs', { workflow: 'schooled', input: { seconds: 'long' } });
    expect([refused.status, refused.body.errors[0].member]).toEqual([400, 'input.seconds']);
    const { body } = await made(gateway.root.post('/v1/runs', { workflow: 'schooled' }));
    await gateway.root.put(`/v1/workflows/${workflow.id}`, { steps: [{ ...rest, name: 'other' }] });
    const ended = await over(body.id);
    expect(ended).toMatchObject({ status: 'succeeded', input: { seconds: 0.01 } });
    expect(ended.steps.map(({ step }: { step: string }) => step)).toEqual(['rest']);
  });

  it('fails with its reason, shows every attempt, and is not cancelled afterwards', async () => {
    const steps = [{ name: 'never', plugin: 'no.such-plugin', attempts: 2, backoff_seconds: 0 }];
    await define('doomed', { steps });
    const { body } = await made(gateway.root.post('/v1/runs', { workflow: 'doomed' }));
    const ended = await over(body.id);
    expect(ended).toMatchObject({ status: 'failed', reason: expect.stringContaining('no.such-plugin') });
    expect(ended.steps[0]).toMatchObject({ step: 'never', status: 'failed', reason: expect.any(String) });
    expect((await gateway.root.post(`/v1/runs/${body.id}/cancel`, undefined)).status).toBe(409);
  });

  it('ends when its time is over', async () => {
    await define('slow', { steps: [{ ...rest, input: { seconds: 60 } }] });
    const wanted = { workflow: 'slow', ttl_seconds: 1 };
    const { body } = await made(gateway.root.post('/v1/runs', wanted));
    expect(Date.parse(body.deadline) - Date.parse(body.started_at)).toBe(1000);
    expect(await over(body.id)).toMatchObject({ status: expect.stringMatching(/^(expired|failed)$/) });
  });

  it('is started once under one Idempotency-Key', async () => {
    await define('once');
    const key = { 'idempotency-key': 'one-run' };
    const first = await gateway.root.post('/v1/runs', { workflow: 'once' }, key);
    await over(first.body.id);
    const again = await gateway.root.post('/v1/runs', { workflow: 'once' }, key);
    expect([again.status, again.body]).toEqual([201, first.body]);
    expect((await gateway.root.get('/v1/runs?workflow=once')).body.runs).toHaveLength(1);
    expect((await gateway.root.post('/v1/runs', { workflow: 'private' }, key)).status).toBe(422);
  });

  it('is refused of a workflow that is not there, or is retired', async () => {
    const { body } = await define('retired');
    await gateway.root.delete(`/v1/workflows/${body.id}`);
    expect((await gateway.root.post('/v1/runs', { workflow: 'retired' })).status).toBe(409);
    const unknown = await gateway.root.post('/v1/runs', { workflow: 'unheard of' });
    expect([unknown.status, unknown.body.errors[0].member]).toEqual([404, 'workflow']);
    expect((await gateway.root.get(`/v1/runs/${body.id}`)).status).toBe(404);
  });
});
