import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import { isObject, objectOf } from '../json-shape.js';
import { idOf, keysIn, objectIn, roleOf, siteOf, type NetBoxObject } from './netbox-objects.js';

/** Objects that hang in trees, so that what is assigned to one holds for everything below it. */
export interface ContextTrees {
  readonly sites: readonly NetBoxObject[];
  readonly regions: readonly NetBoxObject[];
  readonly siteGroups: readonly NetBoxObject[];
  readonly locations: readonly NetBoxObject[];
  readonly clusters: readonly NetBoxObject[];
  readonly tenants: readonly NetBoxObject[];
}

type Assigned = Readonly<Record<string, ReadonlySet<Json>>>;

const criteria = [
  'regions',
  'site_groups',
  'sites',
  'locations',
  'device_types',
  'roles',
  'platforms',
  'cluster_types',
  'cluster_groups',
  'clusters',
  'tenant_groups',
  'tenants',
] as const;

const indexed = (objects: readonly NetBoxObject[]): ReadonlyMap<number | undefined, NetBoxObject> =>
  new Map(objects.map((object) => [idOf(object), object]));

/** As NetBox merges: objects into objects, and everything else replaces what was there. */
export const deepMerge = (under: JsonObject, over: JsonObject): JsonObject =>
  objectOf([
    ...Object.entries(under),
    ...Object.entries(over).map(([key, value]): [string, Json] => {
      const before = Object.hasOwn(under, key) ? under[key] : undefined;
      const both = isObject(before) && isObject(value) && Object.keys(value).length > 0;
      return [key, both ? deepMerge(before, value) : value];
    }),
  ]);

const weightOf = (context: NetBoxObject): number =>
  typeof context['weight'] === 'number' ? context['weight'] : 1000;
const nameOf = (context: NetBoxObject): string =>
  typeof context['name'] === 'string' ? context['name'] : '';

const byWeight = (a: NetBoxObject, b: NetBoxObject): number => {
  if (weightOf(a) !== weightOf(b)) return weightOf(a) - weightOf(b);
  return nameOf(a) < nameOf(b) ? -1 : Number(nameOf(a) > nameOf(b));
};

/** Config contexts by weight and name, for answers that were asked for without the contexts rendered. */
export class ConfigContexts {
  private readonly contexts: readonly NetBoxObject[];
  private readonly byId: Readonly<Record<keyof ContextTrees, ReadonlyMap<number | undefined, NetBoxObject>>>;

  constructor(contexts: readonly NetBoxObject[], trees: ContextTrees) {
    this.contexts = contexts.filter((one) => one['is_active'] !== false).toSorted(byWeight);
    this.byId = {
      sites: indexed(trees.sites),
      regions: indexed(trees.regions),
      siteGroups: indexed(trees.siteGroups),
      locations: indexed(trees.locations),
      clusters: indexed(trees.clusters),
      tenants: indexed(trees.tenants),
    };
  }

  /** The context of a device or virtual machine: as rendered by NetBox, or else put together here. */
  of(object: NetBoxObject): JsonObject {
    const rendered = object['config_context'];
    if (isObject(rendered)) return rendered;
    const assigned = this.assigned(object);
    const data = this.contexts
      .filter((context) => this.fits(context, assigned))
      .flatMap((context) => (isObject(context['data']) ? [context['data']] : []));
    const local = object['local_context_data'];
    return [...data, ...(isObject(local) ? [local] : [])].reduce(deepMerge, {});
  }

  private fits(context: NetBoxObject, assigned: Assigned): boolean {
    return [...criteria, 'tags'].every((member) => {
      const wanted = keysIn(context, member, member === 'tags' ? 'slug' : 'id');
      return wanted.length === 0 || wanted.some((one) => assigned[member]?.has(one) === true);
    });
  }

  private assigned(object: NetBoxObject): Assigned {
    const cluster = this.full('clusters', objectIn(object, 'cluster'));
    const site = this.full('sites', siteOf(object) ?? siteOf(cluster));
    const tenant = this.full('tenants', objectIn(object, 'tenant'));
    const one = (id: number | undefined): ReadonlySet<Json> => new Set(id === undefined ? [] : [id]);
    return {
      regions: this.upwards('regions', objectIn(site, 'region')),
      site_groups: this.upwards('siteGroups', objectIn(site, 'group')),
      sites: one(idOf(site)),
      locations: this.upwards('locations', objectIn(object, 'location')),
      device_types: one(idOf(objectIn(object, 'device_type'))),
      roles: one(idOf(roleOf(object))),
      platforms: one(idOf(objectIn(object, 'platform'))),
      cluster_types: one(idOf(objectIn(cluster, 'type'))),
      cluster_groups: one(idOf(objectIn(cluster, 'group'))),
      clusters: one(idOf(cluster)),
      tenant_groups: one(idOf(objectIn(tenant, 'group'))),
      tenants: one(idOf(tenant)),
      tags: new Set(keysIn(object, 'tags', 'slug')),
    };
  }

  /** The whole object that a nested one stands for. */
  private full(tree: keyof ContextTrees, nested: NetBoxObject | undefined): NetBoxObject | undefined {
    return this.byId[tree].get(idOf(nested)) ?? nested;
  }

  private upwards(tree: keyof ContextTrees, from: NetBoxObject | undefined): ReadonlySet<Json> {
    const found = new Set<Json>();
    let at = this.full(tree, from);
    for (let id = idOf(at); id !== undefined && !found.has(id); id = idOf(at)) {
      found.add(id);
      at = this.full(tree, objectIn(at, 'parent'));
    }
    return found;
  }
}
