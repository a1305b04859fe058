import type { LabelCommand } from './region-labels.policy.js';
import { labelsFor, relabelled } from './synchronisation-labels.policy.js';
import type { DriftItem, ServiceState, SynchronisationOrder } from './synchronisation.events.js';
import {
  byName,
  compare,
  type DiscoveredHost,
  driftOf,
  labelDrift,
  mayRetire,
  type RegisteredHost,
} from './synchronisation.policy.js';

/** A host of the inventory with what a synchronisation may change of it. */
export interface SyncedHost extends RegisteredHost {
  readonly labels: ReadonlySet<string>;
  /** Whether a synchronisation registered it. */
  readonly managed: boolean;
  /** Whether something hangs on it. */
  readonly bears: boolean;
}

export interface Situation {
  readonly order: SynchronisationOrder;
  readonly found: readonly DiscoveredHost[];
  readonly hosts: readonly SyncedHost[];
  /** Names of all devices in service. */
  readonly names: ReadonlySet<string>;
  /** Of each service that was seen before: the labels that the cloud gave reason for, and whose they are. */
  readonly said: ReadonlyMap<string, Said>;
  /** Of a host that is to be registered. */
  readonly idFor: (name: string) => string;
  readonly serviceIdFor: (name: string) => string;
}

interface Said {
  readonly deviceId: string | null;
  readonly labels: ReadonlySet<string>;
}

export interface Registration {
  readonly deviceId: string;
  readonly kind: 'host';
  readonly cloudId: string;
  readonly name: string;
  readonly ipAddress: string;
  readonly deviceType: string;
  readonly cellId: string | null;
  readonly parentId: null;
  readonly active: boolean;
  readonly note: null;
  readonly labels: readonly string[];
}

export interface Plan {
  readonly services: readonly ServiceState[];
  readonly registrations: readonly Registration[];
  readonly labellings: readonly LabelCommand[];
  readonly retirements: readonly SyncedHost[];
  /** Names of services that the cloud does not know any more. */
  readonly gone: readonly string[];
  /** What differs when all this is done. */
  readonly drift: readonly DriftItem[];
}

/** Of a host whose address the cloud does not tell. */
const unknownAddress = '::';

const nothing: ReadonlySet<string> = new Set();

const registrationOf = ({ order, idFor }: Situation, found: DiscoveredHost): Registration => ({
  deviceId: idFor(found.name),
  kind: 'host',
  cloudId: order.cloudId,
  name: found.name,
  ipAddress: found.ipAddress ?? unknownAddress,
  deviceType: order.deviceType,
  cellId: order.cellId,
  parentId: null,
  active: found.enabled,
  note: null,
  labels: order.labels ? labelsFor(found).slice(0, 100) : [],
});

const commandsOf = (
  deviceId: string,
  { added, removed }: { readonly added: readonly string[]; readonly removed: readonly string[] },
): readonly LabelCommand[] => [
  ...(removed.length > 0 ? [{ type: 'RemoveLabels', deviceId, labels: removed } as const] : []),
  ...(added.length > 0 ? [{ type: 'AddLabels', deviceId, labels: added } as const] : []),
];

interface Relabelled {
  readonly commands: readonly LabelCommand[];
  readonly drift: readonly DriftItem[];
}

/** Labels of hosts that both know. */
const relabel = (
  { said }: Situation,
  known: ReadonlyMap<string, SyncedHost>,
  found: DiscoveredHost,
): Relabelled => {
  const host = known.get(found.name);
  if (!host || host.retired) return { commands: [], drift: [] };
  const before = said.get(found.name);
  const ours = before?.deviceId === host.id ? before.labels : nothing;
  const labelling = relabelled(host.labels, ours, found);
  return {
    commands: commandsOf(host.id, labelling),
    drift: labelling.refused.length > 0 ? [labelDrift(host.id, host.name, labelling.refused)] : [],
  };
};

/** Of hosts that the cloud does not know any more. */
const unlabel = ({ said, hosts }: Situation, gone: readonly string[]): readonly LabelCommand[] => {
  const byId = new Map(hosts.map((host) => [host.id, host]));
  return gone.flatMap((name) => {
    const { deviceId = null, labels = nothing } = said.get(name) ?? {};
    const host = byId.get(deviceId ?? '');
    if (!host || host.retired) return [];
    return commandsOf(host.id, { added: [], removed: [...labels].filter((label) => host.labels.has(label)) });
  });
};

const serviceOf = (
  serviceId: string,
  { name, up, enabled, disabledReason, zone, aggregates }: DiscoveredHost,
  deviceId: string | null,
): ServiceState => ({ serviceId, name, deviceId, up, enabled, disabledReason, zone, aggregates });

/** A host that is registered differs from what the cloud says as soon as it is. */
const asRegistered = ({ deviceId, name, ipAddress, active }: Registration): RegisteredHost => ({
  id: deviceId,
  name,
  ipAddress,
  active,
  retired: false,
  claimed: false,
});

/** Only what a synchronisation registered, and nothing that anybody still needs. */
const retirementsOf = (
  { order, found }: Situation,
  unknown: readonly SyncedHost[],
): readonly SyncedHost[] => {
  const gone = unknown.filter(({ managed, claimed, bears }) => managed && !claimed && !bears);
  return order.retire && mayRetire(gone.length, found.length) ? gone : [];
};

const remaining = (
  { found, hosts, names }: Situation,
  registrations: readonly Registration[],
  retirements: readonly SyncedHost[],
): readonly DriftItem[] => {
  const out = new Set(retirements.map(({ id }) => id));
  const left: readonly RegisteredHost[] = hosts.filter(({ id }) => !out.has(id));
  return driftOf(compare(found, [...left, ...registrations.map(asRegistered)]), names);
};

/** What is to be done about a region, and what is left for a person. */
export const planOf = (situation: Situation): Plan => {
  const { order, found, hosts, names, said, serviceIdFor } = situation;
  const { unregistered, unknown } = compare(found, hosts);
  const registrable = order.register ? unregistered.filter(({ name }) => !names.has(name)) : [];
  const registrations = registrable.map((host) => registrationOf(situation, host));
  const retirements = retirementsOf(situation, unknown);
  const known = byName(hosts);
  const ids = new Map(registrations.map(({ name, deviceId }) => [name, deviceId]));
  const told = new Set(found.map(({ name }) => name));
  const gone = [...said.keys()].filter((name) => !told.has(name));
  const relabelled = order.labels ? found.map((host) => relabel(situation, known, host)) : [];
  return {
    services: found.map((host) => {
      const deviceId = known.get(host.name)?.id ?? ids.get(host.name) ?? null;
      return serviceOf(serviceIdFor(host.name), host, deviceId);
    }),
    registrations,
    labellings: [
      ...relabelled.flatMap(({ commands }) => commands),
      ...(order.labels ? unlabel(situation, gone) : []),
    ],
    retirements,
    gone,
    drift: [...remaining(situation, registrations, retirements), ...relabelled.flatMap(({ drift }) => drift)],
  };
};
