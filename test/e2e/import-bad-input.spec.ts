import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { type Client, type Gateway, startGateway } from '#test/support/gateway.js';
import { imported, importedIn, ndjson, postImport } from '#test/support/imports.js';
import { made, stranger } from '#test/support/places.js';
import { until } from '#test/support/until.js';
import { good, host, wrongImports } from '#test/support/wrong-imports.js';

const places = [
  { kind: 'cloud', name: 'prod' },
  { kind: 'region', name: 'east', cloud: 'prod' },
];
describe('an import of what is wrong', () => {
  let gateway: Gateway;
  let tenant: Client;
  beforeAll(async () => {
    gateway = await startGateway({
      environment: { CRATON_IMPORT_BYTES: '2000000', CRATON_IMPORT_ROWS: '100' },
    });
    tenant = await stranger(gateway);
    await imported(tenant, places);
  });
  afterAll(() => gateway.close());

  const nothingHappensIn = async (work: () => Promise<void>): Promise<void> => {
    const before = (await gateway.events()).length;
    await work();
    expect((await gateway.events()).length).toBe(before);
  };

  it.each(wrongImports)('is refused for %s, with the place, and leaves no trace', (_, format, body, where) =>
    nothingHappensIn(async () => {
      const answer = await postImport(tenant, body, `?format=${format}`);
      expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
      expect(answer.body.errors[0].member).toContain(where);
      expect(answer.text).not.toContain('    at ');
    }),
  );

  it.each(wrongImports)(
    'says in a best effort what cannot be, without a defect: %s',
    async (_, format, body) => {
      const dry = await postImport(tenant, body, `?format=${format}&mode=best-effort&dry_run=true`);
      expect(importedIn(dry).summary.refused).toBeGreaterThan(0);
    },
  );

  it('takes formulas for what they are: texts', async () => {
    const csv = "kind,name,cloud,region,note\nhost,formula,prod,east,'=1+1\nhost,other,prod,east,@SUM(A1)\n";
    await imported(tenant, csv, '?format=csv');
    const { hosts } = (await tenant.get('/v1/hosts?name=formula')).body;
    expect(hosts[0].note).toBe('=1+1');
  });

  it('is refused when it is too long, before it is read where it says so', () =>
    nothingHappensIn(async () => {
      const rows = ndjson(
        Array.from({ length: 90 }, (_, n) => host(`long-${n}`, { variables: { a: 'x'.repeat(30_000) } })),
      );
      expect((await postImport(tenant, rows)).status).toBe(413);
      const { statusCode, body } = await gateway.app.inject({
        method: 'POST',
        url: '/v1/import',
        payload: Readable.from([Buffer.from(rows)]),
        headers: {
          'x-auth-token': gateway.credentials?.api_key ?? '',
          'content-type': 'application/x-ndjson',
        },
      });
      expect([statusCode, body]).toEqual([413, expect.stringContaining('more than 2000000 bytes')]);
    }));

  it('is refused when it has too many rows', () =>
    nothingHappensIn(async () => {
      const { status, body } = await postImport(
        tenant,
        Array.from({ length: 101 }, (_, n) => host(`many-${n}`)),
      );
      expect([status, body.errors[0].message]).toEqual([400, 'there are more than 100 records']);
    }));

  it('is refused when it breaks off', () =>
    nothingHappensIn(async () => {
      const broken = async function* () {
        yield Buffer.from(good);
        await Promise.resolve();
        throw new Error('reset');
      };
      const { statusCode } = await gateway.app
        .inject({
          method: 'POST',
          url: '/v1/import',
          payload: Readable.from(broken()),
          headers: {
            'x-auth-token': gateway.credentials?.api_key ?? '',
            'content-type': 'application/x-ndjson',
          },
        })
        .catch(() => ({ statusCode: 0 }));
      expect(statusCode).toBeLessThan(500);
    }));

  describe('over a connection', () => {
    let url: string;
    beforeAll(async () => {
      await gateway.app.listen(0, '127.0.0.1');
      url = `${await gateway.app.getUrl()}/v1/import`;
    });

    const send = (rows: () => Iterable<object>, query = '') => {
      const headers = {
        'x-auth-token': gateway.credentials?.api_key ?? '',
        'content-type': 'application/x-ndjson',
      };
      const asked = request(`${url}${query}`, { method: 'POST', headers, timeout: 20_000, agent: false });
      asked.once('timeout', () => asked.destroy(new Error('no answer came in time')));
      const lines = function* () {
        for (const row of rows()) yield `${JSON.stringify(row)}\n`;
      };
      pipeline(Readable.from(lines()), asked).catch(() => undefined);
      return asked;
    };

    it('hears why, although there was more to send', async () => {
      const rows = function* () {
        for (let n = 0; n < 100; n += 1) yield host(`long-${n}`, { variables: { a: 'x'.repeat(100_000) } });
      };
      const [response] = (await once(send(rows), 'response')) as [IncomingMessage];
      expect([response.statusCode, await text(response)]).toEqual([413, expect.stringContaining('2000000')]);
    });

    it('is done to its end when nobody waits for the answer any more', async () => {
      const names = Array.from({ length: 90 }, (_, n) => `left-${n}`);
      const asked = send(() => [...places, ...names.map((name) => host(name))]);
      const [response] = (await once(asked, 'response')) as [IncomingMessage];
      expect(response.statusCode).toBe(200);
      response.destroy();
      await until(async () => {
        const { hosts } = (await gateway.root.get('/v1/hosts?limit=1000')).body;
        return names.every((name) => hosts.some((one: { name: string }) => one.name === name));
      });
    });
  });

  it.each([
    ['', { 'content-type': 'application/xml' }, 415],
    ['', { 'content-type': 'application/octet-stream' }, 415],
    ['?format=rocket', {}, 400],
    ['?mode=maybe', {}, 400],
    ['?dry_run=perhaps', {}, 400],
    ['?rocket=1', {}, 400],
    ['?managed_by=a%20b', {}, 400],
    ['?region_id=00000000-0000-4000-8000-000000000000', {}, 404],
    ['?region_id=x', {}, 400],
    ['', { 'if-match': '"1"' }, 412],
    ['', { 'idempotency-key': 'a b' }, 400],
    ['', { 'x-craton-reason': '%zz' }, 400],
  ])('refuses the request %s %j with %i', (query, headers, status) =>
    nothingHappensIn(async () => {
      expect((await postImport(tenant, good, query, headers as Record<string, string>)).status).toBe(status);
    }),
  );

  it('leaves the limits of other routes as they are', async () => {
    const asNdjson = { 'content-type': 'application/x-ndjson' };
    expect((await tenant.ask('POST', '/v1/clouds', '{"name":"x"}', asNdjson)).status).toBe(415);
    const asBytes = { 'content-type': 'application/octet-stream' };
    expect((await tenant.ask('POST', '/v1/clouds', '{"name":"x"}', asBytes)).status).toBe(415);
  });

  it('sees nothing of what belongs to others', async () => {
    const other = await stranger(gateway);
    const cloud = await made(other.post('/v1/clouds', { name: 'theirs' }));
    const { status } = await postImport(tenant, good, `?cloud_id=${cloud.body.id}`);
    expect(status).toBe(404);
    const { results } = await imported(other, [...places, host('good')]);
    expect(results.map(({ result }) => result)).toEqual(['created', 'created', 'created']);
  });

  it('writes only those variables that its user may write', async () => {
    const user = { username: 'limited', roles: ['operator'], variable_prefixes: ['ours_'] };
    const limited = gateway.as((await made(tenant.post('/v1/users', user))).body.api_key);
    const rows = [host('a', { variables: { ours_a: 1 } }), host('b', { variables: { theirs: 1 } })];
    const refused = await postImport(limited, rows);
    expect([refused.status, refused.body.errors[0].member]).toEqual([403, 'line 2 host b']);
    const { results } = await imported(limited, rows, '?mode=best-effort');
    expect(results.map(({ name, result }) => `${name} ${result}`).toSorted()).toEqual([
      'a created',
      'b refused',
    ]);
  });
});
