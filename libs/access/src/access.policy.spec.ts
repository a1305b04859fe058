import { GRANTS, may, mayGrant, seesEveryProject } from './access.policy.js';

describe('the access policy', () => {
  it('lets a viewer read the inventory and change nothing of it', () => {
    expect(may(['viewer'], 'clouds:read')).toBe(true);
    expect(may(['viewer'], 'clouds:write')).toBe(false);
  });

  it('lets an operator maintain, but not define how', () => {
    expect(may(['operator'], 'runs:write')).toBe(true);
    expect(may(['operator'], 'workflows:write')).toBe(false);
  });

  it('adds up the roles of an actor', () => {
    expect(may(['viewer', 'admin'], 'users:write')).toBe(true);
    expect(may([], 'clouds:read')).toBe(false);
  });

  it('shows every project to root and auditors alone', () => {
    expect(seesEveryProject(['root'])).toBe(true);
    expect(seesEveryProject(['auditor'])).toBe(true);
    expect(seesEveryProject(['admin', 'operator', 'viewer'])).toBe(false);
  });

  it('lets an auditor write nothing but own keys', () => {
    const writes = [...GRANTS.auditor].filter((permission) => permission.endsWith(':write'));
    expect(writes).toEqual(['keys:write']);
  });

  it('leaves the roles that reach beyond a project to root', () => {
    expect(mayGrant(['admin'], ['admin', 'operator', 'viewer'])).toBe(true);
    expect(mayGrant(['admin'], ['root'])).toBe(false);
    expect(mayGrant(['admin'], ['viewer', 'auditor'])).toBe(false);
    expect(mayGrant(['auditor'], ['auditor'])).toBe(false);
    expect(mayGrant(['root'], ['root', 'auditor'])).toBe(true);
  });
});
