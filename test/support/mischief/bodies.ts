import { typeOf } from './examples.js';
import { badRequest, isIdentified, type Mischief, proper, type Scene } from './mischief.js';
import type { Body, Operation, Schema } from './operations.js';

// Each list on a line of its own is easier to add to than one value a line.
const junk: readonly unknown[] = [
  [null, true, 0, 7, -1, 1.5, 1e21, -0.1, [], {}, [[]], [null], { a: {} }, { $: '/x' }, ['x', 1]],
  ['', ' ', '\u0000', 'a\u0007b', '\u202e', '\ufeff', '\ud800', '٣', '7', 'true', 'null', '../../etc/passwd'],
  ["'; DROP TABLE windows; --", '<script>alert(1)</script>', '${7*7}', '%00', '__proto__', 'constructor'],
  ['2026-99-99T00:00:00Z', '0000-00-00', '999.1.1.1', '::g', 'F'.repeat(36), 'x'.repeat(256)],
  ['x'.repeat(5000), '\u{1f4a5}'.repeat(200), 'x'.repeat(70_000), Array.from({ length: 2000 }, () => 'x')],
].flat(1);

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const formats: Readonly<Record<string, (text: string) => boolean>> = {
  uuid: (text) => uuid.test(text),
  'date-time': (text) => /^\d{4}-\d\d-\d\dT/.test(text) && !Number.isNaN(Date.parse(text)),
};

/** What the schema's own words do not say: formats, halves of characters, and no control characters in names. */
const isOdd = (schema: Schema, value: unknown): boolean => {
  if (typeof value !== 'string') return false;
  if (!value.isWellFormed()) return true;
  if (typeOf(schema) !== 'string') return false;
  const fits = formats[schema.format ?? ''];
  return value.includes('\u0000') || (fits !== undefined && !fits(value));
};

const exampleOf = (body: Body, { examples, own }: Scene): Record<string, unknown> | undefined => {
  const example = examples.body(body.schema, own);
  const isObject = typeof example === 'object' && example !== null && !Array.isArray(example);
  return isObject ? (example as Record<string, unknown>) : undefined;
};

const membersOf = ({ schema }: Body): readonly [string, Schema][] => Object.entries(schema.properties ?? {});

export const wrongMember: Mischief = (operation, scene) => {
  const { body } = operation;
  const example = body && exampleOf(body, scene);
  if (!example || membersOf(body).length === 0) return undefined;
  const [member, schema] = scene.chance.one(membersOf(body));
  const value = scene.chance.one(junk);
  const wrong = { ...example, [member]: value };
  const isRefused = !body.fits(wrong) || isOdd(schema, value);
  if (!isRefused && isIdentified(operation)) return undefined;
  return {
    what: `${member} is ${JSON.stringify(value).slice(0, 60)}`,
    ...proper(operation, scene),
    payload: JSON.stringify(wrong),
    ...(isRefused && { refused: badRequest, member }),
  };
};

export const missingMember: Mischief = (operation, scene) => {
  const { body } = operation;
  const example = body && exampleOf(body, scene);
  const required = body?.schema.required ?? [];
  if (!example || required.length === 0) return undefined;
  const member = scene.chance.one(required);
  const { [member]: _left, ...rest } = example;
  const payload = JSON.stringify(rest);
  return { what: `without ${member}`, ...proper(operation, scene), payload, refused: badRequest, member };
};

const strangers = ['nope', 'constructor', 'toString', '$where', 'a.b', '', 'hasOwnProperty', 'then', 'id2'];

export const unknownMember: Mischief = (operation, scene) => {
  const { body } = operation;
  const example = body && exampleOf(body, scene);
  if (!example || body.schema.additionalProperties !== false) return undefined;
  const member = scene.chance.one([...strangers, 'x'.repeat(300)]);
  const payload = JSON.stringify({ ...example, [member]: scene.chance.one(junk.slice(0, 5)) });
  return { what: `unknown ${member}`, ...proper(operation, scene), payload, refused: badRequest, member };
};

export const wrongBody: Mischief = (operation, scene) => {
  const { body } = operation;
  if (!body) return undefined;
  const value = scene.chance.one(junk);
  if (body.fits(value)) return undefined;
  const payload = JSON.stringify(value);
  return {
    what: `the body is ${payload.slice(0, 60)}`,
    ...proper(operation, scene),
    payload,
    refused: badRequest,
  };
};

const poison = ['__proto__', 'constructor'].map((name) => [
  name,
  name === 'constructor' ? '{"prototype":{}}' : '{}',
]);

const broken = (scene: Scene, text: string): string => {
  const { chance } = scene;
  const at = chance.below(text.length);
  const [name, value] = chance.one(poison);
  return chance.one([
    text.slice(0, at),
    `${text}${chance.one([',', '}', ']', '{}', '"', '\u0000'])}`,
    `${text.slice(0, at)}\u0001${text.slice(at)}`,
    text.replaceAll('"', "'"),
    `${'['.repeat(10 + chance.below(90_000))}`,
    `{"name": ${'{"a":'.repeat(60)}1${'}'.repeat(60)}}`,
    `{"${name}": ${value}}`,
    `{"name": "a", "${name}": ${value}}`,
    '{"name": NaN}',
    '{"name": 1e999}',
    '\ufeff\ufeff{}',
    'name=value',
  ]);
};

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

export const malformed: Mischief = (operation, scene) => {
  const { payload = '{}', ...rest } = proper(operation, scene);
  if (operation.method === 'GET') return undefined;
  const text = broken(scene, payload);
  // What remains JSON is still refused where it was made to be.
  const isMeant = /"(__proto__|constructor)": |1e999|\{"a":\{"a":/.test(text);
  if (text === '' || (isJson(text) && !isMeant)) return undefined;
  return { what: `the body is ${text.slice(0, 60)}`, ...rest, payload: text, refused: [400] };
};

export const notUtf8: Mischief = (operation, scene) => {
  if (!operation.body) return undefined;
  const payload = Buffer.from([0x7b, 0x22, 0x6e, 0xff, scene.chance.below(256), 0x22, 0x3a, 0x31, 0x7d]);
  return { what: 'not UTF-8', ...proper(operation, scene), payload, refused: [400] };
};

const types = [
  ['text/plain', 'application/xml', 'multipart/form-data; boundary=x', 'application/x-www-form-urlencoded'],
  ['application/octet-stream', 'application/json-patch+json', 'image/png', 'nonsense', 'application/'],
].flat();

export const wrongType: Mischief = (operation: Operation, scene) => {
  if (operation.method === 'GET') return undefined;
  const type = scene.chance.one(types);
  const { payload = '{}', ...rest } = proper(operation, scene);
  return { what: `sent as ${type}`, ...rest, payload, headers: { 'content-type': type }, refused: [415] };
};

export const tooLarge: Mischief = (operation, scene) => {
  if (!operation.body) return undefined;
  const payload = `{"name": "${'x'.repeat(10 * 1024 * 1024)}"}`;
  return { what: '10 MB', ...proper(operation, scene), payload, refused: [413] };
};
