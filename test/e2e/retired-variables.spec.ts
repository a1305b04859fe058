import { type Gateway, startGateway } from '#test/support/gateway.js';
import { hardware, made, newRegion } from '#test/support/places.js';

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());

const post = async (path: string, body: object) => (await made(gateway.root.post(path, body))).body;

describe('a host that is retired', () => {
  let host: string;
  let port: string;
  beforeAll(async () => {
    const { regionId } = await newRegion(gateway.root);
    host = `/v1/hosts/${(await post('/v1/hosts', { name: 'old', region_id: regionId, ...hardware })).id}`;
    const { id } = await post('/v1/network-interfaces', {
      name: 'e0',
      device_id: host.split('/').at(-1),
      interface_type: 'ethernet',
      ip_address: '10.0.0.5',
    });
    port = `/v1/network-interfaces/${id}`;
    for (const path of [host, port]) await gateway.root.put(`${path}/variables`, { kept: 1 });
    await gateway.root.put(`${host}/variable-schemas`, { kept: { type: 'number' } });
    await gateway.root.put(`${host}/variables`, { kept: 2 });
    await gateway.root.post(`${host}/retire`, {});
  });

  it.each<['PUT' | 'DELETE', string, unknown]>([
    ['PUT', 'variables', { kept: 3 }],
    ['PUT', 'variables', { kept: 2 }],
    ['DELETE', 'variables', ['kept']],
    ['PUT', 'variable-providers', { bound: { provider: 'host-status' } }],
    ['PUT', 'variable-schemas', { kept: { type: 'string' } }],
    ['DELETE', 'variable-schemas', ['kept']],
  ])('takes no %s of %s, nor does its interface', async (method, what, body) => {
    const before = await gateway.eventStore.head();
    for (const path of [host, port]) {
      const refused = await gateway.root.ask(method, `${path}/${what}`, body);
      expect([refused.status, refused.body.type, refused.body.detail]).toEqual([
        409,
        '/problems/illegal-state',
        'old is retired',
      ]);
    }
    expect(await gateway.eventStore.head()).toBe(before);
  });

  it('still shows what it had', async () => {
    const { schemas } = (await gateway.root.get(`${host}/variable-schemas`)).body;
    expect(Object.keys(schemas)).toEqual(['kept']);
    expect((await gateway.root.get(`${host}/variables`)).body.variables).toEqual({ kept: 2 });
    expect((await gateway.root.get(`${port}/variables`)).body.variables).toEqual({ kept: 1 });
  });

  it('has none of them put back', async () => {
    const { history } = (await gateway.root.get(`${host}/history`)).body;
    const { event_id } = history.findLast(({ type }: { type: string }) => type === 'VariablesSet');
    const refused = await gateway.root.post('/v1/revert', { event_id, dry_run: false });
    expect([refused.status, refused.body.errors?.[0].message]).toEqual([409, 'old is retired']);
  });
});
