import type { DeviceFilter } from '#projections/inventory/inventory.queries.js';
import type { HostChange, HostQuery } from './host.bodies.js';

/** The members that are given, in the command's words. */
export const changesOf = (change: HostChange) => {
  const { name, ip_address, device_type, active, note, cell_id, parent_id } = change;
  return {
    ...(name !== undefined && { name }),
    ...(ip_address !== undefined && { ipAddress: ip_address }),
    ...(device_type !== undefined && { deviceType: device_type }),
    ...(active !== undefined && { active }),
    ...(note !== undefined && { note }),
    ...(cell_id !== undefined && { cellId: cell_id }),
    ...(parent_id !== undefined && { parentId: parent_id }),
  };
};

export const filterOf = (query: HostQuery, projectId: string | undefined): DeviceFilter => ({
  kind: 'host',
  projectId,
  id: query.id,
  name: query.name,
  cloudId: query.cloud_id,
  regionId: query.region_id,
  cellId: query.cell_id,
  parentId: query.parent_id,
  deviceType: query.device_type,
  ipAddress: query.ip_address,
  active: query.active,
  retired: query.retired,
});
