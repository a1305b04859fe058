import { type Answer, type Gateway, startGateway } from '#test/support/gateway.js';
import { hardware, made, newRegion, stranger } from '#test/support/places.js';

const windows = '/v1/maintenance-windows';
const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/);
const instant = expect.stringMatching(/^\d{4}-.*Z$/);
const nobody = '018f2c5e-0000-7000-8000-000000000000';
const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();

const hostIn = async (gateway: Gateway, name = 'compute-01') => {
  const { regionId } = await newRegion(gateway.root);
  const { body } = await made(gateway.root.post('/v1/hosts', { name, region_id: regionId, ...hardware }));
  return { id: body.id as string, regionId };
};

const open = async (gateway: Gateway, hostId: string, more: object = {}): Promise<Answer> =>
  made(gateway.root.post(windows, { host_id: hostId, ends_at: inMinutes(60), ...more }));

describe('a maintenance window over REST, without an engine', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway.close());

  const types = async () => (await gateway.events()).map(({ type }) => type);

  it('opens at once when its time has come, and can be read where Location says', async () => {
    const host = await hostIn(gateway);
    const { body, headers } = await open(gateway, host.id, { note: 'firmware' });
    expect(body).toEqual({
      id: uuid,
      project_id: gateway.credentials?.project_id,
      host_id: host.id,
      host_name: 'compute-01',
      region_id: host.regionId,
      starts_at: instant,
      ends_at: instant,
      status: 'open',
      note: 'firmware',
      run_id: null,
      outcome: null,
      detail: null,
      created_at: instant,
      updated_at: instant,
    });
    expect(headers['location']).toBe(`http://localhost:80${windows}/${body.id}`);
    const read = await gateway.root.get(`${windows}/${body.id}`);
    expect([read.body, read.headers['etag']]).toEqual([body, headers['etag']]);
    const known = { 'if-none-match': headers['etag'] ?? '' };
    expect((await gateway.root.get(`${windows}/${body.id}`, known)).status).toBe(304);
    expect((await gateway.root.get(`/v1/hosts/${host.id}`)).body.window_id).toBe(body.id);
  });

  it('is the only one that is open on a host', async () => {
    const host = await hostIn(gateway);
    const { body: first } = await open(gateway, host.id);
    const before = await types();
    const second = await gateway.root.post(windows, { host_id: host.id, ends_at: inMinutes(5) });
    expect(second.status).toBe(409);
    expect(second.body.detail).toContain(first.id);
    expect(await types()).toEqual(before);
    expect((await gateway.root.post(`${windows}/${first.id}/close`, undefined)).body.status).toBe('closed');
    expect((await open(gateway, host.id)).body.status).toBe('open');
  });

  it('waits for its time, or for somebody who opens it before', async () => {
    const host = await hostIn(gateway);
    const { body } = await open(gateway, host.id, { starts_at: inMinutes(30) });
    expect(body).toMatchObject({ status: 'scheduled', updated_at: null });
    expect((await gateway.root.get(`/v1/hosts/${host.id}`)).body.window_id).toBeNull();
    const path = `${windows}/${body.id}`;
    expect((await gateway.root.post(`${path}/close`, undefined)).status).toBe(409);
    const opened = await gateway.root.post(`${path}/open`, undefined);
    expect([opened.status, opened.body.status]).toEqual([200, 'open']);
    expect((await gateway.root.post(`${path}/open`, undefined)).body).toEqual(opened.body);
    expect((await gateway.root.get(`/v1/hosts/${host.id}`)).body.window_id).toBe(body.id);
    expect((await gateway.root.post(`${path}/cancel`, undefined)).status).toBe(409);
  });

  it('is not opened on a host that another one has', async () => {
    const host = await hostIn(gateway);
    const { body: waiting } = await open(gateway, host.id, { starts_at: inMinutes(30) });
    const { body: first } = await open(gateway, host.id);
    const refused = await gateway.root.post(`${windows}/${waiting.id}/open`, undefined);
    expect([refused.status, refused.body.detail]).toEqual([409, expect.stringContaining(first.id)]);
    expect((await gateway.root.get(`${windows}/${waiting.id}`)).body.status).toBe('scheduled');
  });

  it('is cancelled before it opens, and then neither opens nor closes', async () => {
    const host = await hostIn(gateway);
    const { body } = await open(gateway, host.id, { starts_at: inMinutes(30) });
    const path = `${windows}/${body.id}`;
    expect((await gateway.root.post(`${path}/cancel`, undefined)).body.status).toBe('cancelled');
    const before = await types();
    expect((await gateway.root.post(`${path}/open`, undefined)).status).toBe(409);
    expect((await gateway.root.post(`${path}/close`, undefined)).status).toBe(409);
    expect(await types()).toEqual(before);
  });

  it('takes a start that is moments ago for now', async () => {
    const host = await hostIn(gateway);
    const { body } = await open(gateway, host.id, { starts_at: inMinutes(-0.5) });
    expect(body.status).toBe('open');
  });

  it.each([
    ['ends before it starts', { starts_at: inMinutes(30), ends_at: inMinutes(20) }, 'ends_at'],
    ['ends in the past', { ends_at: inMinutes(-1) }, 'ends_at'],
    ['starts in the past', { starts_at: inMinutes(-60), ends_at: inMinutes(60) }, 'starts_at'],
    ['starts in years', { starts_at: inMinutes(1e6), ends_at: inMinutes(1e6 + 1) }, 'starts_at'],
    ['takes months', { ends_at: inMinutes(60 * 24 * 40) }, 'ends_at'],
    ['ends at no time', { ends_at: '2026-13-01T00:00:00Z' }, 'ends_at'],
  ])('is refused when it %s, and nothing is written', async (_, times, member) => {
    const host = await hostIn(gateway);
    const before = await types();
    const { status, body } = await gateway.root.post(windows, { host_id: host.id, ...times });
    expect([status, body.errors[0].member]).toEqual([400, member]);
    expect(await types()).toEqual(before);
  });

  it('is refused on a host that is not there, belongs to others, or is retired', async () => {
    const host = await hostIn(gateway);
    const other = await stranger(gateway);
    const body = { host_id: host.id, ends_at: inMinutes(5) };
    const unknown = await gateway.root.post(windows, { ...body, host_id: nobody });
    expect([unknown.status, unknown.body.errors[0].member]).toEqual([404, 'host_id']);
    expect((await other.post(windows, body)).status).toBe(404);
    expect((await gateway.root.post(`/v1/hosts/${host.id}/retire`, undefined)).status).toBe(200);
    expect((await gateway.root.post(windows, body)).status).toBe(409);
  });

  it('is not seen by other projects, nor touched by viewers', async () => {
    const host = await hostIn(gateway);
    const { body } = await open(gateway, host.id);
    const path = `${windows}/${body.id}`;
    const other = await stranger(gateway);
    expect((await other.get(path)).status).toBe(404);
    expect((await other.post(`${path}/close`, undefined)).status).toBe(404);
    expect((await other.get(windows)).body.maintenance_windows).toEqual([]);
    const { body: user } = await gateway.root.post('/v1/users', { username: 'vera', roles: ['viewer'] });
    const viewer = gateway.as(user.api_key);
    expect((await viewer.get(path)).status).toBe(200);
    expect((await viewer.post(`${path}/close`, undefined)).status).toBe(403);
    expect((await viewer.post(windows, { host_id: host.id, ends_at: inMinutes(5) })).status).toBe(403);
  });

  it('is opened once under one Idempotency-Key, whatever became of it since', async () => {
    const host = await hostIn(gateway);
    const wanted = { host_id: host.id, ends_at: inMinutes(60) };
    const key = { 'idempotency-key': 'one-window' };
    const first = await gateway.root.post(windows, wanted, key);
    expect((await gateway.root.post(windows, wanted, key)).body).toEqual(first.body);
    await gateway.root.post(`${windows}/${first.body.id}/close`, undefined);
    await open(gateway, host.id);
    const before = await types();
    const again = await gateway.root.post(windows, wanted, key);
    expect([again.status, again.body]).toEqual([201, first.body]);
    expect(await types()).toEqual(before);
    expect((await gateway.root.post(windows, { ...wanted, note: 'x' }, key)).status).toBe(422);
  });

  it('is not closed on the basis of an old revision', async () => {
    const host = await hostIn(gateway);
    const { body, headers } = await open(gateway, host.id, { starts_at: inMinutes(30) });
    const path = `${windows}/${body.id}`;
    await gateway.root.post(`${path}/open`, undefined);
    const stale = { 'if-match': headers['etag'] ?? '' };
    expect((await gateway.root.post(`${path}/close`, undefined, stale)).status).toBe(412);
    expect((await gateway.root.get(path)).body.status).toBe('open');
  });

  it('is listed by host, region and status, and as of the past', async () => {
    const host = await hostIn(gateway);
    const { body: first, headers } = await open(gateway, host.id);
    await gateway.root.post(`${windows}/${first.id}/close`, undefined);
    const { body: second } = await open(gateway, host.id);
    const listed = async (query: string) =>
      (await gateway.root.get(`${windows}?${query}`)).body.maintenance_windows.map(
        ({ id }: { id: string }) => id,
      );
    expect(await listed(`host_id=${host.id}`)).toEqual([first.id, second.id]);
    expect(await listed(`region_id=${host.regionId}&status=open`)).toEqual([second.id]);
    expect(await listed(`host_id=${host.id}&status=open&as_of=${headers['craton-cursor']}`)).toEqual([
      first.id,
    ]);
    expect((await gateway.root.get(`${windows}?status=ajar`)).status).toBe(400);
  });
});
