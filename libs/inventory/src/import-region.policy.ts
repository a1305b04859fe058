import { DomainError } from '#libs/kernel/src/errors.js';
import type { Difference, ImportedThing, Planned } from './import.policy.js';
import { planDevice } from './import-devices.policy.js';
import { differing, inCommand, type RegionTrial } from './import-trial.policy.js';
import type { RegionCommand } from './region.decider.js';
import { interfaceKey } from './region-state.policy.js';

const named = ['port', 'speed', 'vlan', 'duplex', 'link', 'cdp', 'security'].map((name) => [name, name]);
const settings = Object.fromEntries(named) as Readonly<Record<string, string>>;
const interfaceNames = {
  interfaceType: 'interface_type',
  ipAddress: 'ip_address',
  vlanId: 'vlan_id',
  ...settings,
};
const networkNames = {
  cidr: 'cidr',
  gateway: 'gateway',
  netmask: 'netmask',
  ipBlockType: 'ip_block_type',
  networkType: 'network_type',
  nss: 'nss',
};
const noSettings = Object.fromEntries([...named.map(([name]) => name), 'vlanId'].map((name) => [name, null]));

type Plan = Planned<RegionCommand>;

const planCell = (trial: RegionTrial, { name, fields }: ImportedThing): Plan => {
  const id = trial.cells.get(name);
  const wanted = inCommand({ note: 'note' }, fields);
  if (id !== undefined) {
    const changes = differing({}, wanted, trial.state.cells.get(id) ?? {});
    return trial.changed(id, [{ type: 'ChangeCell', cellId: id, ...wanted }], changes);
  }
  const made = trial.newCell(name, (wanted['note'] as string | undefined) ?? null);
  return { result: 'created', id: made.id, commands: [made.command], changes: [] };
};

const planNetwork = (trial: RegionTrial, { name, place, fields, fallback }: ImportedThing): Plan => {
  const id = trial.networks.get(name);
  if (id !== undefined) {
    const wanted = inCommand(networkNames, fields);
    const changes = differing(networkNames, wanted, trial.state.networks.get(id) ?? {});
    return trial.changed(id, [{ type: 'ChangeNetwork', networkId: id, ...wanted }], changes);
  }
  const { newId, cloudId } = trial.how;
  const networkId = newId();
  const planned = trial.created(networkId, {
    type: 'RegisterNetwork',
    networkId,
    cloudId,
    name,
    cellId: trial.cellId(place.cell) ?? null,
    ipBlockType: null,
    nss: null,
    ...inCommand(networkNames, { ...fallback, ...fields }),
  } as RegionCommand);
  trial.networks.set(name, networkId);
  return planned;
};

/** Sources know networks by their names. */
const networkChange = (
  { state }: RegionTrial,
  from: string | null | undefined,
  to: string | undefined,
): readonly Difference[] => {
  if (to === undefined || from === to) return [];
  const nameOf = (id: string | null | undefined) => state.networks.get(id ?? '')?.name ?? null;
  return [{ member: 'network', before: nameOf(from), after: nameOf(to) }];
};

const knownInterface = (
  trial: RegionTrial,
  id: string,
  { fields, networkId }: Pick<ImportedThing, 'fields'> & { readonly networkId: string | undefined },
): Plan => {
  const wanted = inCommand(interfaceNames, fields);
  const known = trial.state.interfaces.get(id);
  const changes = [
    ...differing(interfaceNames, wanted, known ?? {}),
    ...networkChange(trial, known?.networkId, networkId),
  ];
  const network = networkId !== undefined && { networkId };
  return trial.changed(id, [{ type: 'ChangeInterface', interfaceId: id, ...wanted, ...network }], changes);
};

const planInterface = (trial: RegionTrial, thing: ImportedThing): Plan => {
  const { name, place, fields, fallback } = thing;
  const deviceId = trial.named('device', place.device);
  if (deviceId === undefined) throw new DomainError('validation-failed', 'an interface must say its device');
  const networkId = trial.named('network', fields['network'] as string | undefined);
  const key = interfaceKey(deviceId, name);
  const id = trial.interfaces.get(key);
  if (id !== undefined) return knownInterface(trial, id, { fields, networkId });
  const interfaceId = trial.how.newId();
  const planned = trial.created(interfaceId, {
    type: 'RegisterInterface',
    interfaceId,
    deviceId,
    name,
    networkId: networkId ?? null,
    ...noSettings,
    ...inCommand(interfaceNames, { ...fallback, ...fields }),
  } as RegionCommand);
  trial.interfaces.set(key, interfaceId);
  return planned;
};

/**
 * What a thing of a region comes to, tried out on a copy of the region that has all the earlier ones in it: what the region would
 * refuse is refused here, in the same words.
 */
export const planInRegion = (trial: RegionTrial, thing: ImportedThing): Plan => {
  switch (thing.kind) {
    case 'cell':
      return planCell(trial, thing);
    case 'network':
      return planNetwork(trial, thing);
    case 'interface':
      return planInterface(trial, thing);
    case 'host':
    case 'network-device':
    case 'container':
      return planDevice(trial, thing.kind, thing);
    case 'cloud':
    case 'region':
      throw new Error(`a ${thing.kind} is not in a region`);
  }
};
