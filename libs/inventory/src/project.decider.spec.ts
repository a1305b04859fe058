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
      .refuses('illegal-state', /^1 thing still hangs on the project: cloud east$/);
  });

  it('is not removed with users in it unless it is said so', () => {
    given(project, created, east, alice)
      .when({ type: 'RemoveProject' })
      .refuses('illegal-state', /^2 things still hang on the project: cloud east, user alice$/);
    given(project, created, alice)
      .when({ type: 'RemoveProject' })
      .refuses('illegal-state', /^1 thing still hangs on the project: user alice$/);
    given(project, created, alice)
      .when({ type: 'RemoveProject', cascade: true })
      .yields({ type: 'ProjectRemoved', data: {} });
  });

  it('has another name when it is said so', () => {
    const renamed: ProjectEvent = { type: 'ProjectRenamed', data: { name: 'fleet' } };
    const rename = { type: 'ChangeProject', name: 'fleet' } as const;
    given(project, created).when(rename).yields(renamed);
    given(project, created, renamed).when(rename).yieldsNothing();
    given(project, created).when({ type: 'ChangeProject' }).yieldsNothing();
    given(project).when(rename).refuses('not-found');
  });

  it('takes along the clouds that were emptied, and no others', () => {
    const removal = { type: 'RemoveProject', clouds: ['c1', 'c9'] } as const;
    const west: ProjectEvent = { type: 'CloudRegistered', data: { cloudId: 'c2', name: 'west', note: null } };
    given(project, created, east)
      .when(removal)
      .yields({ type: 'CloudRemoved', data: { cloudId: 'c1' } }, { type: 'ProjectRemoved', data: {} });
    given(project, created, east, west)
      .when(removal)
      .refuses('illegal-state', /^1 thing still hangs on the project: cloud west$/);
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

  it('have keys that end in the future, or never', () => {
    const issue = { type: 'IssueApiKey', keyId: 'k1', userId: 'u1', name: 'laptop', hash: 'h' } as const;
    const lifetime = { from: '2026-11-23T08:00:00.000Z', until: '2026-11-23T10:00:00+01:00' };
    given(project, created, alice)
      .when({ ...issue, lifetime })
      .yields({ type: 'ApiKeyIssued', data: { ...key.data, expiresAt: lifetime.until } } as ProjectEvent);
    given(project, created, alice)
      .when({ ...issue, lifetime: { ...lifetime, until: '2026-11-23T08:00:00Z' } })
      .refuses('validation-failed', /expires_at/);
  });

  it('are told once a day that a key was used', () => {
    const at = '2026-11-23T08:00:00.000Z';
    const use = { type: 'RecordKeyUse', keyId: 'k1', at } as const;
    const used: ProjectEvent = { type: 'ApiKeyUsed', data: { keyId: 'k1', userId: 'u1', at } };
    const next: ProjectEvent = {
      type: 'ApiKeyUsed',
      data: { keyId: 'k1', userId: 'u1', at: '2026-11-24T00:00:00.000Z' },
    };
    const revoked: ProjectEvent = { type: 'ApiKeyRevoked', data: { keyId: 'k1', userId: 'u1' } };
    given(project, created, alice, key).when(use).yields(used);
    given(project, created, alice, key, used)
      .when({ ...use, at: '2026-11-23T23:59:59.999Z' })
      .yieldsNothing();
    given(project, created, alice, key, used)
      .when({ ...use, at: '2026-11-24T00:00:00.000Z' })
      .yields(next);
    given(project, created, alice, key, next).when(use).yieldsNothing();
    given(project, created, alice, key, revoked).when(use).yieldsNothing();
    given(project, created, alice, key, { type: 'ProjectRemoved', data: {} }).when(use).yieldsNothing();
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

describe('what a user may do', () => {
  const change = { type: 'ChangeUser', userId: 'u2' } as const;
  const promoted: ProjectEvent = { type: 'RolesGranted', data: { userId: 'u2', roles: ['admin', 'viewer'] } };
  const limited: ProjectEvent = { type: 'UserLimited', data: { userId: 'u2', variablePrefixes: ['net.'] } };

  it('is granted as a whole, where it differs', () => {
    given(project, created, alice, bob)
      .when({ ...change, roles: ['admin', 'viewer'] })
      .yields(promoted);
    given(project, created, alice, bob, promoted)
      .when({ ...change, roles: ['viewer', 'admin'] })
      .yieldsNothing();
    given(project, created, alice, bob).when(change).yieldsNothing();
    given(project, created, alice)
      .when({ ...change, roles: ['admin'] })
      .refuses('not-found', /u2/);
  });

  it('leaves the project somebody who may administer it', () => {
    const demoted: ProjectEvent = { type: 'RolesGranted', data: { userId: 'u1', roles: ['viewer'] } };
    const demote = { type: 'ChangeUser', userId: 'u1', roles: ['viewer'] } as const;
    given(project, created, alice, bob).when(demote).refuses('illegal-state', /last/);
    given(project, created, alice, bob, promoted).when(demote).yields(demoted);
    given(project, created, alice, bob, promoted, demoted)
      .when({ type: 'RemoveUser', userId: 'u2' })
      .refuses('illegal-state', /last/);
    given(project, created, alice)
      .when({ ...demote, roles: ['root'] })
      .yields({ type: 'RolesGranted', data: { userId: 'u1', roles: ['root'] } });
  });

  it('is limited to variables of some prefixes until it is not', () => {
    const unlimited: ProjectEvent = { type: 'UserUnlimited', data: { userId: 'u2' } };
    const limit = { ...change, variablePrefixes: ['net.'] } as const;
    const lift = { ...change, variablePrefixes: null } as const;
    given(project, created, alice, bob).when(limit).yields(limited);
    given(project, created, alice, bob, limited).when(limit).yieldsNothing();
    given(project, created, alice, bob, limited).when(lift).yields(unlimited);
    given(project, created, alice, bob, limited, unlimited).when(lift).yieldsNothing();
    given(project, created, alice, bob)
      .when({ ...limit, roles: ['admin', 'viewer'] })
      .yields(promoted, limited);
  });

  it('may be limited from the beginning', () => {
    const added: ProjectEvent = {
      type: 'UserAdded',
      data: { userId: 'u2', username: 'bob', roles: ['viewer'], variablePrefixes: ['net.'] },
    };
    given(project, created)
      .when({ type: 'AddUser', userId: 'u2', username: 'bob', roles: ['viewer'], variablePrefixes: ['net.'] })
      .yields(added);
    given(project, created, added)
      .when({ ...change, variablePrefixes: ['net.'] })
      .yieldsNothing();
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
