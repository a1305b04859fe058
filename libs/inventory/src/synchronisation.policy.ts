import type { DriftItem } from './synchronisation.events.js';

/** A host as the cloud knows it; null is what it does not tell. */
export interface DiscoveredHost {
  readonly name: string;
  readonly ipAddress: string | null;
  readonly up: boolean;
  readonly enabled: boolean;
  readonly disabledReason: string | null;
  readonly zone: string | null;
  readonly aggregates: readonly string[] | null;
}

/** A host as the inventory has it, retired ones included. */
export interface RegisteredHost {
  readonly id: string;
  readonly name: string;
  readonly ipAddress: string;
  readonly active: boolean;
  readonly retired: boolean;
  /** Under maintenance: that it is out of production is no surprise. */
  readonly claimed: boolean;
}

export interface Difference {
  readonly id: string;
  readonly name: string;
  readonly member: 'ip_address' | 'active' | 'retired' | 'enabled' | 'up';
  readonly registered: string | boolean;
  readonly discovered: string | boolean;
  /** Why, in the words of whoever made it so. */
  readonly detail: string | null;
}

export interface Drift<Host extends RegisteredHost = RegisteredHost> {
  /** The cloud knows them, the inventory does not: they are to be registered. */
  readonly unregistered: readonly DiscoveredHost[];
  /** Both know them, but not the same; for a person to settle. */
  readonly differences: readonly Difference[];
  /** The inventory has them in service, the cloud does not know them. */
  readonly unknown: readonly Host[];
}

type Found = Omit<Difference, 'id' | 'name'>;

/** Of a host that the inventory has in production. */
const outOfProduction = (found: DiscoveredHost): readonly Found[] => [
  ...(found.enabled
    ? []
    : [{ member: 'enabled', registered: true, discovered: false, detail: found.disabledReason } as const]),
  ...(found.up ? [] : [{ member: 'up', registered: true, discovered: false, detail: null } as const]),
];

/** A device may be inactive on purpose: that it is disabled in the cloud is no difference, that it works there is one. */
const serviceOf = (known: RegisteredHost, found: DiscoveredHost): readonly Found[] => {
  if (known.active && !known.retired) return known.claimed ? [] : outOfProduction(found);
  const working = found.up && found.enabled;
  return working && !known.active
    ? [{ member: 'active', registered: false, discovered: true, detail: null }]
    : [];
};

const differencesOf = (known: RegisteredHost, found: DiscoveredHost): readonly Difference[] => {
  const { id, name, ipAddress: registered } = known;
  const { ipAddress: discovered } = found;
  const differences: Found[] = [];
  if (discovered !== null && discovered !== registered)
    differences.push({ member: 'ip_address', registered, discovered, detail: null });
  differences.push(...serviceOf(known, found));
  if (known.retired)
    differences.push({ member: 'retired', registered: true, discovered: false, detail: null });
  return differences.map((difference) => ({ id, name, ...difference }));
};

/** By name; one in service goes before a retired one. */
export const byName = <Host extends Pick<RegisteredHost, 'name' | 'retired'>>(
  registered: readonly Host[],
): ReadonlyMap<string, Host> => {
  const known = new Map<string, Host>();
  for (const host of registered) if (!host.retired || !known.has(host.name)) known.set(host.name, host);
  return known;
};

/** Compares what the cloud knows with one region of the inventory, by name. */
export const compare = <Host extends RegisteredHost>(
  discovered: readonly DiscoveredHost[],
  registered: readonly Host[],
): Drift<Host> => {
  const known = byName(registered);
  const names = new Set(discovered.map(({ name }) => name));
  return {
    unregistered: discovered.filter(({ name }) => !known.has(name)),
    differences: discovered.flatMap((found) => {
      const host = known.get(found.name);
      return host ? differencesOf(host, found) : [];
    }),
    unknown: registered.filter(({ name, retired }) => !retired && !names.has(name)),
  };
};

const nothing = { member: null, registered: null, discovered: null, detail: null } as const;

/** What is left to be settled by a person. `names` are those of all devices in service. */
export const driftOf = (
  { unregistered, differences, unknown }: Drift,
  names: ReadonlySet<string>,
): readonly DriftItem[] => [
  ...unregistered.map(({ name }): DriftItem => {
    const detail = names.has(name) ? 'a device of another kind has the name' : null;
    return { kind: 'unregistered', name, deviceId: null, ...nothing, detail };
  }),
  ...unknown.map(({ id, name }) => ({ kind: 'unknown', name, deviceId: id, ...nothing }) as const),
  ...differences.map(
    ({ id, ...difference }) => ({ kind: 'different', deviceId: id, ...difference }) as const,
  ),
];

/** Labels that a device has no room for, or that are none, are told rather than passed over. */
export const labelDrift = (deviceId: string, name: string, refused: readonly string[]): DriftItem => ({
  kind: 'different',
  name,
  deviceId,
  member: 'labels',
  registered: null,
  discovered: refused.slice(0, 3).join(' ').slice(0, 255),
  detail: 'the device has as many labels as it may have',
});

/** Whether so many hosts may go at a time: a cloud that forgets most of them has rather lost its memory than its hosts. */
export const mayRetire = (gone: number, left: number): boolean => gone > 0 && gone <= left;
