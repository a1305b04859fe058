import { says } from '#test/support/json-server.js';
import { LookingUp } from '#test/support/looking-up.js';

let scene: LookingUp;
beforeAll(async () => {
  scene = await LookingUp.start();
});
afterAll(() => scene.close());
beforeEach(() => scene.reset());

const here = (path: string) => scene.here(path);
const http = (path: string) => scene.http(path);
const newHost = (more: object = {}) => scene.newHost(more);
const bound = (path: string, bindings: object) => scene.bound(path, bindings);
const get = (path: string) => scene.get(path);

describe('a variable that is bound to a provider', () => {
  it('is told of where what was found does not fit a schema, and shown nevertheless', async () => {
    const { id, name, host, region } = await newHost({ variables: { plain: 'x' } });
    const put = async (path: string, schemas: object) =>
      expect((await scene.gateway.root.put(`${path}/variable-schemas`, schemas)).status).toBe(200);
    const values = { ok: 1, odd: { ports: [22, 'x'] }, toString: 'text', lost: 1 };
    await bound(region, Object.fromEntries(Object.keys(values).map((key) => [key, http(`/${key}`)])));
    for (const [key, value] of Object.entries(values)) scene.server.at(here(`/${key}`), says(value));
    scene.server.at(here('/lost'), (_, response) => response.writeHead(500).end());
    await put(region, { ok: { type: 'integer' }, lost: { type: 'string' }, constructor: { type: 'string' } });
    await put(host, {
      plain: { type: 'integer' },
      odd: { properties: { ports: { items: { type: 'integer' } } } },
      toString: { type: 'integer' },
    });
    const owner = { kind: 'host', id, name };
    const violations = [
      { key: 'plain', member: '', message: 'must be integer', schema_owner: owner },
      { key: 'odd', member: 'ports.1', message: 'must be integer', schema_owner: owner },
      { key: 'toString', member: '', message: 'must be integer', schema_owner: owner },
    ];
    const { lost: _lost, ...found } = values;
    const variables = { ...found, lost: { $bound: true }, plain: 'x' };
    expect(await get(`${host}/variables?check=true`)).toMatchObject({ variables, violations });
    expect((await get(`${host}/variables?explain=true`)).violations).toEqual(violations);
    expect((await get(`${host}/variables?check=true&key=odd`)).violations).toEqual([violations[1]]);
    expect(await get(`${host}/variables`)).not.toHaveProperty('violations');
    expect((await get(host)).variables).toEqual(variables);
    const past = await get(`${host}/variables?check=true&as_of=${new Date().toISOString()}`);
    expect(past.violations).toEqual([violations[0]]);
  });
});
