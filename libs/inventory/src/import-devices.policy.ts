import { DomainError } from '#libs/kernel/src/errors.js';
import type { Difference, ImportedThing, Planned } from './import.policy.js';
import { differing, inCommand, type RegionTrial } from './import-trial.policy.js';
import type { RegionCommand } from './region.decider.js';
import type { Device } from './region-state.policy.js';
import type { DeviceKind } from './region.events.js';

const names = {
  ipAddress: 'ip_address',
  deviceType: 'device_type',
  active: 'active',
  note: 'note',
  modelName: 'model_name',
  osVersion: 'os_version',
  vlans: 'vlans',
} as const;

interface Hung {
  readonly cellId?: string;
  readonly parentId?: string;
}

const isOurs = ({ how }: RegionTrial, { managedBy }: Device): boolean =>
  managedBy !== undefined && managedBy === how.managedBy;

/** Two sources that keep one device in step would undo each other's work for ever. */
const demandNobodyElses = (trial: RegionTrial, device: Device): void => {
  if (trial.how.managedBy === undefined || device.managedBy === undefined || isOurs(trial, device)) return;
  throw new DomainError('illegal-state', `${device.name} is managed by ${device.managedBy}`);
};

const moves = ({ state }: RegionTrial, device: Device, { cellId, parentId }: Hung): readonly Difference[] => {
  const nameIn = (things: ReadonlyMap<string, { readonly name: string }>, id: string | null) =>
    id === null ? null : (things.get(id)?.name ?? null);
  const moved: Difference[] = [];
  if (cellId !== undefined && cellId !== device.cellId)
    moved.push({
      member: 'cell',
      before: nameIn(state.cells, device.cellId),
      after: nameIn(state.cells, cellId),
    });
  if (parentId !== undefined && parentId !== device.parentId)
    moved.push({
      member: 'parent',
      before: nameIn(state.devices, device.parentId),
      after: nameIn(state.devices, parentId),
    });
  return moved;
};

const relabelled = (before: ReadonlySet<string>, after: ReadonlySet<string>): readonly Difference[] =>
  before.size === after.size && [...before].every((label) => after.has(label))
    ? []
    : [{ member: 'labels', before: [...before].toSorted(), after: [...after].toSorted() }];

const newDevice = (
  trial: RegionTrial,
  kind: DeviceKind,
  { name, fields, fallback, labels }: ImportedThing,
  { cellId = null, parentId = null }: { readonly cellId?: string | null; readonly parentId?: string | null },
): Planned<RegionCommand> => {
  const { newId, managedBy, cloudId } = trial.how;
  const deviceId = newId();
  const planned = trial.created(deviceId, {
    type: 'RegisterDevice',
    deviceId,
    kind,
    cloudId,
    name,
    active: true,
    note: null,
    cellId,
    parentId,
    ...inCommand(names, { ...fallback, ...fields }),
    labels,
    ...(managedBy !== undefined && { managedBy }),
  } as RegionCommand);
  trial.devices.set(name, deviceId);
  return planned;
};

const knownDevice = (
  trial: RegionTrial,
  id: string,
  { kind, name, fields, labels }: ImportedThing,
  hung: Hung,
): Planned<RegionCommand> => {
  const device = trial.state.devices.get(id) as Device;
  if (device.kind !== kind)
    throw new DomainError('already-exists', `${name} is a ${device.kind.replace('-', ' ')} already`);
  demandNobodyElses(trial, device);
  const wanted = inCommand(names, fields);
  const ours = isOurs(trial, device);
  const changes = [
    ...moves(trial, device, hung),
    ...differing(names, wanted, device),
    ...relabelled(device.labels, new Set(ours ? labels : [...device.labels, ...labels])),
  ];
  const labelling = { type: ours ? 'ReplaceLabels' : 'AddLabels', deviceId: id, labels } as const;
  const planned: Planned<RegionCommand> =
    changes.length === 0
      ? { result: 'unchanged', id, commands: [], changes }
      : trial.changed(id, [{ type: 'ChangeDevice', deviceId: id, ...wanted, ...hung }, labelling], changes);
  const isLeftAlone = trial.how.managedBy !== undefined && device.managedBy === undefined;
  return isLeftAlone ? { ...planned, managedBy: null } : planned;
};

/** Of a device that its own source brought, the source decides all labels; to others an import only adds some. */
export const planDevice = (
  trial: RegionTrial,
  kind: DeviceKind,
  thing: ImportedThing,
): Planned<RegionCommand> => {
  const id = trial.devices.get(thing.name);
  const cellId = trial.cellId(thing.place.cell);
  const parentId = trial.named('device', thing.place.parent);
  const hung = { ...(cellId !== undefined && { cellId }), ...(parentId !== undefined && { parentId }) };
  return id === undefined ? newDevice(trial, kind, thing, hung) : knownDevice(trial, id, thing, hung);
};

export interface MissingDevice {
  readonly id: string;
  readonly name: string;
  readonly kind: DeviceKind;
}

const depthOf = ({ devices }: RegionTrial['state'], id: string): number => {
  let depth = 0;
  for (let at = devices.get(id)?.parentId; at; at = devices.get(at)?.parentId) depth += 1;
  return depth;
};

/** How many devices bear the mark, those that the import makes and those that it takes away included. */
export const markedDevices = (trial: RegionTrial): number =>
  [...trial.devices.values()].filter((id) => isOurs(trial, trial.state.devices.get(id) as Device)).length;

/** Devices in service that the mark brought and that the source no longer has, children before their parents. */
export const missingDevices = (
  trial: RegionTrial,
  isThere: (name: string) => boolean,
): readonly MissingDevice[] => {
  const { state } = trial;
  const missing = [...trial.devices].flatMap(([name, id]) => {
    const device = state.devices.get(id) as Device;
    const gone = isOurs(trial, device) && !isThere(name);
    return gone ? [{ id, name, kind: device.kind, depth: depthOf(state, id) }] : [];
  });
  return missing
    .toSorted((one, other) => other.depth - one.depth)
    .map(({ id, name, kind }) => ({ id, name, kind }));
};
