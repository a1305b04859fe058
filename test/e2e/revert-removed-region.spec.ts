import { type Gateway, startGateway } from '#test/support/gateway.js';
import { hardware, newRegion } from '#test/support/places.js';
import { ok, requestOf, Reverting } from '#test/support/reverting.js';

describe('a region that was removed with all that was in it', () => {
  let gateway: Gateway;
  const on = new Reverting(() => gateway);
  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway.close());

  const ndjson = { 'content-type': 'application/x-ndjson' };
  const exported = async (query: string): Promise<object[]> => {
    const { text } = await ok(gateway.root.get(`/v1/export?format=ndjson&${query}`));
    return text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
  };

  it('comes back, under another identifier, as the export that its refusal tells of', async () => {
    const { cloudId, regionId } = await newRegion(gateway.root);
    await on.put(`regions/${regionId}`, { note: 'n' });
    await on.put(`regions/${regionId}/variables`, { a: 1 });
    const cell_id = await on.create('cells', { name: 'cell', region_id: regionId });
    const more = { cell_id, labels: ['x'], variables: { b: [null] } };
    const parent_id = await on.host(regionId, 'parent', more);
    const box = { name: 'box', region_id: regionId, ...hardware, parent_id, active: false };
    await on.create('containers', box);
    const range = { name: 'lan', region_id: regionId, cidr: '10.0.0.0/24', gateway: '10.0.0.1' };
    const network_id = await on.create('networks', range);
    const port = { name: 'eth0', device_id: parent_id, interface_type: 'ethernet', ip_address: '10.0.0.7' };
    await on.create('network-interfaces', { ...port, network_id });
    const was = await exported(`cloud_id=${cloudId}`);
    const before = (await gateway.root.get('/v1/clouds?limit=1')).headers['craton-cursor'] as string;

    const removed = await on.remove(`regions/${regionId}?cascade=true`);
    const { body } = await ok(on.revert({ correlation_id: requestOf(removed) }));
    expect(body.steps[0].obstacles[0].message).toBe(
      'a region that was removed is closed for good: import what an export as of the moment before tells, which makes a new one',
    );

    const { text } = await ok(
      gateway.root.get(`/v1/export?format=ndjson&region_id=${regionId}&as_of=${before}`),
    );
    const path = '/v1/import?mode=all-or-nothing&dry_run=false';
    await ok(gateway.root.ask('POST', path, text, ndjson));
    expect(await exported(`cloud_id=${cloudId}`)).toEqual(was);
    const { regions } = await on.show(`regions?cloud_id=${cloudId}`);
    expect(regions.map(({ id }: { id: string }) => id)).not.toContain(regionId);
  });
});
