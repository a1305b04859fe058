/** A host as the cloud knows it. */
export interface DiscoveredHost {
  readonly name: string;
  /** Null where the cloud does not tell. */
  readonly ipAddress: string | null;
  readonly up: boolean;
  readonly enabled: boolean;
}

/** A host as the inventory has it, retired ones included. */
export interface RegisteredHost {
  readonly id: string;
  readonly name: string;
  readonly ipAddress: string;
  readonly active: boolean;
  readonly retired: boolean;
}

export interface Difference {
  readonly id: string;
  readonly name: string;
  readonly member: 'ip_address' | 'active' | 'retired';
  readonly registered: string | boolean;
  readonly discovered: string | boolean;
}

export interface Drift {
  /** The cloud knows them, the inventory does not: they are to be registered. */
  readonly unregistered: readonly DiscoveredHost[];
  /** Both know them, but not the same; for a person to settle. */
  readonly differences: readonly Difference[];
  /** The inventory has them in service, the cloud does not know them. */
  readonly unknown: readonly RegisteredHost[];
}

/** A device may be inactive on purpose: that it is disabled in the cloud is no difference, that it works there is one. */
const differencesOf = (known: RegisteredHost, found: DiscoveredHost): readonly Difference[] => {
  const { id, name } = known;
  const differences: Difference[] = [];
  if (found.ipAddress !== null && found.ipAddress !== known.ipAddress) {
    differences.push({
      id,
      name,
      member: 'ip_address',
      registered: known.ipAddress,
      discovered: found.ipAddress,
    });
  }
  const working = found.up && found.enabled;
  if (working && !known.active) {
    differences.push({ id, name, member: 'active', registered: false, discovered: true });
  }
  if (known.retired) differences.push({ id, name, member: 'retired', registered: true, discovered: false });
  return differences;
};

/** Compares what the cloud knows with one region of the inventory, by name. A name in service goes before a retired one. */
export const compare = (
  discovered: readonly DiscoveredHost[],
  registered: readonly RegisteredHost[],
): Drift => {
  const byName = new Map<string, RegisteredHost>();
  for (const host of registered) if (!host.retired || !byName.has(host.name)) byName.set(host.name, host);
  const names = new Set(discovered.map(({ name }) => name));
  return {
    unregistered: discovered.filter(({ name }) => !byName.has(name)),
    differences: discovered.flatMap((found) => {
      const known = byName.get(found.name);
      return known ? differencesOf(known, found) : [];
    }),
    unknown: registered.filter(({ name, retired }) => !retired && !names.has(name)),
  };
};
