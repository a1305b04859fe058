import type { Role } from '#libs/inventory/src/project.events.js';

export type Resource =
  | 'projects'
  | 'users'
  | 'keys'
  | 'clouds'
  | 'regions'
  | 'cells'
  | 'hosts'
  | 'variables'
  | 'windows'
  | 'workflows'
  | 'runs';

export type Permission = `${Resource}:${'read' | 'write'}`;

const inventory = ['clouds', 'regions', 'cells', 'hosts', 'variables'] as const;
const maintenance = ['windows', 'workflows', 'runs'] as const;

const reading = (resources: readonly Resource[]): readonly Permission[] =>
  resources.map((resource): Permission => `${resource}:read`);
const writing = (resources: readonly Resource[]): readonly Permission[] =>
  resources.map((resource): Permission => `${resource}:write`);

/** Whoever may manage keys manages their own; those of others need `users:write` too. */
const viewer: readonly Permission[] = [
  ...reading(['projects', 'keys', ...inventory, ...maintenance]),
  'keys:write',
];
const operator: readonly Permission[] = [...viewer, ...writing([...inventory, 'windows', 'runs'])];
const admin: readonly Permission[] = [...operator, 'users:read', 'users:write', 'workflows:write'];
const auditor: readonly Permission[] = [...viewer, 'users:read'];
const root: readonly Permission[] = [...admin, 'projects:write'];

/** Who may do what. `apps/gateway/README.md` prints it. */
export const GRANTS = {
  viewer: new Set(viewer),
  operator: new Set(operator),
  admin: new Set(admin),
  auditor: new Set(auditor),
  root: new Set(root),
} satisfies Record<Role, ReadonlySet<Permission>>;

export const may = (roles: readonly Role[], permission: Permission): boolean =>
  roles.some((role) => GRANTS[role].has(permission));

/** Others see and touch only what belongs to their project. */
export const seesEveryProject = (roles: readonly Role[]): boolean =>
  roles.includes('root') || roles.includes('auditor');

/** Nobody hands out, or takes over, a role that reaches further than their own: not by adding a user, nor by issuing a key. */
export const mayGrant = (roles: readonly Role[], granted: readonly Role[]): boolean =>
  roles.includes('root') || !granted.some((role) => role === 'root' || role === 'auditor');
