import { type Client, type Gateway, startGateway } from '#test/support/gateway.js';
import { stranger } from '#test/support/places.js';
import { smallFleet } from '#test/support/small-fleet.js';

interface Listed {
  readonly _meta: { readonly hostvars: Readonly<Record<string, Readonly<Record<string, unknown>>>> };
  readonly [group: string]: {
    readonly hosts?: readonly string[];
    readonly children?: readonly string[];
  } & object;
}

describe('an inventory for other tools', () => {
  let gateway: Gateway;
  let tenant: Client;
  beforeAll(async () => {
    gateway = await startGateway();
    tenant = await stranger(gateway);
    await smallFleet(tenant);
  });
  afterAll(() => gateway.close());

  const listed = async (query = '') => (await tenant.get(`/v1/ansible-inventory${query}`)).body as Listed;

  it('groups devices for Ansible by region, cell, label and parent', async () => {
    const list = await listed();
    expect(list['cloud_prod']?.children).toEqual(['region_east']);
    expect(list['region_east']).toEqual({ hosts: ['box1', 'sw1'], children: ['cell_east_rack_1'] });
    expect(list['cell_east_rack_1']?.hosts).toEqual(['node1']);
    expect(list['label_role_compute']?.hosts).toEqual(['node1']);
    expect(list['parent_node1']?.hosts).toEqual(['box1']);
  });

  it('gives Ansible the variables that are in effect, and no template to run', async () => {
    const { hostvars } = (await listed())['_meta'];
    expect(hostvars['node1']).toMatchObject({
      ansible_host: '192.0.2.1',
      a: 'cloud',
      b: 'region',
      c: 'cell',
    });
    expect(hostvars['node1']?.['d']).toEqual([1, { two: { __ansible_unsafe: '{{ three }}' } }]);
    expect(hostvars['box1']).toMatchObject({ d: [1, expect.anything()], e: null, craton_parent: 'node1' });
    expect(hostvars['box1']).not.toHaveProperty('c');
  });

  it('was another for Ansible before it changed', async () => {
    const { headers } = await tenant.get('/v1/ansible-inventory');
    const [host] = (await tenant.get('/v1/hosts?name=node1')).body.hosts;
    await tenant.put(`/v1/hosts/${host.id}/variables`, { changed: true });
    expect((await listed())['_meta'].hostvars['node1']).toHaveProperty('changed');
    const then = await listed(`?as_of=${headers['craton-cursor']}`);
    expect(then['_meta'].hostvars['node1']).not.toHaveProperty('changed');
  });

  it('is targets with a port for Prometheus', async () => {
    const { body, headers } = await tenant.get('/v1/prometheus/targets?port=9100');
    expect(headers['content-type']).toMatch(/^application\/json/);
    const targets = (body as { targets: string[] }[]).flatMap((one) => one.targets);
    expect(targets).toEqual(['192.0.2.1:9100', '[2001:db8::1]:9100', '192.0.2.9:9100']);
    const bare = (await tenant.get('/v1/prometheus/targets')).body as { targets: string[] }[];
    expect(bare[0]?.targets).toEqual(['192.0.2.1']);
    expect((await tenant.get('/v1/prometheus/targets?port=0')).status).toBe(400);
  });
});
