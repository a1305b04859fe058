import type { Role } from '#libs/inventory/src/project.events.js';
import { GRANTS, may, mayGrant, mayWriteKey, type Power, seesEveryProject } from './access.policy.js';

const unlimited = (...roles: Role[]): Power => ({ roles, variablePrefixes: null });
const limited = (prefixes: string[], ...roles: Role[]): Power => ({ roles, variablePrefixes: prefixes });

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
    expect(mayGrant(unlimited('admin'), unlimited('admin', 'operator', 'viewer'))).toBe(true);
    expect(mayGrant(unlimited('admin'), unlimited('root'))).toBe(false);
    expect(mayGrant(unlimited('admin'), unlimited('viewer', 'auditor'))).toBe(false);
    expect(mayGrant(unlimited('auditor'), unlimited('auditor'))).toBe(false);
    expect(mayGrant(unlimited('root'), unlimited('root', 'auditor'))).toBe(true);
  });

  it('lets nobody hand out a role that may do more than they', () => {
    expect(mayGrant(unlimited('operator'), unlimited('operator', 'viewer'))).toBe(true);
    expect(mayGrant(unlimited('operator'), unlimited('admin'))).toBe(false);
    expect(mayGrant(unlimited('viewer'), unlimited('operator'))).toBe(false);
  });

  it('lets a key be written that begins with a prefix', () => {
    expect(mayWriteKey(null, 'anything')).toBe(true);
    expect(mayWriteKey(['net.', 'ntp'], 'net.mtu')).toBe(true);
    expect(mayWriteKey(['net.', 'ntp'], 'ntp')).toBe(true);
    expect(mayWriteKey(['net.', 'ntp'], 'network')).toBe(false);
    expect(mayWriteKey(['net.'], 'NET.mtu')).toBe(false);
    expect(mayWriteKey([], 'net.mtu')).toBe(false);
  });

  it('lets nobody who is limited hand out more than their limits', () => {
    const giver = limited(['net.'], 'admin');
    expect(mayGrant(giver, limited(['net.', 'net.dns.'], 'operator'))).toBe(true);
    expect(mayGrant(giver, limited(['ne'], 'operator'))).toBe(false);
    expect(mayGrant(giver, limited([''], 'operator'))).toBe(false);
    expect(mayGrant(giver, unlimited('operator'))).toBe(false);
    expect(mayGrant(giver, unlimited('viewer'))).toBe(true);
    expect(mayGrant(unlimited('admin'), limited(['x'], 'operator'))).toBe(true);
  });
});
