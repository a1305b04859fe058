import { given } from '#test/support/given.js';
import { project } from './project.decider.js';
import type { ProjectEvent } from './project.events.js';

const created: ProjectEvent = { type: 'ProjectCreated', data: { name: 'ops' } };
const alice: ProjectEvent = {
  type: 'UserAdded',
  data: { userId: 'u1', username: 'alice', roles: ['admin'] },
};
const bob: ProjectEvent = { type: 'UserAdded', data: { userId: 'u2', username: 'bob', roles: ['viewer'] } };
const key: ProjectEvent = {
  type: 'ApiKeyIssued',
  data: { keyId: 'k1', userId: 'u1', name: 'laptop', hash: 'h' },
};
const east: ProjectEvent = { type: 'CloudRegistered', data: { cloudId: 'c1', name: 'east', note: null } };

describe('a project', () => {
  it('is created once', () => {
    given(project).when({ type: 'CreateProject', name: 'ops' }).yields(created);
    given(project, created).when({ type: 'CreateProject', name: 'ops' }).refuses('already-exists');
  });

  it('takes nothing before it exists or after it is gone', () => {
    const removed: ProjectEvent = { type: 'ProjectRemoved', data: {} };
    const register = { type: 'RegisterCloud', cloudId: 'c1', name: 'east', note: null } as const;
    given(project).when(register).refuses('not-found');
    given(project, created, removed).when(register).refuses('not-found');
    given(project, created, removed).when({ type: 'RemoveProject' }).yieldsNothing();
  });

  it('is not removed while clouds belong to it', () => {
    given(project, created).when({ type: 'RemoveProject' }).yields({ type: 'ProjectRemoved', data: {} });
    given(project, created, east)
      .when({ type: 'RemoveProject' })
      .refuses('illegal-state', /1 clouds/);
  });
});

describe('the users of a project', () => {
  it('have unique names', () => {
    given(project, created)
      .when({ type: 'AddUser', userId: 'u1', username: 'alice', roles: ['admin'] })
      .yields(alice);
    given(project, created, alice)
      .when({ type: 'AddUser', userId: 'u9', username: 'alice', roles: ['viewer'] })
      .refuses('already-exists', /alice/);
  });

  it('always include somebody who may administer it', () => {
    given(project, created, alice, bob)
      .when({ type: 'RemoveUser', userId: 'u1' })
      .refuses('illegal-state', /last/);
    given(project, created, alice, bob)
      .when({ type: 'RemoveUser', userId: 'u2' })
      .yields({ type: 'UserRemoved', data: { userId: 'u2' } });
    given(project, created).when({ type: 'RemoveUser', userId: 'u1' }).refuses('not-found');
  });

  it('have api keys with names of their own', () => {
    const issue = { type: 'IssueApiKey', keyId: 'k1', userId: 'u1', name: 'laptop', hash: 'h' } as const;
    given(project, created, alice).when(issue).yields(key);
    given(project, created, alice, key)
      .when({ ...issue, keyId: 'k2' })
      .refuses('already-exists', /laptop/);
    given(project, created, alice, bob, key)
      .when({ ...issue, keyId: 'k2', userId: 'u2' })
      .events();
    given(project, created).when(issue).refuses('not-found');
  });

  it('lose a key once', () => {
    const revoked: ProjectEvent = { type: 'ApiKeyRevoked', data: { keyId: 'k1', userId: 'u1' } };
    given(project, created, alice, key).when({ type: 'RevokeApiKey', keyId: 'k1' }).yields(revoked);
    given(project, created, alice, key, revoked)
      .when({ type: 'RevokeApiKey', keyId: 'k1' })
      .refuses('not-found');
  });

  it('take their keys along', () => {
    const gone: ProjectEvent = { type: 'UserRemoved', data: { userId: 'u1' } };
    given(project, created, alice, bob, key, gone)
      .when({ type: 'RevokeApiKey', keyId: 'k1' })
      .refuses('not-found');
  });
});

describe('the clouds of a project', () => {
  it('have unique names', () => {
    const register = { type: 'RegisterCloud', cloudId: 'c1', name: 'east', note: null } as const;
    given(project, created).when(register).yields(east);
    given(project, created, east)
      .when({ ...register, cloudId: 'c2' })
      .refuses('already-exists', /east/);
  });

  it('change only where something differs', () => {
    const change = { type: 'ChangeCloud', cloudId: 'c1' } as const;
    given(project, created, east)
      .when({ ...change, name: 'east', note: null })
      .yieldsNothing();
    given(project, created, east)
      .when({ ...change, name: 'west', note: 'moved' })
      .yields(
        { type: 'CloudRenamed', data: { cloudId: 'c1', name: 'west' } },
        { type: 'CloudNoteChanged', data: { cloudId: 'c1', note: 'moved' } },
      );
    given(project, created).when(change).refuses('not-found');
  });

  it('free their names when they are renamed or removed', () => {
    const renamed: ProjectEvent = { type: 'CloudRenamed', data: { cloudId: 'c1', name: 'west' } };
    const removed: ProjectEvent = { type: 'CloudRemoved', data: { cloudId: 'c1' } };
    const again: ProjectEvent = {
      type: 'CloudRegistered',
      data: { cloudId: 'c2', name: 'east', note: null },
    };
    const register = { type: 'RegisterCloud', cloudId: 'c2', name: 'east', note: null } as const;
    given(project, created, east, renamed).when(register).yields(again);
    given(project, created, east).when({ type: 'RemoveCloud', cloudId: 'c1' }).yields(removed);
    given(project, created, east, removed).when(register).yields(again);
    given(project, created, east, removed).when({ type: 'RemoveCloud', cloudId: 'c1' }).refuses('not-found');
  });
});
