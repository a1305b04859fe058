import fc from 'fast-check';
import { v7 } from 'uuid';
import { hardware } from './places.js';

export const collections = ['cells', 'hosts', 'containers', 'networks', 'network-interfaces'] as const;
export type Collection = (typeof collections)[number];

/** What there is in a region, by identifier. */
export type Known = Readonly<Record<Collection, readonly string[]>>;

export type Asked = readonly [method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown];

/** What somebody asks for in a region, whatever comes of it. */
export interface Deed {
  readonly act: keyof typeof requests;
  readonly collection: Collection;
  /** Which of those there are. */
  readonly which: number;
  readonly other: number;
  readonly name: string;
  readonly key: string;
  readonly value: number | string | null;
}

interface Place {
  readonly deed: Deed;
  readonly known: Known;
  readonly regionId: string;
  /** Of the thing that it is done to; of the region, where there is no such thing. */
  readonly path: string;
  readonly isRegion: boolean;
}

const one = (ids: readonly string[], which: number): string | null => ids[which % (ids.length + 1)] ?? null;

/** Nobody names a member that its collection does not have. */
const membersOf = ({ deed: { collection, which, other, name, value }, known }: Place): object => {
  const note = value === null ? null : String(value);
  const ip_address = `10.0.${other % 2}.${1 + (which % 9)}`;
  const cell_id = one(known.cells, other);
  switch (collection) {
    case 'cells':
      return { name, note };
    case 'hosts':
    case 'containers':
      return { name, note, cell_id, parent_id: one(known.hosts, which), active: value !== 2, ip_address };
    case 'networks':
      return { name, cell_id, nss: note };
    case 'network-interfaces': {
      const network_id = one(known.networks, other);
      return { name, interface_type: String(value), ip_address, network_id, speed: other };
    }
  }
};

const neededBy = ({ deed: { collection, which }, known, regionId }: Place): object => {
  const part = which % 2;
  const range = { cidr: `10.0.${part}.0/24`, gateway: `10.0.${part}.1` };
  if (collection === 'network-interfaces') return { device_id: one(known.hosts, which) ?? v7() };
  if (collection === 'networks') return { region_id: regionId, ...range };
  return { region_id: regionId, ...(collection === 'cells' ? {} : hardware) };
};

// Values are held to the schemas of the region alone, where everything stays: not to those of places that things move to and from.
const keyOfSchema = ({ deed: { key }, isRegion }: Place): string => (isRegion ? key : `${key} of its own`);

const sometimes = (which: number, query: string): string => (which % 2 === 0 ? query : '');

const requests = {
  create: (place: Place): Asked => {
    const { collection, key, value } = place.deed;
    return ['POST', collection, { ...neededBy(place), ...membersOf(place), variables: { [key]: value } }];
  },
  change: (place: Place): Asked => {
    const { other, name } = place.deed;
    // Names are unique: some changes leave them as they are.
    const members = Object.entries(membersOf(place)).slice(other % 2);
    return ['PUT', place.path, place.isRegion ? { note: name } : Object.fromEntries(members)];
  },
  set: ({ path, deed: { key, value, other } }: Place): Asked => [
    'PUT',
    `${path}/variables${sometimes(other, '?replace=true')}`,
    { [key]: value },
  ],
  // Only this one: a secret stays one until it is removed, so that what made one of a plain value is not put back.
  seal: ({ path, deed: { value } }: Place): Asked => [
    'PUT',
    `${path}/variables?secret=password`,
    { password: String(value) },
  ],
  bind: ({ path, deed: { key, value } }: Place): Asked => [
    'PUT',
    `${path}/variable-providers`,
    { [key]: { provider: 'http-json', settings: { url: `https://cmdb.example/${value}` } } },
  ],
  unset: ({ path, deed: { key } }: Place): Asked => ['DELETE', `${path}/variables`, [key, 'password']],
  label: ({ path, deed: { key, other } }: Place): Asked => [
    'PUT',
    `${path}/labels${sometimes(other, '?replace=true')}`,
    { labels: [key] },
  ],
  attach: (place: Place): Asked => {
    const { value } = place.deed;
    const schema = value === null ? {} : { type: typeof value };
    return ['PUT', `${place.path}/variable-schemas`, { [keyOfSchema(place)]: schema }];
  },
  detach: (place: Place): Asked => ['DELETE', `${place.path}/variable-schemas`, [keyOfSchema(place)]],
  remove: ({ path, isRegion, deed: { other } }: Place): Asked =>
    isRegion ? ['DELETE', `cells/${v7()}`] : ['DELETE', `${path}${sometimes(other, '?cascade=true')}`],
} as const;

const acts = Object.keys(requests) as readonly (keyof typeof requests)[];

export const anyDeed: fc.Arbitrary<Deed> = fc.record({
  act: fc.constantFrom(...acts, 'create' as const, 'change' as const),
  collection: fc.constantFrom(...collections),
  which: fc.nat(100),
  other: fc.nat(100),
  name: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'),
  key: fc.constantFrom('one', 'two', 'three'),
  value: fc.constantFrom(1, 2, 'text', null),
});

/** The request that a deed is, given what there is. */
export const requestFor = (deed: Deed, known: Known, regionId: string): Asked => {
  const id = one(known[deed.collection], deed.which);
  const path = id === null ? `regions/${regionId}` : `${deed.collection}/${id}`;
  return requests[deed.act]({ deed, known, regionId, path, isRegion: id === null });
};
