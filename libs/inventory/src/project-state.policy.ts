import { DomainError } from '#libs/kernel/src/errors.js';
import type { Role } from './project.events.js';

export interface User {
  readonly username: string;
  readonly roles: readonly Role[];
  /** Null: not limited. */
  readonly variablePrefixes: readonly string[] | null;
}

export interface ApiKey {
  readonly userId: string;
  readonly name: string;
  /** The last UTC day on which it is known to have been used. */
  readonly usedOn: string;
}

export interface Cloud {
  readonly name: string;
  readonly note: string | null;
}

export interface Project {
  status: 'none' | 'open' | 'removed';
  name: string;
  readonly users: Map<string, User>;
  readonly keys: Map<string, ApiKey>;
  readonly clouds: Map<string, Cloud>;
}

export const noProject = (): Project => ({
  status: 'none',
  name: '',
  users: new Map(),
  keys: new Map(),
  clouds: new Map(),
});

export const open = (state: Project): Project => {
  if (state.status !== 'open') throw new DomainError('not-found', 'there is no such project');
  return state;
};
