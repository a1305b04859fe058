import { v7 } from 'uuid';
import { type Gateway, startGateway } from '#test/support/gateway.js';
import { hardware, newRegion } from '#test/support/places.js';
import { ok, outcomes, requestOf, Reverting } from '#test/support/reverting.js';

describe('putting back more than can be put back at once', () => {
  let gateway: Gateway;
  const on = new Reverting(() => gateway);
  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway.close());

  /** A region, and the correlation id of an import of hosts with variables. */
  const imported = async (hosts: number) => {
    const { cloudId, regionId } = await newRegion(gateway.root);
    const before = (await gateway.root.get('/v1/clouds?limit=1')).headers['craton-cursor'] as string;
    const { name: cloud } = await on.show(`clouds/${cloudId}`);
    const rows = Array.from({ length: hosts }, (_, index) =>
      JSON.stringify({
        kind: 'host',
        cloud,
        region: 'region',
        name: `h${index}`,
        ...hardware,
        variables: { index },
      }),
    );
    const answer = await ok(
      gateway.root.ask('POST', '/v1/import?mode=all-or-nothing&dry_run=false', rows.join('\n'), {
        'content-type': 'application/x-ndjson',
      }),
    );
    return { regionId, before, correlation_id: requestOf(answer) };
  };
  const left = async (regionId: string): Promise<number> =>
    (await on.show(`hosts?region_id=${regionId}&limit=1000`)).hosts.length;

  it('is done in parts, the last changes first', async () => {
    const { regionId, before, correlation_id } = await imported(600);
    const refused = await on.revert({ correlation_id, dry_run: false });
    expect([refused.status, refused.body.detail]).toEqual([413, expect.stringMatching(/by limit$/)]);
    expect(await left(regionId)).toBe(600);
    const first = await ok(on.revert({ correlation_id, limit: 1000, dry_run: false }));
    expect([first.body.steps.length, first.body.next]).toEqual([1000, expect.any(String)]);
    const marker = first.body.next;
    const last = await ok(on.revert({ correlation_id, marker, dry_run: false }));
    expect([last.body.steps.length, last.body.next]).toEqual([200, null]);
    expect(await left(regionId)).toBe(0);
    expect((await on.show(`diff?from=${before}&region_id=${regionId}`)).diff).toEqual([]);
  });

  it('says of a part that what comes behind it is in the way, and of one that was put back nothing', async () => {
    const { regionId, correlation_id } = await imported(3);
    const behind = await ok(on.revert({ correlation_id, limit: 3 }));
    expect(outcomes(behind)).toEqual(Array(3).fill('VariablesSet: possible'));
    const body = { correlation_id, limit: 3, marker: behind.body.next };
    const told = await ok(on.revert(body));
    expect(outcomes(told)).toEqual(Array(3).fill('DeviceRegistered: refused'));
    expect(told.body.steps[0].obstacles[0].message).toMatch(/^variable index would go with it/);
    await ok(on.revert({ correlation_id, limit: 3, dry_run: false }));
    expect(outcomes(await ok(on.revert(body)))).toEqual(Array(3).fill('DeviceRegistered: possible'));
    const key = { 'idempotency-key': v7() };
    const once = () => gateway.root.post('/v1/revert', { ...body, dry_run: false }, key);
    const done = await ok(once());
    expect((await ok(once())).body).toEqual(done.body);
    expect(await left(regionId)).toBe(0);
    const again = await ok(on.revert(body));
    expect(outcomes(again)).toEqual(Array(3).fill('DeviceRegistered: nothing-to-do'));
  });

  it('begins where an answer about the same has ended, and nowhere else', async () => {
    const { correlation_id } = await imported(2);
    const other = await imported(2);
    const { next } = (await ok(on.revert({ correlation_id: other.correlation_id, limit: 1 }))).body;
    const { event_id } = await on.last(`regions/${other.regionId}`);
    for (const [body, member] of [
      [{ correlation_id, limit: 1, marker: next }, 'marker'],
      [{ correlation_id, limit: 1, marker: 'nowhere' }, 'marker'],
      [{ correlation_id, limit: 0 }, 'limit'],
      [{ correlation_id, limit: 1001 }, 'limit'],
      [{ event_id, limit: 1 }, 'limit'],
      [{ event_id, marker: next }, 'marker'],
    ] as const) {
      const { status, body: problem } = await on.revert(body);
      expect([body, status, problem.errors?.[0].member]).toEqual([body, 400, member]);
    }
  });
});
