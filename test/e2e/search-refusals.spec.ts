import { parseVarsQuery } from '#libs/inventory/src/search/vars-query.js';
import { type Gateway, startGateway } from '#test/support/gateway.js';

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());

const address = (collection: string, vars: string, more = '') =>
  `/v1/${collection}?vars=${encodeURIComponent(vars)}${more}`;

describe('a query that cannot be read', () => {
  const collections = ['projects', 'clouds', 'regions', 'cells', 'hosts', 'network-devices'];
  const more = ['containers', 'devices', 'networks', 'network-interfaces'];

  it.each([...collections, ...more])('is refused by /v1/%s with the column', async (collection) => {
    const answer = await gateway.root.get(address(collection, 'a:1, b=2'));
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toEqual([
      { member: 'vars', message: expect.stringMatching(/^column 7: expected .*, found =$/) },
    ]);
  });

  it.each([
    '',
    'a',
    'a:',
    'a:1,',
    'a:x',
    '$.a:1',
    'v3.0:1',
    'a:1, a:2',
    'a[last]:1',
    'a[2][0]:1',
    '*.a:1',
    '\u0000',
    '"',
  ])('is refused: %j', async (vars) => {
    const answer = await gateway.root.get(address('hosts', vars));
    expect(answer.status).toBe(400);
    expect(answer.body.errors[0].message).toMatch(/column \d+: expected /);
    expect(() => parseVarsQuery(vars)).toThrow(answer.body.errors[0].message);
  });

  it('is refused when it is too deep or too long', async () => {
    for (const vars of [`a:${'['.repeat(5000)}`, `a:"${'x'.repeat(9000)}"`]) {
      const answer = await gateway.root.get(address('hosts', vars));
      expect([answer.status, answer.body.errors[0].message]).toEqual([
        400,
        expect.stringMatching(/^column \d+: /),
      ]);
    }
  });

  it('is refused when it is given twice, and in the past as in the present', async () => {
    expect((await gateway.root.get('/v1/hosts?vars=a:1&vars=b:1')).status).toBe(400);
    const past = new Date(0).toISOString();
    expect((await gateway.root.get(address('hosts', 'a', `&as_of=${past}`))).status).toBe(400);
    expect((await gateway.root.get(address('hosts', 'a:1', `&as_of=${past}`))).body.hosts).toEqual([]);
  });
});

it('describes the parameter wherever it is taken', async () => {
  const { paths } = (await gateway.root.get('/openapi.json')).body;
  const takes = Object.entries(
    paths as Record<string, { get?: { parameters: { name?: string; schema: object }[] } }>,
  ).flatMap(([path, { get: asked }]) => {
    const vars = asked?.parameters.find(({ name }) => name === 'vars');
    return vars ? [[path, vars.schema] as const] : [];
  });
  expect(takes.map(([path]) => path).toSorted()).toEqual(
    ['cells', 'clouds', 'containers', 'devices', 'hosts', 'network-devices', 'network-interfaces']
      .concat(['networks', 'projects', 'regions'])
      .map((collection) => `/v1/${collection}`),
  );
  for (const [, schema] of takes) {
    expect(schema).toMatchObject({ type: 'string', description: expect.stringContaining('kernel') });
  }
});
