import { addressOf, changes, isIdentified, type Mischief, proper } from './mischief.js';
import type { Schema } from './operations.js';

export const unknownThing: Mischief = (operation, scene) => {
  if (!isIdentified(operation) || operation.isPublic) return undefined;
  const url = addressOf(operation, {}, scene.chance);
  return { what: 'of nothing', ...proper(operation, scene), url, refused: [400, 403, 404] };
};

/** Whoever asks does not see it: the same as nothing. */
export const foreignThing: Mischief = (operation, scene) => {
  if (!isIdentified(operation) || operation.isPublic) return undefined;
  const url = addressOf(operation, scene.foreign, scene.chance);
  return { what: 'of others', ...proper(operation, scene), url, refused: [400, 403, 404] };
};

const nonsense = [
  ['7', '-1', 'null', 'undefined', '%00', '%0a', '..%2f..%2fetc', '%', '%zz', '%e0%a4%a', '*', "'", '%22'],
  ['__proto__', 'constructor', '{}', '[]', 'x'.repeat(190), 'x'.repeat(3000), '%F0%9F%92%A5', '.', '%2e%2e'],
  [
    '00000000-0000-0000-0000-00000000000g',
    '018f2c5e-0000-7000-8000-0000000000000',
    '%20',
    '+',
    '~',
    '?',
    '#',
  ],
].flat();

export const nonsenseThing: Mischief = (operation, scene) => {
  if (!isIdentified(operation)) return undefined;
  const id = scene.chance.one(nonsense);
  const { url, ...rest } = proper(operation, scene);
  const given = operation.path.replace(/\{[^}]+\}/, id).replaceAll(/\{[^}]+\}/g, () => scene.chance.uuid());
  // What is cut off there may be another route's address.
  const mayBeRight = ['?', '#', '.', '%2e%2e'].includes(id) && !changes(operation);
  return {
    what: `${given} instead of ${url}`,
    ...rest,
    url: given,
    ...(!mayBeRight && { refused: [400, 403, 404, 405, 414, 415] }),
  };
};

const queries: readonly (readonly [query: string, member: string])[] = [
  ['nope=1', 'nope'],
  ['__proto__=1', '__proto__'],
  ['constructor=1', 'constructor'],
  ['limit=1&limit=2', 'limit'],
  ['limit[]=1', 'limit[]'],
  ['limit[a]=1', 'limit[a]'],
  ['%zz=1', ''],
  ['=', ''],
  ['as_of=then', 'as_of'],
  ['as_of=2101-01-01T00:00:00Z', 'as_of'],
  ['as_of=', 'as_of'],
  ['as_of=%00', 'as_of'],
  ['as_of=1&as_of=2', 'as_of'],
  [`as_of=${'9'.repeat(300)}`, 'as_of'],
];

const values = [
  '',
  '%00',
  '%zz',
  'x'.repeat(300),
  '-1',
  '1e9',
  '0x10',
  '[]',
  '%ff',
  'perhaps',
  '9'.repeat(400),
];

/** Query strings that no operation takes, be it because it does not know the parameter. */
export const wrongQuery: Mischief = (operation, scene) => {
  if (operation.isPublic) return undefined;
  const [query, member] = scene.chance.one(queries);
  const { url, ...rest } = proper(operation, scene);
  const named = member === '' ? {} : { member };
  return { what: `with ?${query}`, ...rest, url: `${url}?${query}`, refused: [400, 403], ...named };
};

const isNarrow = ({ type, format, enum: words }: Schema): boolean =>
  type !== 'string' || format !== undefined || words !== undefined;

export const wrongParameter: Mischief = (operation, scene) => {
  const narrow = Object.entries(operation.query).filter(([, schema]) => isNarrow(schema.items ?? schema));
  if (narrow.length === 0) return undefined;
  const [name] = scene.chance.one(narrow);
  const value = scene.chance.one(values);
  const { url, ...rest } = proper(operation, scene);
  return {
    what: `with ?${name}=${value.slice(0, 40)}`,
    ...rest,
    url: `${url}?${name}=${value}`,
    refused: [400, 403],
    member: name,
  };
};

/** Free text is searched for, whatever it is. */
export const oddParameter: Mischief = (operation, scene) => {
  const names = Object.keys(operation.query);
  if (names.length === 0) return undefined;
  const name = scene.chance.one(names);
  const { url, ...rest } = proper(operation, scene);
  const value = scene.chance.one([...values, "'%20OR%201=1--", '%E2%80%AE', '%F0%9F%92%A5', '*', '%25']);
  return { what: `with ?${name}=${value.slice(0, 40)}`, ...rest, url: `${url}?${name}=${value}` };
};

export const wrongMethod: Mischief = (operation, scene) => {
  const { url } = proper(operation, scene);
  const method = scene.chance.one(['PATCH', 'OPTIONS'] as const);
  return { what: `${method} instead of ${operation.method}`, method, url, refused: [404, 405] };
};

export const wrongPlace: Mischief = (operation, scene) => {
  const { url, ...rest } = proper(operation, scene);
  const place = scene.chance.one([
    `${url}/`,
    `/${url}`,
    `${url}/nope`,
    `${url}%2f`,
    url.toUpperCase(),
    `${url};a=b`,
  ]);
  return { what: `at ${place}`, ...rest, url: place, refused: [400, 403, 404, 405, 414] };
};
