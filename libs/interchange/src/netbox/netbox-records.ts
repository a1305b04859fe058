import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import type { FleetKind, FleetRecord, Place, Read } from '../fleet-record.js';
import { oddityOf } from '../json-shape.js';
import {
  choiceOf,
  compact,
  idOf,
  keysIn,
  objectIn,
  roleOf,
  textOf,
  type NetBoxObject,
} from './netbox-objects.js';

export interface Member {
  readonly kind: FleetKind;
  readonly path: string;
  readonly name: string;
  readonly place: Place;
  readonly fields?: JsonObject;
  readonly labels?: readonly string[];
  readonly variables?: JsonObject;
}

export const labelsOf = (object: NetBoxObject): string[] => {
  const related = {
    role: roleOf(object),
    tenant: objectIn(object, 'tenant'),
    platform: objectIn(object, 'platform'),
  };
  const named = Object.entries(related).flatMap(([word, one]) => {
    const slug = textOf(one, 'slug');
    return slug === undefined ? [] : [`${word}:${slug}`];
  });
  return [...new Set([...keysIn(object, 'tags', 'slug').map(String), ...named])];
};

export const record = ({ kind, path, name, place, fields, labels, variables }: Member): FleetRecord => ({
  kind,
  name,
  place,
  fields: fields ?? {},
  labels: labels ?? [],
  variables: variables ?? {},
  source: { path },
});

export const noteOf = (object: NetBoxObject): string | undefined => textOf(object, 'description');

/** What NetBox knows of an object and a fleet has no field for, under the one key `netbox`. */
export const known = (
  object: NetBoxObject,
  more: Readonly<Record<string, Json | undefined>> = {},
): JsonObject => ({
  netbox: compact({
    id: object['id'],
    status: choiceOf(object, 'status'),
    serial: object['serial'],
    asset_tag: object['asset_tag'],
    custom_fields:
      objectIn(object, 'custom_fields') && compact(objectIn(object, 'custom_fields') as JsonObject),
    ...more,
  }),
});

const pathOf = (collection: string, object: NetBoxObject): string => `${collection}/${idOf(object) ?? '?'}`;

/** Maps an object that has a name and nothing that could not be kept; everything else is a problem with its address. */
export const mapped = (
  object: NetBoxObject,
  collection: string,
  depth: number,
  map: (at: { path: string; name: string }) => Read,
): Read => {
  const source = { path: pathOf(collection, object) };
  const oddity = oddityOf(object, depth);
  if (oddity) return { problem: `${oddity.path.toReversed().join('.')} ${oddity.words}`, source };
  const name = textOf(object, 'name');
  return name === undefined ? { problem: 'the object has no name', source } : map({ ...source, name });
};
