import { badRequest, changes, type Mischief, proper } from './mischief.js';

export const staleRevision: Mischief = (operation, scene) => {
  if (!operation.headers.includes('If-Match')) return undefined;
  const tag = scene.chance.one(['"999999"', 'W/"0"', '"123456789012345"']);
  const headers = { 'if-match': tag };
  // What is wrong with the body, or with the state of the thing, may be told first.
  return {
    what: `If-Match: ${tag}`,
    ...proper(operation, scene),
    headers,
    refused: [400, 403, 404, 409, 412],
  };
};

export const matchNothing: Mischief = (operation, scene) => {
  if (operation.method !== 'POST' || operation.headers.includes('If-Match')) return undefined;
  const headers = { 'if-match': scene.chance.one(['*', '"0"', 'nonsense']) };
  return {
    what: 'If-Match on something new',
    ...proper(operation, scene),
    headers,
    refused: [400, 403, 412],
  };
};

const wrongHeaders: readonly (readonly [name: string, values: readonly string[]])[] = [
  ['Idempotency-Key', ['', ' ', 'a b', 'x'.repeat(256), 'ключ', 'a\tb', '\u00ff']],
  ['X-Craton-Reason', ['', '%zz', '%', '%00', '%0a', 'x'.repeat(1001), '%ff', '%ed%a0%80']],
  ['Craton-Cursor', ['', ' ', 'x y', 'zzzz', '9'.repeat(300), '%00', '../..', '9'.repeat(40)]],
];

export const wrongHeader: Mischief = (operation, scene) => {
  const [name, values] = scene.chance.one(wrongHeaders);
  if (!operation.headers.includes(name) || operation.isPublic) return undefined;
  const value = scene.chance.one(values);
  return {
    what: `${name}: ${value.slice(0, 40)}`,
    ...proper(operation, scene),
    headers: { [name.toLowerCase()]: value },
    // Somebody else's body is told of before the header is looked at.
    refused: [...badRequest, 404, 409],
  };
};

export const wrongRevision: Mischief = (operation, scene) => {
  if (!operation.headers.includes('If-Match')) return undefined;
  const tag = scene.chance.one([
    'nonsense',
    '""',
    '"x"',
    '1',
    '"999999998", "999999999"',
    '"-5"',
    '"1e3"',
    `"${'9'.repeat(40)}"`,
    '',
  ]);
  const headers = { 'if-match': tag };
  return {
    what: `If-Match: ${tag}`,
    ...proper(operation, scene),
    headers,
    refused: [400, 403, 404, 409, 412],
  };
};

/** Neither asks for anything: the answer is what it is. */
export const oddHeader: Mischief = (operation, scene) => {
  if (changes(operation)) return undefined;
  const [name, value] = scene.chance.one([
    ['if-none-match', '"'],
    ['if-none-match', ',,,W/'],
    ['accept', 'image/png'],
    ['x-openstack-request-id', 'req-nonsense'],
    ['range', 'bytes=9-1'],
    ['host', 'evil.example/../'],
    ['x-forwarded-host', 'evil.example'],
    ['content-type', 'nonsense'],
    ['transfer-encoding', 'nonsense'],
  ] as const);
  return { what: `${name}: ${value}`, ...proper(operation, scene), headers: { [name]: value } };
};

const strangers: readonly (readonly [name: string, value: string])[] = [
  ['x-auth-token', 'nonsense'],
  ['x-auth-token', `${'0'.repeat(32)}.${'x'.repeat(43)}`],
  ['x-auth-token', 'x'.repeat(10_000)],
  ['authorization', 'Bearer '],
  ['authorization', 'Basic YTpi'],
  ['authorization', 'Digest username="a"'],
  ['x-auth-user', 'somebody else'],
  ['x-auth-project', 'nonsense'],
];

export const wrongCredentials: Mischief = (operation, scene) => {
  if (operation.isPublic) return undefined;
  const [name, value] = scene.chance.one(strangers);
  const { headers: _none, ...rest } = proper(operation, scene);
  const isInstead = name === 'authorization';
  const headers = isInstead ? { 'x-auth-token': '', [name]: value } : { [name]: value };
  return { what: `${name}: ${value.slice(0, 40)}`, ...rest, headers, refused: [400, 401, 404, 415, 429] };
};
