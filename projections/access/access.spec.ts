import type { Fact } from '#test/support/event-log.js';
import { ReadModel } from '#test/support/read-model.js';
import { access } from './access.projection.js';
import { AccessQueries } from './access.queries.js';

const model = new ReadModel([access]);
const queries = new AccessQueries();
const page = { limit: 10 };

const project = (name: string): Fact => ['ProjectCreated', { name }];
const user = (userId: string, username: string): Fact => [
  'UserAdded',
  { userId, username, roles: ['admin', 'viewer'] },
];
const key = (keyId: string, userId: string): Fact => [
  'ApiKeyIssued',
  { keyId, userId, name: `of ${userId}`, hash: `hash of ${keyId}` },
];

describe('the read model of access', () => {
  beforeEach(() => model.reset());
  afterAll(() => model.end());

  it('knows a project, its users and their keys', async () => {
    const view = await model.after('project-p1', project('fleet'), user('u1', 'ann'), key('k1', 'u1'));
    expect(queries.project(view, 'p1')).toEqual({
      id: 'p1',
      name: 'fleet',
      revision: 0,
      created_at: '2026-01-01T00:00:00.000Z',
      updated_at: null,
    });
    expect(queries.user(view, 'u1')).toEqual({
      id: 'u1',
      project_id: 'p1',
      username: 'ann',
      roles: ['admin', 'viewer'],
      variable_prefixes: null,
      revision: 1,
      created_at: '2026-01-01T00:00:00.000Z',
      updated_at: null,
    });
    expect(queries.keyById(view, 'k1')).toEqual({
      id: 'k1',
      hash: 'hash of k1',
      user_id: 'u1',
      username: 'ann',
      project_id: 'p1',
      roles: ['admin', 'viewer'],
      variable_prefixes: null,
      expires_at: null,
      last_used_at: null,
    });
  });

  it('knows what a user may do, and since when', async () => {
    await model.after('project-p1', user('u1', 'ann'), key('k1', 'u1'));
    const granted = await model.after('project-p1', ['RolesGranted', { userId: 'u1', roles: ['operator'] }]);
    expect(queries.user(granted, 'u1')).toMatchObject({
      roles: ['operator'],
      variable_prefixes: null,
      revision: 2,
      updated_at: '2026-01-01T00:01:00.000Z',
    });
    const limits: Fact = ['UserLimited', { userId: 'u1', variablePrefixes: ['net.', 'ntp'] }];
    const limited = await model.after('project-p1', limits);
    expect(queries.user(limited, 'u1')).toMatchObject({ variable_prefixes: ['net.', 'ntp'], revision: 3 });
    expect(queries.keyById(limited, 'k1')).toMatchObject({
      roles: ['operator'],
      variable_prefixes: ['net.', 'ntp'],
    });
    const free = await model.after('project-p1', ['UserUnlimited', { userId: 'u1' }]);
    expect(queries.user(free, 'u1')).toMatchObject({ variable_prefixes: null, revision: 4 });
  });

  it('knows a user who is limited from the beginning', async () => {
    const added: Fact = [
      'UserAdded',
      { userId: 'u1', username: 'ann', roles: ['operator'], variablePrefixes: [] },
    ];
    const view = await model.after('project-p1', added);
    expect(queries.users(view, {}, page).rows).toMatchObject([{ variable_prefixes: [] }]);
  });

  it('knows when a key ends and when it was used', async () => {
    const expiresAt = '2027-01-01T00:00:00Z';
    const fresh = await model.after('project-p1', user('u1', 'ann'), [
      'ApiKeyIssued',
      { keyId: 'k1', userId: 'u1', name: 'short', hash: 'h', expiresAt },
    ]);
    expect(queries.keysOf(fresh, 'u1')).toMatchObject([{ expires_at: expiresAt, last_used_at: null }]);
    const at = '2026-01-02T08:00:00.000Z';
    const used = await model.after('project-p1', ['ApiKeyUsed', { keyId: 'k1', userId: 'u1', at }]);
    expect(queries.keysOf(used, 'u1')).toMatchObject([{ expires_at: expiresAt, last_used_at: at }]);
    expect(queries.keyById(used, 'k1')).toMatchObject({ expires_at: expiresAt, last_used_at: at });
  });

  it('shows the keys of a user without their hashes', async () => {
    const view = await model.after(
      'project-p1',
      user('u1', 'ann'),
      key('k2', 'u1'),
      key('k1', 'u1'),
      key('k3', 'u2'),
    );
    const shown = {
      project_id: 'p1',
      user_id: 'u1',
      name: 'of u1',
      expires_at: null,
      last_used_at: null,
      created_at: '2026-01-01T00:00:00.000Z',
    };
    expect(queries.keysOf(view, 'u1')).toEqual([
      { ...shown, id: 'k1' },
      { ...shown, id: 'k2' },
    ]);
  });

  it('forgets a key that is revoked', async () => {
    const view = await model.after('project-p1', user('u1', 'ann'), key('k1', 'u1'), key('k2', 'u1'), [
      'ApiKeyRevoked',
      { keyId: 'k1', userId: 'u1' },
    ]);
    expect(queries.keyById(view, 'k1')).toBeUndefined();
    expect(queries.keyById(view, 'k2')).toBeDefined();
  });

  it('forgets the keys of a user who is removed', async () => {
    const view = await model.after(
      'project-p1',
      user('u1', 'ann'),
      user('u2', 'bob'),
      key('k1', 'u1'),
      key('k2', 'u2'),
      ['UserRemoved', { userId: 'u1' }],
    );
    expect(queries.user(view, 'u1')).toBeUndefined();
    expect(queries.keyById(view, 'k1')).toBeUndefined();
    expect(queries.keysOf(view, 'u1')).toEqual([]);
    expect(queries.keyById(view, 'k2')?.username).toBe('bob');
  });

  it('shows a project under its last name', async () => {
    await model.after('project-p1', project('fleet'), ['ProjectRenamed', { name: 'boats' }]);
    const view = await model.after('project-p2', project('other'));
    expect(queries.project(view, 'p1')).toMatchObject({ name: 'boats', revision: 1 });
    expect(queries.project(view, 'p1')?.updated_at).not.toBeNull();
    expect(queries.project(view, 'p2')).toMatchObject({ name: 'other', updated_at: null });
  });

  it('forgets everything of a project that is removed, and nothing of another', async () => {
    await model.after('project-p2', project('other'), user('u2', 'bob'), key('k2', 'u2'));
    const view = await model.after('project-p1', project('fleet'), user('u1', 'ann'), key('k1', 'u1'), [
      'ProjectRemoved',
      {},
    ]);
    expect(queries.project(view, 'p1')).toBeUndefined();
    expect(queries.user(view, 'u1')).toBeUndefined();
    expect(queries.keyById(view, 'k1')).toBeUndefined();
    expect(queries.keyById(view, 'k2')).toMatchObject({ project_id: 'p2' });
  });

  it('lists projects and users page by page', async () => {
    for (const id of ['p1', 'p2', 'p3'])
      await model.after(`project-${id}`, project(`name of ${id}`), user(`u${id}`, 'ann'));
    const view = await model.after('project-p1', user('zoe', 'zoe'));
    const first = queries.projects(view, { limit: 2 });
    expect(first.rows.map(({ id }) => id)).toEqual(['p1', 'p2']);
    expect(first.more).toBe(true);
    const second = queries.projects(view, { limit: 2, marker: 'p2' });
    expect(second).toMatchObject({ more: false, previous: null });
    expect(second.rows.map(({ id }) => id)).toEqual(['p3']);
    expect(queries.projects(view, page, { name: 'name of p2' }).rows).toHaveLength(1);
    expect(queries.users(view, { projectId: 'p1' }, page).rows.map(({ username }) => username)).toEqual([
      'ann',
      'zoe',
    ]);
    expect(queries.users(view, { name: 'ann' }, page).rows.map(({ roles }) => roles)).toHaveLength(3);
  });

  it('was shown every kind of event that it handles', () => {
    expect(model.untold()).toEqual([]);
  });
});
