import { DomainError } from '#libs/kernel/src/errors.js';
import type { DeviceKind } from '#libs/inventory/src/region.events.js';
import type { DeviceFilter } from '#projections/inventory/inventory.queries.js';
import type { HostQuery, NetworkDeviceChange, NewNetworkDevice } from './device.bodies.js';
import { canonicalAddress } from './inventory.fields.js';

type Given = NetworkDeviceChange & NewNetworkDevice;

const details = ({ model_name, os_version, vlans }: NetworkDeviceChange) => ({
  ...(model_name !== undefined && { modelName: model_name }),
  ...(os_version !== undefined && { osVersion: os_version }),
  ...(vlans !== undefined && { vlans }),
});

/** The members that are given, in the command's words. */
export const changesOf = (change: NetworkDeviceChange) => {
  const { name, ip_address, device_type, active, note, cell_id, parent_id } = change;
  return {
    ...(name !== undefined && { name }),
    ...(ip_address !== undefined && { ipAddress: canonicalAddress(ip_address) }),
    ...(device_type !== undefined && { deviceType: device_type }),
    ...(active !== undefined && { active }),
    ...(note !== undefined && { note }),
    ...(cell_id !== undefined && { cellId: cell_id }),
    ...(parent_id !== undefined && { parentId: parent_id }),
    ...details(change),
  };
};

/** A new device, but for its identifier and its cloud. */
export const registrationOf = (kind: DeviceKind, device: Given) => {
  const { name, ip_address, device_type, cell_id, parent_id, active, note, labels } = device;
  return {
    type: 'RegisterDevice',
    kind,
    name,
    ipAddress: canonicalAddress(ip_address),
    deviceType: device_type,
    cellId: cell_id ?? null,
    parentId: parent_id ?? null,
    active: active ?? true,
    note: note ?? null,
    labels: labels ?? [],
    ...details(device),
  } as const;
};

const demandParent = ({ descendants, parent_id }: HostQuery): void => {
  if (!descendants || parent_id !== undefined) return;
  const [member, message] = ['descendants', 'are those of a parent_id, which must be given'];
  throw new DomainError('validation-failed', `${member} ${message}`, { violations: [{ member, message }] });
};

const narrowedBy = (
  query: HostQuery,
  projectId: string | undefined,
  kind: DeviceKind | undefined,
): DeviceFilter => ({
  projectId,
  kind,
  id: query.id,
  name: query.name,
  cloudId: query.cloud_id,
  regionId: query.region_id,
  cellId: query.cell_id,
  parentId: query.parent_id,
  descendants: query.descendants,
  labels: query.label && [...new Set(query.label)],
  deviceType: query.device_type,
  ipAddress: query.ip_address && canonicalAddress(query.ip_address),
  active: query.active,
  managedBy: query.managed_by,
  retired: query.retired,
});

/** Throws `validation-failed` for members that say nothing without each other. */
export const filterOf = (
  query: HostQuery,
  projectId: string | undefined,
  kind: DeviceKind | undefined,
): DeviceFilter => {
  demandParent(query);
  return narrowedBy(query, projectId, kind);
};
