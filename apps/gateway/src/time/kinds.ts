import type { Permission } from '#libs/access/src/access.policy.js';

/** What has a history, with the collection that it is in. */
export const histories = [
  { kind: 'project', collection: 'projects', words: 'project', permission: 'projects:read' },
  { kind: 'user', collection: 'users', words: 'user', permission: 'users:read' },
  { kind: 'cloud', collection: 'clouds', words: 'cloud', permission: 'clouds:read' },
  { kind: 'region', collection: 'regions', words: 'region', permission: 'regions:read' },
  { kind: 'cell', collection: 'cells', words: 'cell', permission: 'cells:read' },
  { kind: 'host', collection: 'hosts', words: 'host', permission: 'hosts:read' },
  {
    kind: 'network-device',
    collection: 'network-devices',
    words: 'network device',
    permission: 'devices:read',
  },
  { kind: 'container', collection: 'containers', words: 'container', permission: 'devices:read' },
  { kind: 'device', collection: 'devices', words: 'device', permission: 'devices:read' },
  { kind: 'network', collection: 'networks', words: 'network', permission: 'networks:read' },
  {
    kind: 'network-interface',
    collection: 'network-interfaces',
    words: 'network interface',
    permission: 'interfaces:read',
  },
  {
    kind: 'window',
    collection: 'maintenance-windows',
    words: 'maintenance window',
    permission: 'windows:read',
  },
  { kind: 'workflow', collection: 'workflows', words: 'workflow', permission: 'workflows:read' },
  { kind: 'run', collection: 'runs', words: 'run', permission: 'runs:read' },
] as const satisfies readonly {
  readonly kind: string;
  readonly collection: string;
  readonly words: string;
  readonly permission: Permission;
}[];

export type History = (typeof histories)[number];
export type HistoryKind = History['kind'];

/** The kinds that have a table of their own: all devices are in one. */
export type RowKind = Exclude<HistoryKind, 'host' | 'network-device' | 'container'>;

export const rowKindOf = (kind: HistoryKind): RowKind =>
  kind === 'host' || kind === 'network-device' || kind === 'container' ? 'device' : kind;
