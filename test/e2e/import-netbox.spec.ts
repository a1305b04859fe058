import { type Collections, demoAnswers } from '#libs/interchange/src/netbox/netbox-demo.js';
import { type Client, type Gateway, startGateway } from '#test/support/gateway.js';
import { type ImportAnswer, importedIn } from '#test/support/imports.js';
import { type FakeNetBox, netBoxToken, startNetBox } from '#test/support/netbox.js';
import { stranger } from '#test/support/places.js';

const site = { id: 1, name: 'Akron', slug: 'akron' };
const device = (id: number, name: string, more = {}) => ({
  id,
  name,
  site,
  role: { id: 1, slug: 'server' },
  device_type: { id: 1, model: 'R650' },
  status: { value: 'active' },
  tags: [{ slug: 'prod' }],
  ...more,
});
const small = (...devices: ReturnType<typeof device>[]): Collections => ({
  'dcim/sites': [site],
  'dcim/devices': devices,
});

describe('an import from NetBox', () => {
  let netBox: FakeNetBox;
  let gateway: Gateway;
  let tenant: Client;
  beforeAll(async () => {
    netBox = await startNetBox({});
    gateway = await startGateway({ environment: { CRATON_IMPORT_HOSTS: netBox.host } });
  });
  beforeEach(async () => {
    tenant = await stranger(gateway);
  });
  afterAll(async () => {
    // What did not start must not keep the other open.
    await Promise.allSettled([gateway?.close(), netBox?.close()]);
  });

  const order = (more = {}) => ({ url: netBox.url, token: netBoxToken, ...more });
  const synchronised = async (more = {}): Promise<ImportAnswer> =>
    importedIn(await tenant.post('/v1/import/netbox', order(more)));

  it('takes in the demo data that NetBox publishes, once', async () => {
    const demo = demoAnswers();
    if (!demo) return void process.stderr.write('the demo data is absent: nothing was imported\n');
    netBox.collections = demo;
    const first = await synchronised({ managed_by: 'netbox' });
    const refused = first.results.filter(({ result }) => result === 'refused');
    expect(new Set(refused.map(({ kind }) => kind))).toEqual(new Set(['network']));
    expect(first.results.filter(({ kind }) => kind === 'host' || kind === 'network-device')).toHaveLength(72);
    expect(first.results.filter(({ kind }) => kind === 'container')).toHaveLength(180);
    expect(first.results.filter(({ kind }) => kind === 'interface')).toHaveLength(1586 + 720);
    const { devices } = (await tenant.get('/v1/devices?name=dmi01-akron-rtr01')).body;
    expect(devices).toMatchObject([{ kind: 'network-device', managed_by: 'netbox', active: true }]);
    const events = (await gateway.events()).length;
    const second = await synchronised({ managed_by: 'netbox' });
    expect(second.summary).toMatchObject({ created: 0, changed: 0, refused: refused.length });
    expect((await gateway.events()).length).toBe(events);
  }, 60_000);

  it('follows what changes there, and takes away only what it brought', async () => {
    netBox.collections = small(device(1, 'a'), device(2, 'b'));
    const query = { managed_by: 'netbox', remove_missing: true };
    await synchronised(query);
    netBox.collections = small(device(1, 'a', { tags: [{ slug: 'test' }] }));
    const { results, summary } = await synchronised(query);
    expect(summary).toMatchObject({ changed: 1, retired: 1, complete: true });
    expect(results.find(({ name }) => name === 'a')?.changes).toContainEqual({
      member: 'labels',
      before: ['prod', 'role:server'],
      after: ['role:server', 'test'],
    });
    expect(results.at(-1)).toMatchObject({ result: 'retired', name: 'b' });
  });

  it('only tells what it would do when it is dry', async () => {
    netBox.collections = small(device(1, 'a'));
    const events = (await gateway.events()).length;
    expect((await synchronised({ dry_run: true })).summary).toMatchObject({ created: 3, dry_run: true });
    expect((await gateway.events()).length).toBe(events);
  });

  it('keeps the token to itself', async () => {
    netBox.collections = small(device(1, 'a'));
    await synchronised();
    await tenant.post('/v1/import/netbox', order({ token: `${netBoxToken}0` }));
    expect(JSON.stringify([await gateway.events(), gateway.lines])).not.toContain(netBoxToken);
  });

  it('says what NetBox says against it', async () => {
    const { status, body } = await tenant.post('/v1/import/netbox', order({ token: 'wrong' }));
    expect(status).toBe(400);
    expect(body.detail).toContain('answers 403');
    expect(body.errors).toMatchObject([{ member: 'token' }]);
  });

  it.each([
    '<html>no NetBox</html>',
    '{"a":1}',
    '{"results":[1]}',
    '[]',
    '{"results":[],"next":"http://elsewhere"}',
  ])('refuses an address where no NetBox answers: %s', async (text) => {
    netBox.nonsense = text;
    const { status, body } = await tenant.post('/v1/import/netbox', order());
    delete netBox.nonsense;
    expect([status, body.errors[0].member]).toEqual([400, 'url']);
  });

  it('takes objects that make no sense for what they are', async () => {
    netBox.collections = { 'dcim/sites': [{}], 'dcim/devices': [{}, { id: 'x', site: 7, name: [] }] };
    const { summary } = await synchronised();
    expect(summary).toMatchObject({ created: expect.any(Number), complete: false });
  });

  it.each([
    'http://127.0.0.1:1',
    'http://169.254.169.254/latest',
    'http://localhost:7780',
    'http://[::1]:80',
    'file:///etc/passwd',
    'http://user:word@netbox',
  ])('asks nobody who is not on the list: %s', async (url) => {
    const before = netBox.asked;
    const { status, body } = await tenant.post('/v1/import/netbox', order({ url }));
    expect(status).toBe(400);
    expect(body.errors).toMatchObject([{ member: 'url' }]);
    expect(netBox.asked).toBe(before);
  });

  it('asks nobody at all unless it is told whom', async () => {
    const strict = await startGateway();
    const { status } = await strict.root.post('/v1/import/netbox', order());
    expect(status).toBe(400);
    await strict.close();
  });
});
