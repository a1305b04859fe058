import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import type { Limits, RowProblem, Source } from '../fleet-record.js';
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
  readonly count: number;
}

/** Every host gets a copy of what its groups say: a short text must not become endless work. */
const most = { ofHost: 10_000, ofGroups: 100_000 } as const;

/** Whoever is in a group is not ungrouped, whatever one of the files says. */
const directOf = (groups: ReadonlySet<string>): ReadonlySet<string> => {
  const named = [...groups].filter((group) => group !== 'all' && group !== 'ungrouped');
  return new Set(named.length > 0 ? named : ['ungrouped']);
};

/**
 * Resolves variables as Ansible does: from `all` to the deepest group, at the same depth by priority and then by name, files of
 * group_vars after what the inventory says of groups; then what it says of the host, then host_vars.
 */
class Resolver {
  /** Undefined where it is too much. */
  private readonly inherited = new Map<string, Inherited | undefined>();
  private readonly counts = new Map<string, number>();
  private readonly ranked: Ranked;
  private left: number;

  constructor(
    private readonly inventory: Inventory,
    private readonly files: VarsFiles,
    private readonly limit: number,
  ) {
    this.left = limit;
    this.ranked = rank(inventory);
  }

  resolve({ name, vars, groups: direct, source }: Host): ResolvedHost | RowProblem {
    const inherited = this.from(directOf(direct));
    const own = Object.entries(this.files.hosts.get(name) ?? {});
    const count = (inherited?.count ?? 0) + vars.size + own.length;
    if (!inherited || count > most.ofHost) {
      if (this.left < 0) return this.tooMuch(source);
      return { problem: `the host has more than ${most.ofHost} variables`, source };
    }
    this.left -= count;
    if (this.left < 0) return this.tooMuch(source);
    const { groups, variables } = inherited;
    return {
      name,
      groups,
      variables: objectOf([...Object.entries(variables), ...vars, ...own]),
      source,
    };
  }

  private tooMuch(source: Source): RowProblem {
    return { problem: `the hosts have more than ${this.limit} variables in all`, source, fatal: true };
  }

  /** Hosts of the same groups inherit the same, which is found once. */
  private from(direct: ReadonlySet<string>): Inherited | undefined {
    const key = JSON.stringify([...direct].toSorted(byText));
    if (this.inherited.has(key)) return this.inherited.get(key);
    const made = this.inherit(direct);
    this.inherited.set(key, made);
    return made;
  }

  private inherit(direct: ReadonlySet<string>): Inherited | undefined {
    const groups = this.ancestors(direct);
    const sum = groups.reduce((total, name) => total + this.countOf(name), 0);
    this.left -= sum;
    if (sum > most.ofGroups || this.left < 0) return undefined;
    const { depths } = this.ranked;
    const ordered = groups
      .map((name) => ({ ...this.inventory.group(name), depth: depths.get(name) ?? 0 }))
      .toSorted((a, b) => a.depth - b.depth || a.priority - b.priority || byText(a.name, b.name));
    const entries: (readonly [string, Json])[] = [
      ...ordered.flatMap(({ vars }) => [...vars]),
      ...ordered.flatMap(({ name }) => Object.entries(this.files.groups.get(name) ?? {})),
    ];
    const named = groups.filter((name) => name !== 'all' && name !== 'ungrouped');
    const variables = objectOf(entries);
    return { groups: named.toSorted(byText), variables, count: Object.keys(variables).length };
  }

  /** How much there is to say of a group, itself included. */
  private countOf(name: string): number {
    const known = this.counts.get(name);
    if (known !== undefined) return known;
    const ofFiles = Object.keys(this.files.groups.get(name) ?? {}).length;
    const count = 1 + this.inventory.group(name).vars.size + ofFiles;
    this.counts.set(name, count);
    return count;
  }

  private ancestors(direct: ReadonlySet<string>): string[] {
    const found = new Set(['all', ...direct]);
    for (const name of found) for (const parent of this.ranked.parents.get(name) ?? []) found.add(parent);
    return [...found];
  }
}

/** The hosts one after another, each with its variables resolved. Circles of groups become problems of the inventory. */
export const resolveHosts = (
  inventory: Inventory,
  files: VarsFiles,
  { resolved: limit }: Pick<Limits, 'resolved'>,
): (() => Generator<ResolvedHost | RowProblem>) => {
  breakCircles(inventory);
  attachToAll(inventory);
  const resolver = new Resolver(inventory, files, limit);
  return function* () {
    for (const host of inventory.hosts.values()) yield resolver.resolve(host);
  };
};
