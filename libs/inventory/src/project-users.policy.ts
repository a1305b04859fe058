import { DomainError } from '#libs/kernel/src/errors.js';
import { open, type Project, type User } from './project-state.policy.js';
import type { ProjectEvent, Role } from './project.events.js';

interface Granted {
  readonly roles: readonly Role[];
  /** Null: not limited. */
  readonly variablePrefixes: readonly string[] | null;
}

export type UserCommand =
  | ({ type: 'AddUser'; userId: string; username: string } & Pick<Granted, 'roles'> & Partial<Granted>)
  | ({ type: 'ChangeUser'; userId: string } & Partial<Granted>)
  | { type: 'RemoveUser'; userId: string }
  | {
      type: 'IssueApiKey';
      keyId: string;
      userId: string;
      name: string;
      hash: string;
      /** Without one the key lives until it is revoked. */
      lifetime?: { readonly from: string; readonly until: string };
    }
  | { type: 'RecordKeyUse'; keyId: string; at: string }
  | { type: 'RevokeApiKey'; keyId: string };

type Of<T extends UserCommand['type']> = Extract<UserCommand, { type: T }>;

const administrative: ReadonlySet<Role> = new Set<Role>(['admin', 'root']);
const administers = ({ roles }: Pick<User, 'roles'>) => roles.some((role) => administrative.has(role));

const userOf = (state: Project, userId: string): User => {
  const user = open(state).users.get(userId);
  if (!user) throw new DomainError('not-found', `there is no user ${userId} in the project`);
  return user;
};

/** A project keeps somebody who may administer it. */
const demandAnotherAdministrator = (user: User, state: Project): void => {
  if (!administers(user)) return;
  if ([...state.users.values()].filter(administers).length > 1) return;
  throw new DomainError('illegal-state', `${user.username} is the project's last administrator`);
};

const same = (a: readonly string[] | null, b: readonly string[] | null): boolean => {
  if (a === null || b === null) return a === b;
  const known = new Set(a);
  return known.size === new Set(b).size && b.every((one) => known.has(one));
};

const add = (
  { userId, username, roles, variablePrefixes = null }: Of<'AddUser'>,
  state: Project,
): readonly ProjectEvent[] => {
  for (const user of open(state).users.values()) {
    if (user.username === username) {
      throw new DomainError('already-exists', `a user named ${username} already exists`);
    }
  }
  const limits = variablePrefixes !== null && { variablePrefixes };
  return [{ type: 'UserAdded', data: { userId, username, roles, ...limits } }];
};

const change = (
  { userId, roles, variablePrefixes }: Of<'ChangeUser'>,
  state: Project,
): readonly ProjectEvent[] => {
  const user = userOf(state, userId);
  const events: ProjectEvent[] = [];
  if (roles !== undefined && !same(roles, user.roles)) {
    if (!administers({ roles })) demandAnotherAdministrator(user, state);
    events.push({ type: 'RolesGranted', data: { userId, roles } });
  }
  if (variablePrefixes === undefined || same(variablePrefixes, user.variablePrefixes)) return events;
  return [
    ...events,
    variablePrefixes === null
      ? { type: 'UserUnlimited', data: { userId } }
      : { type: 'UserLimited', data: { userId, variablePrefixes } },
  ];
};

const removeUser = (userId: string, state: Project): readonly ProjectEvent[] => {
  demandAnotherAdministrator(userOf(state, userId), state);
  return [{ type: 'UserRemoved', data: { userId } }];
};

const demandLife = ({ from, until }: { readonly from: string; readonly until: string }): void => {
  if (Date.parse(until) > Date.parse(from)) return;
  const message = 'must lie in the future';
  throw new DomainError('validation-failed', `expires_at ${message}`, {
    violations: [{ member: 'expires_at', message }],
  });
};

const issue = (
  { keyId, userId, name, hash, lifetime }: Of<'IssueApiKey'>,
  state: Project,
): readonly ProjectEvent[] => {
  userOf(state, userId);
  for (const key of state.keys.values()) {
    if (key.userId === userId && key.name === name) {
      throw new DomainError('already-exists', `the user already has an api key named ${name}`);
    }
  }
  if (!lifetime) return [{ type: 'ApiKeyIssued', data: { keyId, userId, name, hash } }];
  demandLife(lifetime);
  return [{ type: 'ApiKeyIssued', data: { keyId, userId, name, hash, expiresAt: lifetime.until } }];
};

export const dayOf = (at: string): string => at.slice(0, 10);

/** Somebody may tell of a use after the key was revoked: that changes nothing. */
const recordUse = ({ keyId, at }: Of<'RecordKeyUse'>, state: Project): readonly ProjectEvent[] => {
  const key = state.keys.get(keyId);
  if (state.status !== 'open' || !key || dayOf(at) <= key.usedOn) return [];
  return [{ type: 'ApiKeyUsed', data: { keyId, userId: key.userId, at } }];
};

const revoke = (keyId: string, state: Project): readonly ProjectEvent[] => {
  const key = open(state).keys.get(keyId);
  if (!key) throw new DomainError('not-found', `there is no api key ${keyId} in the project`);
  return [{ type: 'ApiKeyRevoked', data: { keyId, userId: key.userId } }];
};

export const decideUser = (command: UserCommand, state: Project): readonly ProjectEvent[] => {
  switch (command.type) {
    case 'AddUser':
      return add(command, state);
    case 'ChangeUser':
      return change(command, state);
    case 'RemoveUser':
      return removeUser(command.userId, state);
    case 'IssueApiKey':
      return issue(command, state);
    case 'RecordKeyUse':
      return recordUse(command, state);
    case 'RevokeApiKey':
      return revoke(command.keyId, state);
  }
};
