import type { Role } from '#libs/inventory/src/project.events.js';

export type Resource =
  | 'projects'
  | 'users'
  | 'keys'
  | 'clouds'
  | 'regions'
  | 'cells'
  | 'hosts'
  | 'devices'
  | 'networks'
  | 'interfaces'
  | 'variables'
  | 'secrets'
  | 'schemas'
  | 'windows'
  | 'workflows'
  | 'runs';

export type Permission = `${Resource}:${'read' | 'write'}`;

/** Devices: network devices and containers, and the collection of all kinds. */
const inventory = [
  'clouds',
  'regions',
  'cells',
  'hosts',
  'devices',
  'networks',
  'interfaces',
  'variables',
] as const;
const maintenance = ['windows', 'workflows', 'runs'] as const;

const reading = (resources: readonly Resource[]): readonly Permission[] =>
  resources.map((resource): Permission => `${resource}:read`);
const writing = (resources: readonly Resource[]): readonly Permission[] =>
  resources.map((resource): Permission => `${resource}:write`);

/** Whoever may manage keys manages their own; those of others need `users:write` too. */
const viewer: readonly Permission[] = [
  ...reading(['projects', 'keys', ...inventory, 'schemas', ...maintenance]),
  'keys:write',
];
const operator: readonly Permission[] = [...viewer, ...writing([...inventory, 'windows', 'runs'])];
const admin: readonly Permission[] = [
  ...operator,
  'users:read',
  'users:write',
  'workflows:write',
  'schemas:write',
  'secrets:read',
  'secrets:write',
];
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

/** What somebody may do: their roles, and the beginnings of the keys of variables that they may write; null for any key. */
export interface Power {
  readonly roles: readonly Role[];
  readonly variablePrefixes: readonly string[] | null;
}

/** Whether a limit to these beginnings lets the key be written. */
export const mayWriteKey = (prefixes: readonly string[] | null, key: string): boolean =>
  prefixes === null || prefixes.some((prefix) => key.startsWith(prefix));

const mayGrantRoles = (roles: readonly Role[], granted: readonly Role[]): boolean =>
  roles.includes('root') ||
  granted.every(
    (role) => !seesEveryProject([role]) && [...GRANTS[role]].every((permission) => may(roles, permission)),
  );

/** Nobody hands out, or takes over, what reaches further than their own: not by adding or changing a user, nor by issuing a key. */
export const mayGrant = (giver: Power, granted: Power): boolean =>
  mayGrantRoles(giver.roles, granted.roles) &&
  (giver.variablePrefixes === null ||
    !may(granted.roles, 'variables:write') ||
    (granted.variablePrefixes?.every((prefix) => mayWriteKey(giver.variablePrefixes, prefix)) ?? false));
