import { randomBytes } from 'node:crypto';
import { type Client, type Gateway, startGateway } from '#test/support/gateway.js';
import { imported, ndjson, postImport } from '#test/support/imports.js';
import { made } from '#test/support/places.js';

const mask = { $secret: true };
const clear = 'never-to-be-told-91bc';
let gateway: Gateway;
let admin: Client;
let operator: Client;

beforeEach(async () => {
  gateway = await startGateway({
    environment: { CRATON_SECRET_KEY: `new:${randomBytes(32).toString('base64')}` },
  });
  admin = gateway.root;
  const user = { username: 'operator', roles: ['operator'] };
  operator = gateway.as((await made(admin.post('/v1/users', user))).body.api_key);
});
afterEach(() => gateway.close());

const place = { cloud: 'prod', region: 'east' };
const fleet = (variables: object, more: object = {}) => [
  { kind: 'cloud', name: 'prod' },
  { kind: 'region', name: 'east', cloud: 'prod' },
  {
    kind: 'host',
    name: 'node',
    ...place,
    ip_address: '192.0.2.1',
    device_type: 'server',
    variables,
    ...more,
  },
];
const pathOf = async () => `/v1/hosts/${(await admin.get('/v1/hosts?name=node')).body.hosts[0].id}`;
const shown = async (query = '') => (await admin.get(`${await pathOf()}/variables${query}`)).body.variables;
const count = async () => (await gateway.events()).length;
const told = async () => {
  const big = (_: string, value: unknown) => (typeof value === 'bigint' ? `${value}` : value);
  return JSON.stringify([await gateway.events(), gateway.lines], big);
};

/** A host whose password is a secret. */
const known = async (password: string) => {
  await imported(admin, fleet({ port: 22 }));
  await admin.put(`${await pathOf()}/variables?secret=password`, { password });
};

describe('an import over a secret', () => {
  it('leaves it a secret, with the value that the row says', async () => {
    await known('first');
    const rows = fleet({ password: clear, port: 23 });
    const changes = [
      { member: 'variables.password', before: mask, after: mask },
      { member: 'variables.port', before: 22, after: 23 },
    ];
    const before = await count();
    const trial = await imported(operator, rows, '?dry_run=true');
    expect(trial.results.at(-1)).toMatchObject({ result: 'changed', changes });
    expect(await count()).toBe(before);
    const { answer, results, summary } = await imported(operator, rows);
    expect([results.at(-1), summary]).toMatchObject([{ result: 'changed', changes }, { refused: 0 }]);
    expect(await shown()).toEqual({ password: mask, port: 23 });
    expect(await shown('?secrets=true')).toEqual({ password: clear, port: 23 });
    expect(answer.text).not.toContain(clear);
    expect(await told()).not.toContain(clear);
  });

  it('changes nothing the second time, which only who may read it can notice', async () => {
    await known(clear);
    const before = await count();
    const again = await imported(admin, fleet({ password: clear, port: 22 }));
    expect([again.summary.changed, await count()]).toEqual([0, before]);
    for (const password of [clear, 'other']) {
      const { results } = await imported(operator, fleet({ password }));
      expect(results.at(-1)).toMatchObject({ result: 'changed', changes: [{ before: mask, after: mask }] });
    }
    expect((await gateway.events()).slice(before).filter(({ type }) => type === 'VariablesSet')).toHaveLength(
      2,
    );
  });

  it('says nothing by its mask, and is no hole in a schema', async () => {
    await known('first');
    await admin.put(`${await pathOf()}/variable-schemas`, { password: { type: 'object', maxProperties: 0 } });
    const before = await count();
    expect((await imported(operator, fleet({ password: mask, port: 22 }))).summary.changed).toBe(0);
    const refused = await postImport(operator, fleet({ password: { [clear]: clear } }));
    expect([refused.status, refused.text.includes(clear)]).toEqual([400, false]);
    expect(await count()).toBe(before);
    expect(await shown('?secrets=true')).toEqual({ password: 'first', port: 22 });
  });

  it('is refused row by row where there is no key to seal with', async () => {
    await known('first');
    const { eventStore, credentials } = gateway;
    const without = await startGateway({ eventStore });
    const client = without.as(credentials?.api_key);
    const rows = [
      ...fleet({ password: 'x' }),
      { kind: 'host', name: 'other', ...place, ip_address: '192.0.2.2', device_type: 'server' },
    ];
    expect((await postImport(client, rows)).status).toBe(409);
    const { results } = await imported(client, rows, '?mode=best-effort');
    expect(results.map(({ name, result }) => [name, result])).toEqual([
      ['prod', 'unchanged'],
      ['east', 'unchanged'],
      ['node', 'refused'],
      ['other', 'created'],
    ]);
    expect((await postImport(client, rows, '?secret=password&dry_run=true')).status).toBe(409);
    await without.close();
  });
});

describe('an import of secrets', () => {
  it('seals what it is told to, of what is new and of what was plain', async () => {
    const rows = fleet({ password: clear, port: 22 });
    const query = '?create_places=true&secret=password';
    const trial = await imported(operator, rows, `${query}&dry_run=true`);
    expect(trial.results.at(-1)).toMatchObject({ result: 'created' });
    await imported(operator, rows, query);
    expect(await shown()).toEqual({ password: mask, port: 22 });
    expect(await shown('?secrets=true')).toEqual({ password: clear, port: 22 });
    expect(await told()).not.toContain(clear);
    expect((await imported(admin, rows, query)).summary).toMatchObject({ changed: 0, unchanged: 3 });

    await imported(admin, fleet({ token: 'plain' }));
    const { results } = await imported(operator, fleet({ token: 'plain' }), '?secret=token');
    expect(results.at(-1)?.changes).toEqual([{ member: 'variables.token', before: 'plain', after: mask }]);
    expect(await shown()).toEqual({ password: mask, port: 22, token: mask });
  });

  it('is refused whole where nothing has what is to be sealed', async () => {
    await imported(admin, fleet({ port: 22 }));
    const before = await count();
    const rows = ndjson(fleet({ password: clear, port: 23 }));
    const { status, body } = await postImport(admin, rows, '?secret=port&secret=pasword');
    expect([status, body.errors]).toEqual([
      400,
      [{ member: 'secret', message: 'names what nothing has: pasword' }],
    ]);
    const once = await postImport(admin, rows, '?secret=port&secret=pasword&mode=best-effort&dry_run=true');
    expect(once.status).toBe(200);
    expect(await count()).toBe(before);
  });

  it('seals them for everything that has variables', async () => {
    const variables = { password: clear };
    const rows = [
      { kind: 'cloud', name: 'prod', variables },
      { kind: 'region', name: 'east', cloud: 'prod', variables },
      { kind: 'cell', name: 'rack', ...place, variables },
      { kind: 'network', name: 'lan', ...place, cidr: '192.0.2.0/24', variables },
      ...fleet(variables).slice(2),
      { kind: 'interface', name: 'eth0', ...place, device: 'node', variables },
    ];
    const { results, summary } = await imported(admin, rows, '?secret=password');
    expect(summary).toMatchObject({ created: 6, refused: 0 });
    for (const { kind, id } of results) {
      const collection = kind === 'interface' ? 'network-interfaces' : `${kind}s`;
      const path = `/v1/${collection}/${id}/variables?resolved-values=false`;
      expect((await admin.get(path)).body.variables).toEqual({ password: mask });
      expect((await admin.get(`${path}&secrets=true`)).body.variables).toEqual({ password: clear });
    }
    expect(await told()).not.toContain(clear);
  });

  it.each(['?secret=', '?secret=__proto__', `?secret=${'x'.repeat(256)}`])('refuses %s', async (query) => {
    expect((await postImport(admin, ndjson(fleet({})), query)).status).toBe(400);
  });
});
