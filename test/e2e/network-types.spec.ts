import { type Gateway, startGateway } from '#test/support/gateway.js';
import { newRegion } from '#test/support/places.js';

describe('what carries a network', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway.close());

  const get = async (path: string) => (await gateway.root.get(path)).body;

  it('is told, found by, changed and put back', async () => {
    const { regionId } = await newRegion(gateway.root);
    const body = { region_id: regionId, cidr: '10.0.0.0/24', gateway: '10.0.0.1' };
    const { id } = (
      await gateway.root.post('/v1/networks', { ...body, name: 'tunnel', network_type: 'vxlan' })
    ).body;
    await gateway.root.post('/v1/networks', { ...body, name: 'unknown' });
    const found = async (type: string) =>
      (await get(`/v1/networks?region_id=${regionId}&network_type=${type}`)).networks.map(
        ({ name }: { name: string }) => name,
      );
    expect(await found('vxlan')).toEqual(['tunnel']);
    await gateway.root.put(`/v1/networks/${id}`, { network_type: 'vlan' });
    expect([await found('vxlan'), await found('vlan')]).toEqual([[], ['tunnel']]);
    const { history } = await get(`/v1/networks/${id}/history`);
    expect(history.at(-1)).toMatchObject({
      type: 'NetworkTypeChanged',
      before: { network_type: 'vxlan' },
      after: { network_type: 'vlan' },
    });
    await gateway.root.post('/v1/revert', { event_id: history.at(-1).event_id, dry_run: false });
    expect(await get(`/v1/networks/${id}`)).toMatchObject({ network_type: 'vxlan' });
    expect(
      (await gateway.root.put(`/v1/networks/${id}`, { network_type: null })).body.network_type,
    ).toBeNull();
  });
});
