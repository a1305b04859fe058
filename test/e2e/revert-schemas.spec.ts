import { v7 } from 'uuid';
import { type Gateway, startGateway } from '#test/support/gateway.js';
import { made, newRegion } from '#test/support/places.js';
import { ok, outcomes, requestOf, Reverting } from '#test/support/reverting.js';

const text = { type: 'string' };
const number = { type: 'number' };

describe('putting schemas of keys back', () => {
  let gateway: Gateway;
  const on = new Reverting(() => gateway);
  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway.close());

  const own = async (path: string): Promise<Record<string, unknown>> => {
    const { schemas } = await on.show(`${path}/variable-schemas?resolved-values=false`);
    const entries = Object.entries(schemas as Record<string, { schema: unknown }[]>);
    return Object.fromEntries(entries.map(([key, [one]]) => [key, one?.schema]));
  };
  const attach = (path: string, schemas: object) => on.put(`${path}/variable-schemas`, schemas);
  const detach = (path: string, ...keys: string[]) =>
    ok(gateway.root.ask('DELETE', `/v1/${path}/variable-schemas`, keys));
  /** Several requests as one: under the same correlation id. */
  const together = async (...asked: readonly (readonly [string, string, unknown])[]): Promise<string> => {
    const correlationId = v7();
    const headers = { 'x-openstack-request-id': `req-${correlationId}` };
    for (const [method, path, body] of asked)
      await ok(gateway.root.ask(method as 'PUT', `/v1/${path}`, body, headers));
    return correlationId;
  };
  const place = async () => {
    const { regionId } = await newRegion(gateway.root);
    return { regionId, path: `regions/${regionId}` };
  };

  it('detaches what was attached, attaches what was detached, and brings back what was replaced', async () => {
    const { path } = await place();
    const first = await attach(path, { a: text, b: text });
    const second = await attach(path, { b: number, c: number });
    const third = await detach(path, 'a', 'c');
    const before = await on.count();
    const told = await ok(on.revert({ correlation_id: requestOf(third) }));
    expect(told.body.steps).toMatchObject([
      {
        type: 'VariableSchemasDetached',
        kind: 'region',
        name: 'region',
        outcome: 'possible',
        from: { variable_schemas: {} },
        to: { variable_schemas: { a: text, c: number } },
        obstacles: [],
      },
    ]);
    expect([await on.count(), await own(path)]).toEqual([before, { b: number }]);
    for (const [answer, schemas] of [
      [third, { a: text, b: number, c: number }],
      [second, { a: text, b: text }],
      [first, {}],
    ] as const) {
      await ok(on.revert({ correlation_id: requestOf(answer), dry_run: false, reason: 'a mistake' }));
      expect(await own(path)).toEqual(schemas);
      expect(outcomes(await ok(on.revert({ correlation_id: requestOf(answer) })))[0]).toMatch(
        /nothing-to-do/,
      );
    }
    expect(await on.last(path)).toMatchObject({ type: 'VariableSchemasDetached', reason: 'a mistake' });
  });

  it('tells in a history what schemas were and became', async () => {
    const { path } = await place();
    await attach(path, { a: text });
    await attach(path, { a: number, b: text });
    await detach(path, 'a');
    const { history } = await on.show(`${path}/history`);
    expect(history.slice(-3)).toMatchObject([
      { before: { variable_schemas: {} }, after: { variable_schemas: { a: text } } },
      { before: { variable_schemas: { a: text } }, after: { variable_schemas: { a: number, b: text } } },
      { before: { variable_schemas: { a: number } }, after: { variable_schemas: {} } },
    ]);
  });

  it('is in the way of nobody: what others attached since is named, with who did', async () => {
    const { path } = await place();
    const attached = await attach(path, { a: text, b: text });
    await attach(path, { a: number });
    const { event_id } = await on.last(path);
    const told = await ok(on.revert({ correlation_id: requestOf(attached) }));
    expect(told.body.steps[0].obstacles).toEqual([
      {
        code: 'illegal-state',
        message: 'the schema of a was changed again since',
        event_id,
        type: 'VariableSchemasAttached',
        actor: 'admin',
      },
    ]);
    const before = await on.count();
    expect((await on.revert({ correlation_id: requestOf(attached), dry_run: false })).status).toBe(409);
    expect([await on.count(), await own(path)]).toEqual([before, { a: number, b: text }]);
  });

  it('holds a value that is put back with a schema to that schema, not to the one that goes', async () => {
    const { regionId, path } = await place();
    const host = `hosts/${await on.host(regionId, 'a', { variables: { size: 'small' } })}`;
    await attach(path, { size: text });
    const correlation_id = await together(
      ['PUT', `${path}/variable-schemas`, { size: number }],
      ['PUT', `${host}/variables`, { size: 1 }],
      ['PUT', `${host}/variables`, { size: 2 }],
    );
    const values = await on.last(host);
    const alone = await ok(on.revert({ event_id: values.event_id }));
    expect(outcomes(alone)).toEqual(['VariablesSet: possible']);
    const done = await ok(on.revert({ correlation_id, dry_run: false }));
    expect(outcomes(done)).toEqual([
      'VariablesSet: done',
      'VariablesSet: done',
      'VariableSchemasAttached: done',
    ]);
    expect([await own(path), (await on.show(`${host}/variables`)).variables]).toEqual([
      { size: text },
      { size: 'small' },
    ]);
  });

  it('refuses a value that does not fit the schema that comes back with it', async () => {
    const { regionId, path } = await place();
    const host = `hosts/${await on.host(regionId, 'a', { variables: { size: 'small' } })}`;
    await attach(path, { size: number });
    const correlation_id = await together(
      ['PUT', `${host}/variables`, { size: 1 }],
      ['DELETE', `${path}/variable-schemas`, ['size']],
    );
    const told = await ok(on.revert({ correlation_id }));
    expect(outcomes(told)).toEqual(['VariableSchemasDetached: possible', 'VariablesSet: refused']);
    expect(told.body.steps[1].obstacles[0]).toMatchObject({
      code: 'validation-failed',
      message: '"size" does not fit its schema',
    });
    const before = await on.count();
    expect((await on.revert({ correlation_id, dry_run: false })).status).toBe(409);
    expect(await on.count()).toBe(before);
    // Without the schema the value may be what it was.
    const { history } = await on.show(`${host}/history`);
    await ok(on.revert({ event_id: history.at(-1).event_id, dry_run: false }));
    expect((await on.show(`${host}/variables`)).variables).toEqual({ size: 'small' });
  });

  it('brings them back with whom they belonged to, beside values that are older than they are', async () => {
    const { regionId } = await place();
    const cell = await on.create('cells', { name: 'cell', region_id: regionId });
    const id = await on.host(regionId, 'a', { cell_id: cell, variables: { size: 'small' } });
    await attach(`hosts/${id}`, { size: number, other: text });
    await attach(`cells/${cell}`, { size: { type: 'boolean' } });
    const removed = await on.remove(`cells/${cell}?cascade=true`);
    const correlation_id = requestOf(removed);
    expect(outcomes(await ok(on.revert({ correlation_id, dry_run: false })))).toEqual([
      'CellRemoved: done',
      'DeviceRemoved: done',
    ]);
    expect(await own(`hosts/${id}`)).toEqual({ size: number, other: text });
    expect(await own(`cells/${cell}`)).toEqual({ size: { type: 'boolean' } });
    expect((await on.show(`hosts/${id}/variables`)).variables).toEqual({ size: 'small' });
    // They are those of somebody who is there: the same again is no change, and they hold.
    const before = await on.count();
    await attach(`hosts/${id}`, { size: number, other: text });
    expect(await on.count()).toBe(before);
    expect((await gateway.root.put(`/v1/hosts/${id}/variables`, { other: 1 })).status).toBe(400);
  });

  it('takes them away with what was made, unless others attached them since', async () => {
    const { regionId } = await place();
    const cell = await on.create('cells', { name: 'cell', region_id: regionId });
    const { event_id } = await on.last(`cells/${cell}`);
    const attached = await attach(`cells/${cell}`, { a: text });
    const held = await ok(on.revert({ event_id }));
    expect(held.body.steps[0].obstacles[0].message).toBe(
      'the schema of a would go with it, and was not set by what is put back',
    );
    await ok(on.revert({ correlation_id: requestOf(attached), dry_run: false }));
    await ok(on.revert({ event_id, dry_run: false }));
    expect((await gateway.root.get(`/v1/cells/${cell}`)).status).toBe(404);
    expect(outcomes(await ok(on.revert({ correlation_id: requestOf(attached) })))).toEqual([
      'VariableSchemasAttached: refused',
    ]);
  });

  it('needs what attaching needs, also of what comes back', async () => {
    const { regionId, path } = await place();
    const host = await on.host(regionId, 'a');
    const attached = await attach(path, { a: text });
    await attach(`hosts/${host}`, { a: text });
    const removed = await on.remove(`hosts/${host}`);
    const body = { username: v7(), roles: ['operator'] };
    const operator = gateway.as((await made(gateway.root.post('/v1/users', body))).body.api_key);
    const message = 'it needs the permission schemas:write';
    for (const answer of [attached, removed]) {
      const correlation_id = requestOf(answer);
      const told = await ok(on.revert({ correlation_id }, operator));
      expect(told.body.steps[0].obstacles).toMatchObject([{ code: 'forbidden', message }]);
      expect((await on.revert({ correlation_id, dry_run: false }, operator)).status).toBe(403);
    }
    const limits = { username: v7(), roles: ['admin'], variable_prefixes: ['net.'] };
    const limited = gateway.as((await made(gateway.root.post('/v1/users', limits))).body.api_key);
    const correlation_id = requestOf(attached);
    expect((await on.revert({ correlation_id, dry_run: false }, limited)).status).toBe(403);
    expect(await own(path)).toEqual({ a: text });
  });

  it('leaves what is retired as it is', async () => {
    const { regionId } = await place();
    const host = `hosts/${await on.host(regionId, 'a')}`;
    const attached = await attach(host, { a: text });
    await ok(gateway.root.post(`/v1/${host}/retire`, undefined));
    const told = await ok(on.revert({ correlation_id: requestOf(attached) }));
    expect(told.body.steps[0].obstacles).toMatchObject([{ message: 'a is retired' }]);
  });
});
