import { type Client, type Gateway, startGateway } from '#test/support/gateway.js';
import { stranger } from '#test/support/places.js';
import { type Ids, smallFleet } from '#test/support/small-fleet.js';

const routes = [
  '/v1/export?format=ndjson',
  '/v1/export?format=yaml',
  '/v1/export?format=csv',
  '/v1/export?format=graphviz',
  '/v1/export?format=prometheus',
  '/v1/ansible-inventory?',
  '/v1/prometheus/targets?',
] as const;

const nobody = '019b0000-0000-7000-8000-000000000000';

describe('an export in any format', () => {
  let gateway: Gateway;
  let tenant: Client;
  let ids: Ids;

  beforeAll(async () => {
    gateway = await startGateway();
    tenant = await stranger(gateway);
    ids = await smallFleet(tenant);
  });
  afterAll(() => gateway.close());

  describe.each(routes)('%s', (route) => {
    it.each([
      ['as_of=', 'as_of'],
      ['as_of=yesterday', 'as_of'],
      ['as_of=2999-01-01T00:00:00Z', 'as_of'],
      ['as_of=2026-02-30T00:00:00Z', 'as_of'],
      ['as_of=2026-02-28T24:00:00Z', 'as_of'],
      ['as_of=2026-01-01', 'as_of'],
      ['as_of=-1', 'as_of'],
      ['as_of=s1:000000000000:0000000000000001', 'as_of'],
      [`as_of=${'9'.repeat(5000)}`, 'as_of'],
      ['as_of=%00', 'as_of'],
      ['as_of=m1:x&as_of=m1:y', 'as_of'],
      ['region_id=east', 'region_id'],
      ['region_id=', 'region_id'],
      [`region_id=${nobody}&region_id=${nobody}`, 'region_id'],
      [`cloud_id[]=${nobody}`, 'cloud_id[]'],
      ['cell_id=__proto__', 'cell_id'],
      ['device_id=node1', 'device_id'],
      ['limit=1000000000', 'limit'],
      ['marker=x', 'marker'],
      ['__proto__=x', '__proto__'],
      ['constructor=x', 'constructor'],
    ])('refuses ?%s and names it', async (query, member) => {
      const { status, body } = await tenant.get(`${route}&${query}`);
      expect([status, body.errors?.[0]?.member]).toEqual([400, member]);
    });

    it('tells nobody of a place that is not there', async () => {
      for (const name of ['cloud_id', 'region_id', 'cell_id', 'device_id']) {
        const { status, body } = await tenant.get(`${route}&${name}=${nobody}`);
        expect([status, body.type]).toEqual([404, '/problems/not-found']);
      }
    });

    it('answers as of a moment before there was anything', async () => {
      const { status, text } = await tenant.get(`${route}&as_of=2000-01-01T00:00:00Z`);
      expect(status).toBe(200);
      expect(text).not.toContain('node1');
      const there = await tenant.get(`${route}&region_id=${ids.region}`);
      expect(there.text).toContain('node1');
    });
  });

  it.each([
    ['/v1/export?format=xml', 'format'],
    ['/v1/export?format=', 'format'],
    ['/v1/export?format=NDJSON', 'format'],
    ['/v1/export?format=toString', 'format'],
    ['/v1/export?format=csv&format=yaml', 'format'],
    ['/v1/export?resolved-values=perhaps', 'resolved-values'],
    ['/v1/export?resolved-values=', 'resolved-values'],
    ['/v1/export?port=9100', 'port'],
    ['/v1/ansible-inventory?format=yaml', 'format'],
    ['/v1/ansible-inventory?host=node1', 'host'],
    ['/v1/prometheus/targets?port=0', 'port'],
    ['/v1/prometheus/targets?port=65536', 'port'],
    ['/v1/prometheus/targets?port=9100.5', 'port'],
    ['/v1/prometheus/targets?port=0x23', 'port'],
    [`/v1/prometheus/targets?port=${'9'.repeat(400)}`, 'port'],
  ])('is refused: %s', async (path, member) => {
    const { status, body } = await tenant.get(path);
    expect([status, body.errors?.[0]?.member]).toEqual([400, member]);
  });
});
