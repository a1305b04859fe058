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
      revision: 1,
      created_at: '2026-01-01T00:00:00.000Z',
    });
    expect(queries.keyById(view, 'k1')).toEqual({
      id: 'k1',
      hash: 'hash of k1',
      user_id: 'u1',
      username: 'ann',
      project_id: 'p1',
      roles: ['admin', 'viewer'],
    });
  });

  it('shows the keys of a user without their hashes', async () => {
    const view = await model.after(
      'project-p1',
      user('u1', 'ann'),
      key('k2', 'u1'),
      key('k1', 'u1'),
      key('k3', 'u2'),
    );
    expect(queries.keysOf(view, 'u1')).toEqual([
      { id: 'k1', project_id: 'p1', user_id: 'u1', name: 'of u1', created_at: '2026-01-01T00:00:00.000Z' },
      { id: 'k2', project_id: 'p1', user_id: 'u1', name: 'of u1', created_at: '2026-01-01T00:00:00.000Z' },
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
