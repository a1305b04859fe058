import type { Table } from '#libs/kernel/src/projection.js';

const named = { id: 'TEXT NOT NULL', project_id: 'TEXT NOT NULL' } as const;
const described = {
  name: 'TEXT NOT NULL',
  note: 'TEXT',
  revision: 'INTEGER NOT NULL',
  created_at: 'TEXT NOT NULL',
  updated_at: 'TEXT',
} as const;

// A list is in the order of identifiers, which every index of a table ends with: one column is enough for most.
export const tables: readonly Table[] = [
  { name: 'clouds', columns: { ...named, ...described }, key: ['id'], indexes: [['project_id']] },
  {
    name: 'regions',
    columns: { ...named, cloud_id: 'TEXT NOT NULL', ...described },
    key: ['id'],
    indexes: [['project_id'], ['cloud_id']],
  },
  {
    name: 'cells',
    columns: { ...named, cloud_id: 'TEXT NOT NULL', region_id: 'TEXT NOT NULL', ...described },
    key: ['id'],
    indexes: [['project_id'], ['region_id']],
  },
  {
    name: 'devices',
    columns: {
      ...named,
      kind: 'TEXT NOT NULL',
      cloud_id: 'TEXT NOT NULL',
      region_id: 'TEXT NOT NULL',
      cell_id: 'TEXT',
      parent_id: 'TEXT',
      ip_address: 'TEXT NOT NULL',
      device_type: 'TEXT NOT NULL',
      active: 'INTEGER NOT NULL',
      window_id: 'TEXT',
      retired_at: 'TEXT',
      ...described,
    },
    key: ['id'],
    indexes: [['project_id'], ['region_id'], ['cell_id'], ['parent_id'], ['name'], ['ip_address']],
  },
];
