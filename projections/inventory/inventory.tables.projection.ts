import type { Table } from '#libs/kernel/src/projection.js';

const named = { id: 'TEXT NOT NULL', project_id: 'TEXT NOT NULL' } as const;
const changing = {
  name: 'TEXT NOT NULL',
  revision: 'INTEGER NOT NULL',
  created_at: 'TEXT NOT NULL',
  updated_at: 'TEXT',
} as const;

const described = { note: 'TEXT', ...changing } as const;

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
      model_name: 'TEXT',
      os_version: 'TEXT',
      vlans: 'TEXT',
      active: 'INTEGER NOT NULL',
      window_id: 'TEXT',
      managed_by: 'TEXT',
      retired_at: 'TEXT',
      ...described,
    },
    key: ['id'],
    indexes: [['project_id'], ['region_id'], ['cell_id'], ['parent_id'], ['name'], ['ip_address']],
  },
  {
    // Devices change often and move rarely: who wants to know of a whole fleet, now or then, where it is has little to read here.
    name: 'device_places',
    columns: {
      region_id: 'TEXT NOT NULL',
      id: 'TEXT NOT NULL',
      parent_id: 'TEXT',
      place_id: 'TEXT NOT NULL',
    },
    key: ['region_id', 'id'],
  },
  {
    name: 'device_labels',
    columns: { device_id: 'TEXT NOT NULL', label: 'TEXT NOT NULL', region_id: 'TEXT NOT NULL' },
    key: ['device_id', 'label'],
    indexes: [['label'], ['region_id']],
  },
  {
    name: 'networks',
    columns: {
      ...named,
      cloud_id: 'TEXT NOT NULL',
      region_id: 'TEXT NOT NULL',
      cell_id: 'TEXT',
      cidr: 'TEXT NOT NULL',
      gateway: 'TEXT NOT NULL',
      netmask: 'TEXT NOT NULL',
      ip_block_type: 'TEXT',
      network_type: 'TEXT',
      nss: 'TEXT',
      ...changing,
    },
    key: ['id'],
    indexes: [['project_id'], ['region_id'], ['cell_id'], ['name']],
  },
  {
    name: 'interfaces',
    columns: {
      ...named,
      region_id: 'TEXT NOT NULL',
      device_id: 'TEXT NOT NULL',
      network_id: 'TEXT',
      interface_type: 'TEXT NOT NULL',
      ip_address: 'TEXT NOT NULL',
      vlan_id: 'INTEGER',
      port: 'INTEGER',
      speed: 'INTEGER',
      vlan: 'TEXT',
      duplex: 'TEXT',
      link: 'TEXT',
      cdp: 'TEXT',
      security: 'TEXT',
      ...changing,
    },
    key: ['id'],
    indexes: [['project_id'], ['region_id'], ['device_id'], ['network_id'], ['name'], ['ip_address']],
  },
];
