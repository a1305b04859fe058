import { type Answer, type Gateway, startGateway } from '#test/support/gateway.js';
import { hardware, made, newRegion, stranger } from '#test/support/places.js';
import { ok, outcomes, requestOf, Reverting } from '#test/support/reverting.js';
import { inHours } from '#test/support/slice.js';

describe('putting back, where something is in the way,', () => {
  let gateway: Gateway;
  const on = new Reverting(() => gateway);
  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway.close());

  it('names what was changed again since, by whom, and does nothing of the rest either', async () => {
    const { regionId } = await newRegion(gateway.root);
    const id = await on.host(regionId, 'a', { variables: { a: 1 } });
    const both = await on.put(`hosts/${id}`, { name: 'b', note: 'n' });
    await on.put(`hosts/${id}`, { name: 'c' });
    const { event_id } = await on.last(`hosts/${id}`);
    const correlation_id = requestOf(both);
    const told = await ok(on.revert({ correlation_id }));
    expect(outcomes(told)).toEqual(['DeviceNoteChanged: possible', 'DeviceRenamed: refused']);
    expect(told.body.steps[1].obstacles).toEqual([
      {
        code: 'illegal-state',
        message: 'name was changed again since',
        event_id,
        type: 'DeviceRenamed',
        actor: 'admin',
      },
    ]);
    const before = await on.count();
    const refused = await on.revert({ correlation_id, dry_run: false });
    expect([refused.status, refused.body.detail]).toEqual([
      409,
      '1 of 2 changes cannot be put back: name was changed again since',
    ]);
    expect(refused.body.errors).toEqual([
      { member: expect.any(String), message: 'name was changed again since' },
    ]);
    const set = await on.put(`hosts/${id}/variables`, { a: 2 });
    await on.put(`hosts/${id}/variables`, { a: 3 });
    const variables = await ok(on.revert({ correlation_id: requestOf(set) }));
    expect(variables.body.steps[0].obstacles[0]).toMatchObject({
      message: 'variable a was changed again since',
      type: 'VariablesSet',
    });
    expect(await on.count()).toBe(before + 2);
  });

  it('has nothing to do where somebody has put it back by hand, or it was put back before', async () => {
    const { regionId } = await newRegion(gateway.root);
    const id = await on.host(regionId, 'a');
    const changed = await on.put(`hosts/${id}`, { name: 'b', active: false });
    await on.put(`hosts/${id}`, { name: 'a' });
    const correlation_id = requestOf(changed);
    expect(outcomes(await ok(on.revert({ correlation_id })))).toEqual([
      'DeviceDeactivated: possible',
      'DeviceRenamed: nothing-to-do',
    ]);
    await ok(on.revert({ correlation_id, dry_run: false }));
    const before = await on.count();
    const nothing = ['DeviceDeactivated: nothing-to-do', 'DeviceRenamed: nothing-to-do'];
    expect(outcomes(await ok(on.revert({ correlation_id, dry_run: false })))).toEqual(nothing);
    expect(await on.count()).toBe(before);
  });

  it('says that there was nothing to do where nothing was done', async () => {
    const { regionId } = await newRegion(gateway.root);
    const id = await on.host(regionId, 'a', { note: 'old' });
    const registered = await on.last(`hosts/${id}`);
    const [noted, set] = [
      await on.put(`hosts/${id}`, { note: 'new' }),
      await on.put(`hosts/${id}/variables`, { a: 1 }),
    ];
    await on.put(`hosts/${id}`, { note: 'old' });
    await ok(gateway.root.ask('DELETE', `/v1/hosts/${id}/variables`, ['a']));
    const undone = async (body: object, expected: string) => {
      const before = await on.count();
      for (const dry_run of [true, false])
        expect(outcomes(await ok(on.revert({ ...body, dry_run })))).toEqual([expected]);
      expect(await on.count()).toBe(before);
    };
    await undone({ correlation_id: requestOf(noted) }, 'DeviceNoteChanged: nothing-to-do');
    await undone({ correlation_id: requestOf(set) }, 'VariablesSet: nothing-to-do');
    await on.remove(`hosts/${id}`);
    await undone({ event_id: registered.event_id }, 'DeviceRegistered: nothing-to-do');
  });

  it('breaks no rule: names, parents, windows, things in use', async () => {
    const { regionId } = await newRegion(gateway.root);
    const refusal = async (body: object) =>
      (await ok(on.revert(body))).body.steps.at(-1).obstacles[0]?.message;
    const renamed = await on.host(regionId, 'a');
    const change = await on.put(`hosts/${renamed}`, { name: 'b' });
    await on.host(regionId, 'a');
    expect(await refusal({ correlation_id: requestOf(change) })).toBe('a device named a already exists');

    const parent = await on.host(regionId, 'parent');
    const child = await on.host(regionId, 'child', { parent_id: parent });
    const gone = await on.remove(`hosts/${child}`);
    await on.remove(`hosts/${parent}`);
    expect(await refusal({ correlation_id: requestOf(gone) })).toMatch(/there is no device/);

    const used = await on.host(regionId, 'used');
    const { event_id } = await on.last(`hosts/${used}`);
    await on.host(regionId, 'on it', { parent_id: used });
    expect(await refusal({ event_id })).toMatch(/still hangs on host used: host on it/);
    await on.put(`hosts/${used}/variables`, { since: 1 });
    const held = (await ok(on.revert({ event_id }))).body.steps[0].obstacles;
    expect(held[0].message).toMatch(/since would go with it/);

    const claimed = await on.host(regionId, 'claimed');
    const { event_id: registered } = await on.last(`hosts/${claimed}`);
    await on.create('maintenance-windows', { host_id: claimed, ends_at: inHours(1) });
    expect(await refusal({ event_id: registered })).toMatch(/window_id was changed again since/);
  });

  it('leaves what is not of the inventory, and says so', async () => {
    const { regionId, cloudId } = await newRegion(gateway.root);
    const id = await on.host(regionId, 'a');
    const times = { starts_at: inHours(1), ends_at: inHours(2) };
    const window = await made(gateway.root.post('/v1/maintenance-windows', { host_id: id, ...times }));
    const user = await made(gateway.root.post('/v1/users', { username: 'u', roles: ['viewer'] }));
    const retired = await ok(gateway.root.post(`/v1/hosts/${id}/retire`, undefined));
    const messages = async (answer: Answer) =>
      (await ok(on.revert({ correlation_id: requestOf(answer) }))).body.steps.flatMap(
        ({ obstacles }: { obstacles: { message: string }[] }) => obstacles.map(({ message }) => message),
      );
    const said = (start: string, reason: RegExp) =>
      expect.stringMatching(new RegExp(`^${start}: .*${reason.source}`));
    expect(await messages(window)).toEqual([said('WindowScheduled cannot be reverted', /cancel it/)]);
    expect(await messages(user)).toEqual([
      said('ApiKeyIssued cannot be reverted', /revoke it/),
      said('UserAdded cannot be reverted', /removed by name/),
    ]);
    expect(await messages(retired)).toEqual(['what was retired stays out of service for good']);
    const removed = await on.remove(`regions/${regionId}?cascade=true`);
    expect(await messages(removed)).toEqual([
      said('a region that was removed is closed for good', /which makes a new one/),
      said('RegionClosed cannot be reverted', /closed for good/),
    ]);
    expect((await gateway.root.get(`/v1/clouds/${cloudId}`)).status).toBe(200);
  });

  it('happens once under one Idempotency-Key, and is answered as it was then', async () => {
    const { regionId } = await newRegion(gateway.root);
    const id = await on.host(regionId, 'a');
    const changed = await on.put(`hosts/${id}`, { name: 'b', active: false });
    await on.put(`hosts/${id}`, { active: true });
    const body = { correlation_id: requestOf(changed), dry_run: false };
    const key = { 'idempotency-key': `revert ${id}`.replace(' ', '-') };
    const first = await ok(gateway.root.post('/v1/revert', body, key));
    expect(outcomes(first)).toEqual(['DeviceDeactivated: nothing-to-do', 'DeviceRenamed: done']);
    expect((await ok(gateway.root.post('/v1/revert', body, key))).body).toEqual(first.body);
    await on.put(`hosts/${id}`, { name: 'later' });
    const before = await on.count();
    const again = await ok(gateway.root.post('/v1/revert', body, key));
    expect(again.body).toEqual(first.body);
    expect(await on.count()).toBe(before);
  });

  it('needs what the writes need', async () => {
    const { regionId } = await newRegion(gateway.root);
    const answer = await made(
      gateway.root.post('/v1/hosts', { name: 'a', region_id: regionId, ...hardware }),
    );
    const body = { correlation_id: requestOf(answer) };
    expect((await on.revert(body, await stranger(gateway))).status).toBe(404);
    const limited = await made(
      gateway.root.post('/v1/users', {
        username: 'limited',
        roles: ['operator'],
        variable_prefixes: ['net.'],
      }),
    );
    const { body: shown } = await on.put(`hosts/${answer.body.id}/variables`, { a: 1 });
    expect(shown.variables).toEqual({ a: 1 });
    const { event_id } = await on.last(`hosts/${answer.body.id}`);
    const refused = await on.revert({ event_id, dry_run: false }, gateway.as(limited.body.api_key));
    expect([refused.status, refused.body.type]).toEqual([403, '/problems/forbidden']);
    const viewer = await made(gateway.root.post('/v1/users', { username: 'looks', roles: ['viewer'] }));
    expect((await on.revert(body, gateway.as(viewer.body.api_key))).status).toBe(403);
  });

  it('holds values to the schemas of today, also of what comes back', async () => {
    const { regionId } = await newRegion(gateway.root);
    const host = await on.host(regionId, 'a', { variables: { size: 1 } });
    const grown = await on.put(`hosts/${host}/variables`, { size: 2 });
    await on.put(`regions/${regionId}/variable-schemas`, { size: { type: 'number', minimum: 2 } });
    const refusal = /"size" does not fit its schema/;
    const told = await ok(on.revert({ correlation_id: requestOf(grown) }));
    expect(told.body.steps[0].obstacles[0]).toMatchObject({
      code: 'validation-failed',
      message: expect.stringMatching(refusal),
    });
    const removed = await on.remove(`hosts/${host}`);
    const correlation_id = requestOf(removed);
    expect(outcomes(await ok(on.revert({ correlation_id })))).toEqual(['DeviceRemoved: possible']);
    await on.put(`regions/${regionId}/variable-schemas`, { size: { type: 'number', minimum: 3 } });
    const refused = await on.revert({ correlation_id, dry_run: false });
    expect([refused.status, refused.body.detail]).toEqual([409, expect.stringMatching(refusal)]);
    await on.put(`regions/${regionId}/variable-schemas`, { size: { type: 'number' } });
    await ok(on.revert({ correlation_id, dry_run: false }));
    expect((await on.show(`hosts/${host}/variables`)).variables).toEqual({ size: 2 });
  });

  it('refuses what says nothing, says too much or names nothing', async () => {
    const id = '01900000-0000-7000-8000-000000000000';
    for (const [body, status, member] of [
      [{}, 400, 'event_id'],
      [{ event_id: id, correlation_id: id }, 400, 'correlation_id'],
      [{ event_id: 'x' }, 400, 'event_id'],
      [{ event_id: id, dry_run: 'no' }, 400, 'dry_run'],
      [{ event_id: id, reason: '' }, 400, 'reason'],
      [{ event_id: id }, 404, undefined],
      [{ correlation_id: id }, 404, undefined],
    ] as const) {
      const answer = await on.revert(body);
      expect([body, answer.status, answer.body.errors?.[0].member]).toEqual([body, status, member]);
    }
  });
});
