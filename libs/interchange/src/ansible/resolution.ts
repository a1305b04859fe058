import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import type { Source } from '../fleet-record.js';
import { objectOf } from '../json-shape.js';
import { breakCircles } from './group-circles.js';
import type { Host, Inventory } from './inventory.js';

/** Variables of files beside an inventory, by the name of their group or host. */
export interface VarsFiles {
  readonly groups: ReadonlyMap<string, JsonObject>;
  readonly hosts: ReadonlyMap<string, JsonObject>;
}

export interface ResolvedHost {
  readonly name: string;
  /** Every group that the host is in, itself or through others, in alphabetical order. */
  readonly groups: readonly string[];
  readonly variables: JsonObject;
  readonly source: Source;
}

const byText = (left: string, right: string): number => (left < right ? -1 : Number(left > right));

/** Groups with nobody above them hang on `all`. */
const attachToAll = (inventory: Inventory): void => {
  const children = new Set([...inventory.groups.values()].flatMap((group) => [...group.children.keys()]));
  for (const name of inventory.groups.keys())
    if (name !== 'all' && !children.has(name)) inventory.addChild('all', name, {});
};

interface Ranked {
  readonly parents: ReadonlyMap<string, readonly string[]>;
  /** Length of the longest way from `all`. */
  readonly depths: ReadonlyMap<string, number>;
}

const rank = (inventory: Inventory): Ranked => {
  const parents = new Map<string, string[]>([...inventory.groups.keys()].map((name) => [name, []]));
  for (const group of inventory.groups.values())
    for (const child of group.children.keys()) parents.get(child)?.push(group.name);
  const waiting = new Map([...parents].map(([name, above]) => [name, above.length]));
  const depths = new Map<string, number>();
  const ready = [...waiting].filter(([, count]) => count === 0).map(([name]) => name);
  for (const name of ready) {
    const depth = depths.get(name) ?? 0;
    depths.set(name, depth);
    for (const child of inventory.group(name).children.keys()) {
      depths.set(child, Math.max(depths.get(child) ?? 0, depth + 1));
      const left = (waiting.get(child) ?? 0) - 1;
      waiting.set(child, left);
      if (left === 0) ready.push(child);
    }
  }
  return { parents, depths };
};

interface Inherited {
  readonly groups: readonly string[];
  readonly variables: JsonObject;
}

/** Whoever is in a group is not ungrouped, whatever one of the files says. */
const directOf = ({ groups }: Host): ReadonlySet<string> => {
  const named = [...groups].filter((group) => group !== 'all' && group !== 'ungrouped');
  return new Set(named.length > 0 ? named : ['ungrouped']);
};

/**
 * Resolves variables as Ansible does: from `all` to the deepest group, at the same depth by priority and then by name, files of
 * group_vars after what the inventory says of groups; then what it says of the host, then host_vars.
 */
class Resolver {
  private readonly inherited = new Map<string, Inherited>();
  private readonly ranked: Ranked;

  constructor(
    private readonly inventory: Inventory,
    private readonly files: VarsFiles,
  ) {
    this.ranked = rank(inventory);
  }

  resolve(host: Host): ResolvedHost {
    const { groups, variables } = this.from(host);
    const all = [
      ...Object.entries(variables),
      ...host.vars,
      ...Object.entries(this.files.hosts.get(host.name) ?? {}),
    ];
    return { name: host.name, groups, variables: objectOf(all), source: host.source };
  }

  /** Hosts of the same groups inherit the same, which is found once. */
  private from(host: Host): Inherited {
    const direct = directOf(host);
    const key = JSON.stringify([...direct].toSorted(byText));
    const known = this.inherited.get(key);
    if (known) return known;
    const made = this.inherit(direct);
    this.inherited.set(key, made);
    return made;
  }

  private inherit(direct: ReadonlySet<string>): Inherited {
    const groups = this.ancestors(direct);
    const { depths } = this.ranked;
    const ordered = groups
      .map((name) => ({ ...this.inventory.group(name), depth: depths.get(name) ?? 0 }))
      .toSorted((a, b) => a.depth - b.depth || a.priority - b.priority || byText(a.name, b.name));
    const entries: (readonly [string, Json])[] = [
      ...ordered.flatMap(({ vars }) => [...vars]),
      ...ordered.flatMap(({ name }) => Object.entries(this.files.groups.get(name) ?? {})),
    ];
    const named = groups.filter((name) => name !== 'all' && name !== 'ungrouped');
    return { groups: named.toSorted(byText), variables: objectOf(entries) };
  }

  private ancestors(direct: ReadonlySet<string>): string[] {
    const found = new Set(['all', ...direct]);
    for (const name of found) for (const parent of this.ranked.parents.get(name) ?? []) found.add(parent);
    return [...found];
  }
}

/** The hosts one after another, each with its variables resolved. Circles of groups become problems of the inventory. */
export const resolveHosts = (inventory: Inventory, files: VarsFiles): (() => Generator<ResolvedHost>) => {
  breakCircles(inventory);
  attachToAll(inventory);
  const resolver = new Resolver(inventory, files);
  return function* () {
    for (const host of inventory.hosts.values()) yield resolver.resolve(host);
  };
};
