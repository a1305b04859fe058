import { DomainError } from '#libs/kernel/src/errors.js';
import type { ImportedThing, Planned } from './import.policy.js';
import { planDevice } from './import-devices.policy.js';
import { differing, inCommand, type RegionTrial } from './import-trial.policy.js';
import type { RegionCommand } from './region.decider.js';
import { interfaceKey } from './region-state.policy.js';

const named = ['port', 'speed', 'vlan', 'duplex', 'link', 'cdp', 'security'].map((name) => [name, name]);
const settings = Object.fromEntries(named) as Readonly<Record<string, string>>;
const interfaceNames = { interfaceType: 'interface_type', ...settings };
const newInterfaceNames = { ...interfaceNames, ipAddress: 'ip_address', vlanId: 'vlan_id' };
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

/** Address, network and number of the VLAN of an interface do not change once it is there. */
const knownInterface = (trial: RegionTrial, id: string, { fields }: ImportedThing): Plan => {
  const wanted = inCommand(interfaceNames, fields);
  const changes = differing(interfaceNames, wanted, trial.state.interfaces.get(id) ?? {});
  return trial.changed(id, [{ type: 'ChangeInterface', interfaceId: id, ...wanted }], changes);
};

const planInterface = (trial: RegionTrial, thing: ImportedThing): Plan => {
  const { name, place, fields, fallback } = thing;
  const deviceId = trial.named('device', place.device);
  if (deviceId === undefined) throw new DomainError('validation-failed', 'an interface must say its device');
  const networkId = trial.named('network', fields['network'] as string | undefined) ?? null;
  const key = interfaceKey(deviceId, name);
  const id = trial.interfaces.get(key);
  if (id !== undefined) return knownInterface(trial, id, thing);
  const interfaceId = trial.how.newId();
  const planned = trial.created(interfaceId, {
    type: 'RegisterInterface',
    interfaceId,
    deviceId,
    name,
    networkId,
    ...noSettings,
    ...inCommand(newInterfaceNames, { ...fallback, ...fields }),
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
