import { type Decider, evolveInPlace } from '#libs/kernel/src/decider.js';
import { DomainError } from '#libs/kernel/src/errors.js';
import type { ProjectEvent, Role } from './project.events.js';

export type ProjectCommand =
  | { type: 'CreateProject'; name: string }
  | { type: 'RemoveProject' }
  | { type: 'AddUser'; userId: string; username: string; roles: readonly Role[] }
  | { type: 'RemoveUser'; userId: string }
  | { type: 'IssueApiKey'; keyId: string; userId: string; name: string; hash: string }
  | { type: 'RevokeApiKey'; keyId: string }
  | { type: 'RegisterCloud'; cloudId: string; name: string; note: string | null }
  | { type: 'ChangeCloud'; cloudId: string; name?: string; note?: string | null }
  | { type: 'RemoveCloud'; cloudId: string };

interface User {
  readonly username: string;
  readonly roles: readonly Role[];
}

interface Cloud {
  readonly name: string;
  readonly note: string | null;
}

export interface Project {
  status: 'none' | 'open' | 'removed';
  readonly users: Map<string, User>;
  readonly keys: Map<string, { readonly userId: string; readonly name: string }>;
  readonly clouds: Map<string, Cloud>;
}

const open = (state: Project): Project => {
  if (state.status !== 'open') throw new DomainError('not-found', 'there is no such project');
  return state;
};

const userOf = (state: Project, userId: string): User => {
  const user = open(state).users.get(userId);
  if (!user) throw new DomainError('not-found', `there is no user ${userId} in the project`);
  return user;
};

const cloudOf = (state: Project, cloudId: string): Cloud => {
  const cloud = open(state).clouds.get(cloudId);
  if (!cloud) throw new DomainError('not-found', `there is no cloud ${cloudId} in the project`);
  return cloud;
};

const demandFreeCloudName = (state: Project, name: string): void => {
  for (const cloud of state.clouds.values()) {
    if (cloud.name === name) throw new DomainError('already-exists', `a cloud named ${name} already exists`);
  }
};

const administers = ({ roles }: User) => roles.includes('admin') || roles.includes('root');

const create = (name: string, state: Project): readonly ProjectEvent[] => {
  if (state.status !== 'none') throw new DomainError('already-exists', 'the project already exists');
  return [{ type: 'ProjectCreated', data: { name } }];
};

const removeProject = (state: Project): readonly ProjectEvent[] => {
  if (state.status === 'removed') return [];
  const { size } = open(state).clouds;
  if (size > 0) throw new DomainError('illegal-state', `${size} clouds still belong to the project`);
  return [{ type: 'ProjectRemoved', data: {} }];
};

const addUser = (
  { userId, username, roles }: { userId: string; username: string; roles: readonly Role[] },
  state: Project,
): readonly ProjectEvent[] => {
  for (const user of open(state).users.values()) {
    if (user.username === username) {
      throw new DomainError('already-exists', `a user named ${username} already exists`);
    }
  }
  return [{ type: 'UserAdded', data: { userId, username, roles } }];
};

/** A project keeps somebody who may administer it. */
const removeUser = (userId: string, state: Project): readonly ProjectEvent[] => {
  const user = userOf(state, userId);
  const admins = [...state.users.values()].filter(administers);
  if (administers(user) && admins.length === 1) {
    throw new DomainError('illegal-state', `${user.username} is the project's last administrator`);
  }
  return [{ type: 'UserRemoved', data: { userId } }];
};

const issueApiKey = (
  { keyId, userId, name, hash }: { keyId: string; userId: string; name: string; hash: string },
  state: Project,
): readonly ProjectEvent[] => {
  userOf(state, userId);
  for (const key of state.keys.values()) {
    if (key.userId === userId && key.name === name) {
      throw new DomainError('already-exists', `the user already has an api key named ${name}`);
    }
  }
  return [{ type: 'ApiKeyIssued', data: { keyId, userId, name, hash } }];
};

const revokeApiKey = (keyId: string, state: Project): readonly ProjectEvent[] => {
  const key = open(state).keys.get(keyId);
  if (!key) throw new DomainError('not-found', `there is no api key ${keyId} in the project`);
  return [{ type: 'ApiKeyRevoked', data: { keyId, userId: key.userId } }];
};

const registerCloud = (
  { cloudId, name, note }: { cloudId: string; name: string; note: string | null },
  state: Project,
): readonly ProjectEvent[] => {
  demandFreeCloudName(open(state), name);
  return [{ type: 'CloudRegistered', data: { cloudId, name, note } }];
};

const changeCloud = (
  { cloudId, name, note }: { cloudId: string; name?: string; note?: string | null },
  state: Project,
): readonly ProjectEvent[] => {
  const cloud = cloudOf(state, cloudId);
  const events: ProjectEvent[] = [];
  if (name !== undefined && name !== cloud.name) {
    demandFreeCloudName(state, name);
    events.push({ type: 'CloudRenamed', data: { cloudId, name } });
  }
  if (note !== undefined && note !== cloud.note)
    events.push({ type: 'CloudNoteChanged', data: { cloudId, note } });
  return events;
};

const removeCloud = (cloudId: string, state: Project): readonly ProjectEvent[] => {
  cloudOf(state, cloudId);
  return [{ type: 'CloudRemoved', data: { cloudId } }];
};

const decide = (command: ProjectCommand, state: Project): readonly ProjectEvent[] => {
  switch (command.type) {
    case 'CreateProject':
      return create(command.name, state);
    case 'RemoveProject':
      return removeProject(state);
    case 'AddUser':
      return addUser(command, state);
    case 'RemoveUser':
      return removeUser(command.userId, state);
    case 'IssueApiKey':
      return issueApiKey(command, state);
    case 'RevokeApiKey':
      return revokeApiKey(command.keyId, state);
    case 'RegisterCloud':
      return registerCloud(command, state);
    case 'ChangeCloud':
      return changeCloud(command, state);
    case 'RemoveCloud':
      return removeCloud(command.cloudId, state);
  }
};

const forgetUser = (state: Project, userId: string): void => {
  state.users.delete(userId);
  for (const [keyId, key] of state.keys) if (key.userId === userId) state.keys.delete(keyId);
};

const changeKnownCloud = (state: Project, cloudId: string, change: Partial<Cloud>): void => {
  const cloud = state.clouds.get(cloudId);
  if (cloud) state.clouds.set(cloudId, { ...cloud, ...change });
};

const evolve = evolveInPlace<Project, ProjectEvent>({
  ProjectCreated: (state) => {
    state.status = 'open';
  },
  ProjectRemoved: (state) => {
    state.status = 'removed';
  },
  UserAdded: (state, { userId, username, roles }) => {
    state.users.set(userId, { username, roles });
  },
  UserRemoved: (state, { userId }) => forgetUser(state, userId),
  ApiKeyIssued: (state, { keyId, userId, name }) => {
    state.keys.set(keyId, { userId, name });
  },
  ApiKeyRevoked: (state, { keyId }) => {
    state.keys.delete(keyId);
  },
  CloudRegistered: (state, { cloudId, name, note }) => {
    state.clouds.set(cloudId, { name, note });
  },
  CloudRenamed: (state, { cloudId, name }) => changeKnownCloud(state, cloudId, { name }),
  CloudNoteChanged: (state, { cloudId, note }) => changeKnownCloud(state, cloudId, { note }),
  CloudRemoved: (state, { cloudId }) => {
    state.clouds.delete(cloudId);
  },
});

const subject = ({ data }: ProjectEvent): string => {
  if ('cloudId' in data) return data.cloudId;
  if ('keyId' in data) return data.keyId;
  return 'userId' in data ? data.userId : '';
};

export const project: Decider<Project, ProjectCommand, ProjectEvent> = {
  category: 'project',
  initialState: () => ({ status: 'none', users: new Map(), keys: new Map(), clouds: new Map() }),
  decide,
  evolve,
  subject,
};
