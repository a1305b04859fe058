import { v7 } from 'uuid';
import { type Gateway, startGateway } from '#test/support/gateway.js';
import { made } from '#test/support/places.js';
import { ok, outcomes, requestOf, Reverting } from '#test/support/reverting.js';

describe('putting back what was done to a project', () => {
  let gateway: Gateway;
  const on = new Reverting(() => gateway);
  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway.close());

  const obstacles = async (body: object): Promise<object[]> =>
    (await ok(on.revert(body))).body.steps.at(-1).obstacles;

  it('names who gave it another name since', async () => {
    const id = await on.create('projects', { name: 'one' });
    const renamed = await on.put(`projects/${id}`, { name: 'two' });
    await on.put(`projects/${id}`, { name: 'three' });
    expect(await obstacles({ correlation_id: requestOf(renamed) })).toMatchObject([
      { message: 'name was changed again since', type: 'ProjectRenamed', actor: 'admin' },
    ]);
  });

  it('is for who may write projects', async () => {
    const id = await on.create('projects', { name: 'one' });
    const { body } = await made(
      gateway.root.post('/v1/users', { username: v7(), project_id: id, roles: ['admin'] }),
    );
    const correlation_id = requestOf(await on.put(`projects/${id}`, { name: 'two' }));
    const admin = gateway.as(body.api_key);
    const told = await ok(on.revert({ correlation_id }, admin));
    expect(told.body.steps[0].obstacles).toMatchObject([
      { code: 'forbidden', message: 'it needs the permission projects:write' },
    ]);
    expect((await on.revert({ correlation_id, dry_run: false }, admin)).status).toBe(403);
    expect(await on.show(`projects/${id}`)).toMatchObject({ name: 'two' });
  });

  it('removes one that was made, with its variables, while nobody and nothing is in it', async () => {
    const answer = await made(gateway.root.post('/v1/projects', { name: 'one', variables: { a: 1 } }));
    const { id } = answer.body;
    const body = { username: 'in it', project_id: id, roles: ['viewer'] };
    const user = await made(gateway.root.post('/v1/users', body));
    const correlation_id = requestOf(answer);
    const hanging = [{ message: expect.stringMatching(/hangs on the project: user in it/) }];
    expect(await obstacles({ correlation_id })).toMatchObject(hanging);
    await on.remove(`users/${user.body.id}`);
    expect(outcomes(await ok(on.revert({ correlation_id, dry_run: false })))).toEqual([
      'VariablesSet: done',
      'ProjectCreated: done',
    ]);
    expect((await gateway.root.get(`/v1/projects/${id}`)).status).toBe(404);
  });

  it('brings none back that was removed, and says so', async () => {
    const id = await on.create('projects', { name: 'one' });
    const removed = await on.remove(`projects/${id}`);
    expect(await obstacles({ correlation_id: requestOf(removed) })).toMatchObject([
      { message: expect.stringMatching(/^a project that was removed is closed for good: create a new one/) },
    ]);
  });
});
