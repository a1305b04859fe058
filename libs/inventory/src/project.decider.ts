import { type Decider, evolveInPlace } from '#libs/kernel/src/decider.js';
import { DomainError } from '#libs/kernel/src/errors.js';
import { refuseFor } from './hanging.policy.js';
import { dayOf, decideUser, type UserCommand } from './project-users.policy.js';
import { type Cloud, noProject, open, type Project, type User } from './project-state.policy.js';
import type { ProjectEvent } from './project.events.js';

export type ProjectCommand =
  | { type: 'CreateProject'; name: string }
  | { type: 'ChangeProject'; name?: string }
  /** `clouds`: those that were emptied and closed before; they go with it, and with `cascade` its users. */
  | { type: 'RemoveProject'; clouds?: readonly string[]; cascade?: boolean }
  | UserCommand
  | { type: 'RegisterCloud'; cloudId: string; name: string; note: string | null }
  | { type: 'ChangeCloud'; cloudId: string; name?: string; note?: string | null }
  | { type: 'RemoveCloud'; cloudId: string };

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

const create = (name: string, state: Project): readonly ProjectEvent[] => {
  if (state.status !== 'none') throw new DomainError('already-exists', 'the project already exists');
  return [{ type: 'ProjectCreated', data: { name } }];
};

const changeProject = (name: string | undefined, state: Project): readonly ProjectEvent[] => {
  const known = open(state);
  return name === undefined || name === known.name ? [] : [{ type: 'ProjectRenamed', data: { name } }];
};

const nameOf = ({ clouds, users }: Project, id: string): string =>
  clouds.has(id) ? `cloud ${clouds.get(id)?.name}` : `user ${users.get(id)?.username}`;

const removeProject = (
  { clouds: emptied = [], cascade = false }: Extract<ProjectCommand, { type: 'RemoveProject' }>,
  state: Project,
): readonly ProjectEvent[] => {
  if (state.status === 'removed') return [];
  const { clouds, users } = open(state);
  const gone = new Set(emptied.filter((id) => clouds.has(id)));
  const left = [...[...clouds.keys()].filter((id) => !gone.has(id)), ...(cascade ? [] : users.keys())];
  if (left.length > 0) refuseFor('the project', left.length, left, (id) => nameOf(state, id));
  const removed = [...gone].map((cloudId): ProjectEvent => ({ type: 'CloudRemoved', data: { cloudId } }));
  return [...removed, { type: 'ProjectRemoved', data: {} }];
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
  if ('userId' in command || 'keyId' in command) return decideUser(command, state);
  switch (command.type) {
    case 'CreateProject':
      return create(command.name, state);
    case 'RemoveProject':
      return removeProject(command, state);
    case 'ChangeProject':
      return changeProject(command.name, state);
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

const changeKnownUser = (state: Project, userId: string, change: Partial<User>): void => {
  const user = state.users.get(userId);
  if (user) state.users.set(userId, { ...user, ...change });
};

const changeKnownCloud = (state: Project, cloudId: string, change: Partial<Cloud>): void => {
  const cloud = state.clouds.get(cloudId);
  if (cloud) state.clouds.set(cloudId, { ...cloud, ...change });
};

const evolve = evolveInPlace<Project, ProjectEvent>({
  ProjectCreated: (state, { name }) => {
    state.status = 'open';
    state.name = name;
  },
  ProjectRenamed: (state, { name }) => {
    state.name = name;
  },
  ProjectRemoved: (state) => {
    state.status = 'removed';
  },
  UserAdded: (state, { userId, username, roles, variablePrefixes = null }) => {
    state.users.set(userId, { username, roles, variablePrefixes });
  },
  UserRemoved: (state, { userId }) => forgetUser(state, userId),
  RolesGranted: (state, { userId, roles }) => changeKnownUser(state, userId, { roles }),
  UserLimited: (state, { userId, variablePrefixes }) => changeKnownUser(state, userId, { variablePrefixes }),
  UserUnlimited: (state, { userId }) => changeKnownUser(state, userId, { variablePrefixes: null }),
  ApiKeyIssued: (state, { keyId, userId, name }) => {
    state.keys.set(keyId, { userId, name, usedOn: '' });
  },
  ApiKeyUsed: (state, { keyId, at }) => {
    const key = state.keys.get(keyId);
    if (key) state.keys.set(keyId, { ...key, usedOn: dayOf(at) });
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
  initialState: noProject,
  decide,
  evolve,
  subject,
};
