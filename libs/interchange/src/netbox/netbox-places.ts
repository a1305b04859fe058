import type { Place } from '../fleet-record.js';
import { compact, idOf, objectIn, siteOf, textOf, type NetBoxObject } from './netbox-objects.js';

/** Where the things of a NetBox are in a fleet: a site is a region, its racks and locations are cells. */
export class NetBoxPlaces {
  private readonly regions = new Map<number | undefined, string>();
  private readonly clusters = new Map<number | undefined, NetBoxObject>();
  private readonly racks = new Map<number | undefined, string>();
  private readonly locations = new Map<number | undefined, string>();
  private readonly taken = new Set<string>();

  constructor(readonly cloud: string) {}

  /** Names a region after a site. */
  site(site: NetBoxObject, name: string): void {
    this.regions.set(idOf(site), name);
  }

  cluster(cluster: NetBoxObject): void {
    this.clusters.set(idOf(cluster), cluster);
  }

  /** Names a cell after a location or a rack, and otherwise if another cell of the site has the name already. */
  cell(kind: 'location' | 'rack', object: NetBoxObject, name: string): string {
    const region = this.regionOf(object) ?? '';
    const location = textOf(objectIn(object, 'location'), 'name');
    const candidates = [name, ...(location === undefined ? [] : [`${location}/${name}`])];
    const free = candidates.find((one) => !this.taken.has(JSON.stringify([region, one])));
    const named = free ?? `${name} (${kind} ${idOf(object)})`;
    this.taken.add(JSON.stringify([region, named]));
    (kind === 'rack' ? this.racks : this.locations).set(idOf(object), named);
    return named;
  }

  /** The region of whatever has a site, itself or through its cluster; a cluster without a site is a region of its own. */
  regionOf(object: NetBoxObject | undefined): string | undefined {
    const site = siteOf(object);
    if (site) return this.regions.get(idOf(site)) ?? textOf(site, 'name');
    const nested = objectIn(object, 'cluster');
    if (!nested) return undefined;
    const cluster = this.clusters.get(idOf(nested)) ?? nested;
    const own = siteOf(cluster);
    return own ? (this.regions.get(idOf(own)) ?? textOf(own, 'name')) : textOf(cluster, 'name');
  }

  within(object: NetBoxObject): Place {
    return compact({ cloud: this.cloud, region: this.regionOf(object) }) as Place;
  }

  /** The rack of a device, or else its location. */
  cellOf(device: NetBoxObject): string | undefined {
    const rack = this.racks.get(idOf(objectIn(device, 'rack')));
    return rack ?? this.locations.get(idOf(objectIn(device, 'location')));
  }
}
