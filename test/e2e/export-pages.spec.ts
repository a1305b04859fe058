import { Fleet, FleetSources } from '#apps/gateway/src/interchange/fleet.js';
import { ReadView, type SqlValue } from '#libs/platform/src/read-store/read-view.js';
import { type Client, type Gateway, startGateway } from '#test/support/gateway.js';
import { stranger } from '#test/support/places.js';
import { create, readAs } from '#test/support/small-fleet.js';

class CountingView extends ReadView {
  asked = 0;

  constructor(private readonly view: ReadView) {
    super();
  }

  get cursor() {
    return this.view.cursor;
  }

  all<T>(sql: string, ...parameters: SqlValue[]): T[] {
    this.asked += 1;
    return this.view.all(sql, ...parameters);
  }

  get<T>(sql: string, ...parameters: SqlValue[]): T | undefined {
    this.asked += 1;
    return this.view.get(sql, ...parameters);
  }
}

describe('a fleet of several pages', () => {
  const hosts = 600;
  let gateway: Gateway;
  let tenant: Client;
  beforeAll(async () => {
    gateway = await startGateway();
    tenant = await stranger(gateway);
    const cloud = await create(tenant, 'clouds', { name: 'prod' });
    const region = await create(tenant, 'regions', { name: 'east', cloud_id: cloud });
    const host = { region_id: region, ip_address: '192.0.2.1', device_type: 'server' };
    const parent = await create(tenant, 'hosts', { ...host, name: 'parent' });
    const numbers = Array.from({ length: hosts - 1 }, (_, number) => number);
    await Promise.all(
      numbers.map((number) =>
        create(tenant, 'hosts', { ...host, name: `node${number}`, parent_id: parent, variables: { number } }),
      ),
    );
  }, 60_000);
  afterAll(() => gateway.close());

  const opened = (view: ReadView) =>
    Fleet.open(gateway.app.get(FleetSources), view, {
      projectId: undefined,
      cloudId: undefined,
      regionId: undefined,
      cellId: undefined,
    });

  it('has each thing once', async () => {
    const records = await readAs('ndjson', await tenant.get('/v1/export'));
    expect(records).toHaveLength(hosts + 2);
    expect(new Set(records.map(({ name }) => name)).size).toBe(hosts + 2);
    const children = records.filter(({ name }) => name.startsWith('node'));
    expect(children.map(({ variables }) => variables['number'])).toEqual(
      children.map(({ name }) => Number(name.slice(4))),
    );
  });

  it('costs no statement for each thing', async () => {
    const view = new CountingView(gateway.readStore.now());
    const records = await Array.fromAsync((await opened(view)).all('resolved'));
    expect(records).toHaveLength(hosts + 2);
    expect(view.asked).toBeLessThan(hosts / 6);
  });

  it('is of one moment, whatever changes while it is read', async () => {
    const [region] = (await tenant.get('/v1/regions')).body.regions;
    const read = (await opened(gateway.readStore.asOf(gateway.readStore.cursor()))).devices('own');
    const first = await read.next();
    const [last] = (await tenant.get(`/v1/hosts?name=node${hosts - 2}`)).body.hosts;
    await tenant.put(`/v1/hosts/${last.id}/variables`, { number: 'changed' });
    const late = { name: 'late', region_id: region.id, ip_address: '192.0.2.1', device_type: 'server' };
    await create(tenant, 'hosts', late);
    const rest = await Array.fromAsync(read);
    expect([first.value?.name, rest.length]).toEqual(['parent', hosts - 1]);
    expect(rest.filter(({ variables }) => variables['number'] === 'changed')).toEqual([]);
  });
});
