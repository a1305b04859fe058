import { type Client, type Gateway, startGateway } from '#test/support/gateway.js';
import { imported, ndjson, postImport } from '#test/support/imports.js';
import { stranger } from '#test/support/places.js';

const place = { cloud: 'prod', region: 'east' };
const host = (name: string, more = {}) => ({ kind: 'host', name, ...place, ...more });
const hosts = (...names: string[]) => names.map((name) => host(name));
const places = [
  { kind: 'cloud', name: 'prod' },
  { kind: 'region', name: 'east', cloud: 'prod' },
];

describe('an import', () => {
  let gateway: Gateway;
  let tenant: Client;
  beforeAll(async () => {
    gateway = await startGateway();
  });
  beforeEach(async () => {
    tenant = await stranger(gateway);
    await imported(tenant, places);
  });
  afterAll(() => gateway.close());

  const names = async (): Promise<string[]> =>
    (await tenant.get('/v1/hosts')).body.hosts.map(({ name }: { name: string }) => name);
  const count = async () => (await gateway.events()).length;

  describe('that takes away what is missing', () => {
    const query = '?managed_by=sheet&remove_missing=true';
    beforeEach(async () => {
      await imported(tenant, hosts('q0', 'q1', 'q2'), '?managed_by=sheet');
    });

    it.each(['', '&mode=best-effort'])('is refused where more would go than may%s', async (more) => {
      const before = await count();
      const { status, body } = await postImport(tenant, hosts('other'), `${query}${more}`);
      expect([status, body.type]).toEqual([409, '/problems/illegal-state']);
      expect(body.errors).toEqual([
        {
          member: 'remove_missing',
          message:
            'would retire 3 of the 3 devices that sheet brought, more than 50%: most_missing=3 allows it',
        },
      ]);
      expect(await count()).toBe(before);
    });

    it('counts what is there without a mark for nothing', async () => {
      await imported(tenant, hosts('a'));
      const { status } = await postImport(tenant, hosts('a'), query);
      expect(status).toBe(409);
      expect(await names()).toEqual(['q0', 'q1', 'q2', 'a']);
    });

    it.each(['3', '100%'])('takes away as many as it is told to: %s', async (most) => {
      const { summary } = await imported(
        tenant,
        hosts('other'),
        `${query}&most_missing=${encodeURIComponent(most)}`,
      );
      expect(summary).toMatchObject({ created: 1, retired: 3, complete: true });
      expect(await names()).toEqual(['other']);
    });

    it.each(['2', '66%', '0', '0%'])('takes away no more than it is told to: %s', async (most) => {
      const asked = `${query}&most_missing=${encodeURIComponent(most)}`;
      expect((await postImport(tenant, hosts('other'), asked)).status).toBe(409);
    });

    it.each(['', '-1', '101%', '1.5', 'all', '%', '1e9', '99999999999999999999'])(
      'refuses most_missing=%s',
      async (most) => {
        const asked = `${query}&most_missing=${encodeURIComponent(most)}`;
        const { status, body } = await postImport(tenant, hosts('q0'), asked);
        expect([status, body.errors[0].member]).toEqual([400, 'most_missing']);
      },
    );

    it('tells in a dry run what would go, and that it would be refused', async () => {
      const { summary, results } = await imported(tenant, hosts('other'), `${query}&dry_run=true`);
      expect(results.map(({ result, name }) => `${result} ${name}`)).toEqual([
        'created other',
        'retired q0',
        'retired q1',
        'retired q2',
      ]);
      expect(summary).toMatchObject({
        created: 0,
        retired: 0,
        left: 4,
        complete: false,
        problem: { status: 409 },
      });
    });
  });

  it('does not take over what is there without a mark, and says so', async () => {
    await imported(tenant, hosts('a', 'b'));
    const { results } = await imported(
      tenant,
      [host('a'), host('b', { note: 'x' }), host('c')],
      '?managed_by=s',
    );
    expect(results.map(({ name, managed_by }) => [name, managed_by])).toEqual([
      ['a', null],
      ['b', null],
      ['c', undefined],
    ]);
    expect((await tenant.get('/v1/hosts?managed_by=s')).body.hosts).toMatchObject([{ name: 'c' }]);
  });

  describe('of all or nothing', () => {
    it('says of each row what is wrong with it', async () => {
      const rows = [host('good'), host('bad', { ip_address: 'x', device_type: 'x'.repeat(256) })];
      const { status, body } = await postImport(tenant, rows);
      expect(status).toBe(400);
      expect(body.errors).toEqual([
        { member: 'line 2 host bad', message: expect.stringContaining('ip_address must be ') },
        { member: 'line 2 host bad', message: expect.stringContaining('device_type must be ') },
      ]);
    });

    it('says whose schema a variable does not fit', async () => {
      const [cloud] = (await tenant.get('/v1/clouds')).body.clouds;
      const kept = await tenant.put(`/v1/clouds/${cloud.id}/variable-schemas`, { size: { type: 'integer' } });
      expect(kept.status).toBe(200);
      const { body } = await postImport(tenant, [host('a', { variables: { size: 'big' } })]);
      expect(body.errors).toMatchObject([
        { member: 'line 1 host a', message: expect.stringContaining(`(schema of cloud ${cloud.id})`) },
      ]);
    });

    it('does not promise in a dry run what would not be done', async () => {
      const rows = [host('good'), host('bad', { ip_address: 'x' }), host('lost', { parent: 'nobody' })];
      const { summary, results } = await imported(tenant, rows, '?dry_run=true');
      expect(results.map(({ result }) => result).toSorted()).toEqual(['created', 'refused', 'refused']);
      expect(summary).toMatchObject({ created: 0, refused: 2, left: 1, complete: false });
      const { problem } = summary;
      const { body, status } = await postImport(tenant, rows.slice(0, 2));
      expect(problem?.detail).toBe('nothing is imported, since 2 of the rows cannot be');
      expect(problem?.errors?.slice(0, 1)).toEqual(body.errors);
      expect(status).toBe(400);
    });

    it('promises in a best effort what would be done', async () => {
      const rows = [host('good'), host('bad', { ip_address: 'x' })];
      const { summary } = await imported(tenant, rows, '?dry_run=true&mode=best-effort');
      expect(summary).toMatchObject({ created: 1, refused: 1, complete: false });
      expect(summary.problem).toBeUndefined();
    });
  });

  describe('with an Idempotency-Key', () => {
    const key = { 'idempotency-key': 'import-1' };

    it('changes nothing when it is repeated', async () => {
      expect((await imported(tenant, hosts('a'), '', key)).summary).toMatchObject({ created: 1 });
      const before = await count();
      expect((await imported(tenant, hosts('a'), '', key)).summary).toMatchObject({ unchanged: 1 });
      expect(await count()).toBe(before);
    });

    it.each(['', '?mode=best-effort', '?dry_run=true'])(
      'refuses another import under it: %s',
      async (query) => {
        await imported(tenant, hosts('a'), '', key);
        const before = await count();
        const { status, body } = await postImport(tenant, hosts('b'), query, key);
        expect([status, body.type]).toEqual([422, '/problems/idempotency-key-reused']);
        expect(await count()).toBe(before);
      },
    );

    it('refuses another request under it, and itself under that of another', async () => {
      await imported(tenant, hosts('a'), '', key);
      expect((await tenant.post('/v1/clouds', { name: 'x' }, key)).status).toBe(422);
      await tenant.post('/v1/clouds', { name: 'x' }, { 'idempotency-key': 'cloud-1' });
      const late = await postImport(tenant, ndjson(hosts('b')), '', { 'idempotency-key': 'cloud-1' });
      expect(late.status).toBe(422);
    });

    it('is done once when it comes twice at the same time', async () => {
      const rows = hosts(...Array.from({ length: 600 }, (_, index) => `n${index}`));
      const answers = await Promise.all([imported(tenant, rows, '', key), imported(tenant, rows, '', key)]);
      const told = answers.map(({ summary }) => `${summary.created} ${summary.unchanged}`);
      expect(new Set(told)).toEqual(new Set(['600 0', '0 600']));
    });

    it('is refused when it comes at the same time as another one under it', async () => {
      const rows = Array.from({ length: 600 }, (_, index) => `n${index}`);
      const answers = await Promise.all([
        postImport(tenant, ndjson(hosts(...rows)), '', key),
        postImport(tenant, ndjson(hosts(...rows.slice(0, 599))), '', key),
      ]);
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 422]));
      const done = answers[0]!.status === 200 ? 600 : 599;
      expect((await tenant.get('/v1/hosts?limit=1000')).body.hosts).toHaveLength(done);
    });

    it('can come again after it was refused', async () => {
      const wrong = [...hosts('a'), { kind: 'host', name: 'b', cell_id: 1 }];
      expect((await postImport(tenant, ndjson(wrong), '', key)).status).toBe(400);
      expect((await imported(tenant, hosts('c'), '', key)).summary).toMatchObject({ created: 1 });
    });

    it('does the rest when it is repeated after something was taken away', async () => {
      await imported(tenant, hosts('a', 'b'), '', key);
      const [{ id }] = (await tenant.get('/v1/hosts?name=a')).body.hosts;
      await tenant.delete(`/v1/hosts/${id}`);
      expect((await imported(tenant, hosts('a', 'b'), '', key)).summary).toMatchObject({
        created: 1,
        unchanged: 1,
      });
    });
  });
});
