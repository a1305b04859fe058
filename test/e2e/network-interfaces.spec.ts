import { type Gateway, startGateway } from '#test/support/gateway.js';
import { newRegion, stranger } from '#test/support/places.js';

const hardware = { ip_address: '10.0.0.1', device_type: 'server' };

describe('an interface over REST', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway.close());

  const make = async (collection: string, body: object): Promise<string> => {
    const { status, text, body: made } = await gateway.root.post(`/v1/${collection}`, body);
    if (status !== 201) throw new Error(text);
    return made.id as string;
  };

  const scene = async () => {
    const { regionId: region_id } = await newRegion(gateway.root);
    const device_id = await make('hosts', { name: 'h', region_id, ...hardware });
    const network = (name: string, byte: number) =>
      make('networks', { name, region_id, cidr: `10.${byte}.0.0/24`, gateway: `10.${byte}.0.1` });
    const [near, far] = [await network('near', 1), await network('far', 2)];
    const port = { name: 'e', interface_type: 'ethernet', ip_address: '10.1.0.5', network_id: near };
    const id = await make('network-interfaces', { device_id, ...port });
    return { path: `/v1/network-interfaces/${id}`, id, near, far };
  };

  it('moves to another address and network, and is found there', async () => {
    const { path, id, near, far } = await scene();
    const moving = { ip_address: '10.2.0.5', network_id: far, vlan_id: 4 };
    const { status, body } = await gateway.root.put(path, moving);
    expect([status, body]).toEqual([200, expect.objectContaining({ ...moving, name: 'e' })]);
    const found = await gateway.root.get(`/v1/network-interfaces?network_id=${far}&ip_address=10.2.0.5`);
    expect(found.body.network_interfaces).toMatchObject([{ id }]);
    expect((await gateway.root.delete(`/v1/networks/${near}`)).status).toBe(204);
    expect((await gateway.root.delete(`/v1/networks/${far}`)).status).toBe(409);
    const { history } = (await gateway.root.get(`${path}/history`)).body;
    expect(history.slice(-2)).toMatchObject([
      {
        type: 'InterfaceReaddressed',
        before: { ip_address: '10.1.0.5', network_id: near },
        after: { ip_address: '10.2.0.5', network_id: far },
      },
      { type: 'InterfaceSettingsChanged', before: { vlan_id: null }, after: { vlan_id: 4 } },
    ]);
  });

  it('writes an address as RFC 5952 says, and changes nothing for another spelling', async () => {
    const { path } = await scene();
    const first = await gateway.root.put(path, { ip_address: '2001:DB8:0::1', network_id: null });
    expect(first.body).toMatchObject({ ip_address: '2001:db8::1', network_id: null });
    const before = (await gateway.events()).length;
    expect((await gateway.root.put(path, { ip_address: '2001:db8:0:0::1' })).status).toBe(200);
    expect(await gateway.events()).toHaveLength(before);
  });

  it('stays where it is when its address would not be in its network', async () => {
    const { path, far } = await scene();
    const before = (await gateway.events()).length;
    for (const wrong of [{ ip_address: '10.2.0.5' }, { network_id: far }]) {
      const { status, body } = await gateway.root.put(path, wrong);
      expect([status, body.errors[0].member]).toEqual([409, 'ip_address']);
    }
    expect(await gateway.events()).toHaveLength(before);
  });

  it('goes to no network of another region, or of others', async () => {
    const { path, near } = await scene();
    const elsewhere = await scene();
    const { status, body } = await gateway.root.put(path, { network_id: elsewhere.near });
    expect([status, body.errors[0].member]).toEqual([404, 'network_id']);
    const foreign = await (await stranger(gateway)).put(path, { network_id: near });
    expect(foreign.status).toBe(404);
  });

  it.each([
    [{ ip_address: null }, 'ip_address'],
    [{ ip_address: '10.1.0' }, 'ip_address'],
    [{ network_id: 'x' }, 'network_id'],
    [{ vlan_id: 2 ** 24 }, 'vlan_id'],
    [{ device_id: '018f0000-0000-7000-8000-000000000000' }, 'device_id'],
  ])('is not changed to %j', async (wrong, member) => {
    const { path } = await scene();
    const { status, body } = await gateway.root.put(path, wrong);
    expect([status, body.errors[0].member]).toEqual([400, member]);
  });
});
