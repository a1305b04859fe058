import type { FleetRecord, Read } from '../fleet-record.js';
import type { ContextTrees } from './config-contexts.js';
import { compact, keysIn, objectIn, textOf, type NetBoxObject } from './netbox-objects.js';
import type { NetBoxPlaces } from './netbox-places.js';
import { known, mapped, noteOf, record } from './netbox-records.js';

/** What must be known before devices can be placed. */
export interface NetBoxFrame extends ContextTrees {
  readonly racks: readonly NetBoxObject[];
  readonly contexts: readonly NetBoxObject[];
}

interface At {
  readonly path: string;
  readonly name: string;
}

const regionOf = (site: NetBoxObject, places: NetBoxPlaces, { path, name }: At): FleetRecord => {
  places.site(site, name);
  const variables = known(site, {
    slug: site['slug'],
    region: textOf(objectIn(site, 'region'), 'name'),
    group: textOf(objectIn(site, 'group'), 'name'),
    facility: site['facility'],
    time_zone: site['time_zone'],
    tags: keysIn(site, 'tags', 'slug'),
  });
  const place = { cloud: places.cloud };
  return record({ kind: 'region', path, name, place, fields: compact({ note: noteOf(site) }), variables });
};

const cellOf = (kind: 'location' | 'rack', object: NetBoxObject, places: NetBoxPlaces, at: At): FleetRecord =>
  record({
    kind: 'cell',
    path: at.path,
    name: places.cell(kind, object, at.name),
    place: places.within(object),
    fields: compact({ note: noteOf(object) }),
    variables: known(object, {
      kind,
      location: textOf(objectIn(object, 'location'), 'name'),
      facility_id: object['facility_id'],
      u_height: object['u_height'],
      tags: keysIn(object, 'tags', 'slug'),
    }),
  });

/** A config context that cannot be merged is left out, and said to be. */
function* oddContext(context: NetBoxObject, depth: number): Generator<Read> {
  const read = mapped(context, 'extras/config-contexts', depth, (at) =>
    record({ kind: 'cloud', ...at, place: {} }),
  );
  if ('problem' in read) yield read;
}

/** The cloud, sites and lone clusters as regions, locations and racks as cells; `places` learns their names. */
export function* mapTree(frame: NetBoxFrame, places: NetBoxPlaces, depth: number): Generator<Read> {
  const { cloud } = places;
  yield record({ kind: 'cloud', path: 'netbox', name: cloud, place: {} });
  for (const site of frame.sites) yield mapped(site, 'dcim/sites', depth, (at) => regionOf(site, places, at));
  for (const cluster of frame.clusters) {
    places.cluster(cluster);
    const mapCluster = (at: At) => record({ kind: 'region', ...at, place: { cloud } });
    const alone = places.regionOf({ cluster }) === textOf(cluster, 'name');
    if (alone) yield mapped(cluster, 'virtualization/clusters', depth, mapCluster);
  }
  for (const location of frame.locations)
    yield mapped(location, 'dcim/locations', depth, (at) => cellOf('location', location, places, at));
  for (const rack of frame.racks)
    yield mapped(rack, 'dcim/racks', depth, (at) => cellOf('rack', rack, places, at));
  for (const context of frame.contexts) yield* oddContext(context, depth);
}
