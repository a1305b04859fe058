import { Ajv2020 } from 'ajv/dist/2020.js';
import { Cloud } from '#libs/clouds/src/cloud.port.js';
import { SimulatedCloud } from '#libs/clouds/src/simulated/simulated-cloud.js';
import { type Answering, says } from '#test/support/json-server.js';
import { hardware, made } from '#test/support/places.js';
import { LookingUp } from '#test/support/looking-up.js';

let scene: LookingUp;
beforeAll(async () => {
  scene = await LookingUp.start();
});
afterAll(() => scene.close());
beforeEach(() => scene.reset());

const here = (path: string) => scene.here(path);
const http = (path: string, more: object = {}) => scene.http(path, more);
const newHost = (more: object = {}) => scene.newHost(more);
const bound = (path: string, bindings: object) => scene.bound(path, bindings);
const get = (path: string) => scene.get(path);

const isTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT/);
const fine = { provider: 'http-json', seen_at: isTime, age_seconds: expect.any(Number), error: null };

describe('a variable that is bound to a provider', () => {
  it('is looked up when the host is read, for that host, wherever it is bound', async () => {
    const { name, host, region } = await newHost({ variables: { own: 1 } });
    scene.server.at(here(`/racks/${name}?ip=10.0.0.1`), says({ racks: [{ name: 'r17' }] }));
    scene.server.at(here('/ntp'), says({ servers: ['a', 'b'] }));
    await bound(region, {
      rack: http('/racks/{name}?ip={ip_address}', { path: '$.racks[0].name' }),
      ntp: http('/ntp', { path: '$.servers[*]' }),
    });
    for (const path of [host, `${host}/variables`])
      expect(await get(path)).toMatchObject({
        variables: { own: 1, rack: 'r17', ntp: ['a', 'b'] },
        virtual_variables: { rack: fine, ntp: fine },
      });
    const asked = [here('/ntp'), here(`/racks/${name}?ip=10.0.0.1`)];
    expect(new Set(scene.server.asked.map(({ url }) => url))).toEqual(new Set(asked));
    expect(scene.server.asked).toHaveLength(2);
  });

  it('is in answers that are as they are described', async () => {
    const { host } = await newHost();
    scene.server.at(here('/x'), says(1));
    await bound(host, { x: http('/x'), y: http('/nothing') });
    const api = new Ajv2020({ strict: false, validateFormats: false, validateSchema: false });
    api.addSchema({ ...(await get('/openapi.json')), $id: 'api' });
    for (const [path, body] of Object.entries({
      [host]: 'HostBody',
      [`${host}/variables`]: 'VariablesBody',
    })) {
      const answer = await get(path);
      expect(Object.keys(answer.virtual_variables)).toEqual(['x', 'y']);
      const fits = api.compile({ $ref: `api#/components/schemas/${body}` });
      expect([fits(answer), fits.errors]).toEqual([true, null]);
      expect(fits({ ...answer, virtual_variables: { x: { provider: 7 } } })).toBe(false);
    }
  });

  it('leaves the answers of others as they were', async () => {
    const { host } = await newHost({ variables: { own: { note: 'what {"$bound":true} means' } } });
    expect(await get(host)).not.toHaveProperty('virtual_variables');
    expect(await get(`${host}/variables`)).toEqual({
      variables: { own: { note: 'what {"$bound":true} means' } },
    });
  });

  it('is looked up on every kind of thing', async () => {
    const { id, host, region, cloud } = await newHost();
    const [, regionId = ''] = /regions\/(.*)/.exec(region) ?? [];
    const post = async (path: string, body: object) =>
      `${path}/${(await made(scene.gateway.root.post(path, body))).body.id}`;
    const range = { cidr: '10.0.0.0/24', gateway: '10.0.0.1' };
    const port = { name: 'eth0', device_id: id, interface_type: 'ethernet', ip_address: '10.0.0.7' };
    const things = [
      cloud,
      region,
      await post('/v1/cells', { name: 'cell', region_id: regionId }),
      host,
      await post('/v1/network-devices', { name: 'switch', region_id: regionId, ...hardware }),
      await post('/v1/containers', { name: 'container', region_id: regionId, ...hardware }),
      await post('/v1/networks', { name: 'network', region_id: regionId, ...range }),
      await post('/v1/network-interfaces', port),
    ];
    await bound(cloud, { who: http('/who/{id}') });
    for (const thing of things) {
      const whose = thing.split('/').at(-1) ?? '';
      scene.server.at(here(`/who/${whose}`), says(`this is ${whose}`));
      expect((await get(thing)).variables).toEqual({ who: `this is ${whose}` });
      expect((await get(`${thing}/variables`)).variables).toEqual({ who: `this is ${whose}` });
    }
    const project = `/v1/projects/${scene.gateway.credentials?.project_id}`;
    await bound(project, { 'of the project': http(`/who/${id}`) });
    expect((await get(`${project}/variables`)).variables).toMatchObject({
      'of the project': `this is ${id}`,
    });
    await scene.gateway.root.ask('DELETE', `${project}/variables`, ['of the project']);
  });

  it('asks with a credential that nobody sees', async () => {
    const { host } = await newHost();
    scene.server.at('/cmdb/x', says(1));
    const answer = await bound(host, {
      x: http('/cmdb/x', {
        settings: { url: `${scene.server.url}/cmdb/x`, headers: { 'X-Key': { credential: 'cmdb' } } },
      }),
    });
    expect((await get(host)).variables).toEqual({ x: 1 });
    expect(scene.server.asked[0]?.headers['x-key']).toBe(scene.secret);
    const told = [answer.text, JSON.stringify(await get(`${host}/variables?explain=true`))];
    const kept = [JSON.stringify(await scene.gateway.events()), JSON.stringify(scene.gateway.lines)];
    for (const text of [...told, ...kept]) expect(text).not.toContain('s3cret');
  });

  it('shows its last value with its age and the error while no new one comes, or the error only', async () => {
    const { host } = await newHost();
    scene.server.at(here('/value'), says('then'));
    await bound(host, {
      known: http('/value', { cache_seconds: 1 }),
      strict: http('/value', { cache_seconds: 1, on_failure: 'error' }),
    });
    expect((await get(host)).variables).toEqual({ known: 'then', strict: 'then' });
    const broken: Answering = (_, response) => response.writeHead(500).end();
    scene.server.at(here('/value'), broken);
    scene.clock.ahead += 60_000;
    const error = { code: 'unavailable', detail: `${scene.server.url} answers 500`, since: isTime };
    const { variables, virtual_variables: virtual } = await get(host);
    expect(variables).toEqual({ known: 'then', strict: { $bound: true } });
    expect(virtual).toEqual({
      known: { provider: 'http-json', seen_at: isTime, age_seconds: expect.any(Number), error },
      strict: { provider: 'http-json', seen_at: null, age_seconds: null, error },
    });
    expect(virtual.known.age_seconds).toBeGreaterThanOrEqual(60);
  });

  it('keeps no other key waiting beyond its timeout', async () => {
    const { host } = await newHost();
    scene.server.at(here('/quick'), says(1));
    scene.server.at(here('/never'), () => undefined);
    await bound(host, { quick: http('/quick'), never: http('/never', { timeout_ms: 100 }) });
    const { variables, virtual_variables: virtual } = await get(`${host}/variables`);
    expect(variables).toEqual({ quick: 1, never: { $bound: true } });
    expect(virtual).toMatchObject({ quick: fine, never: { error: { code: 'unavailable' } } });
  });

  it('does not lead into networks that are not allowed', async () => {
    const { host } = await newHost();
    scene.server.at(here('/inwards'), (_, response) =>
      response.writeHead(302, { location: 'http://169.254.169.254/' }).end(),
    );
    await bound(host, {
      metadata: { provider: 'http-json', settings: { url: 'http://169.254.169.254/latest/meta-data' } },
      decimal: { provider: 'http-json', settings: { url: 'http://2852039166/' } },
      redirected: http('/inwards'),
    });
    expect((await get(host)).virtual_variables).toMatchObject({
      metadata: { error: { code: 'refused' } },
      decimal: { error: { code: 'refused', detail: expect.stringMatching(/169\.254\.169\.254/) } },
      redirected: {
        error: { code: 'unusable', detail: expect.stringMatching(/redirects are not followed/) },
      },
    });
  });

  it('tells what the cloud says of a host', async () => {
    const cloud = scene.gateway.app.get<SimulatedCloud>(Cloud);
    const compute = cloud.fleet.hosts()[0]?.host ?? '';
    cloud.fleet.group('ssd', [compute]);
    const { host, region } = await newHost({ name: compute });
    await bound(region, {
      servers: { provider: 'nova.servers', settings: {}, path: '$[*].name' },
      enabled: { provider: 'nova.service', settings: {}, path: '$.enabled' },
      aggregates: { provider: 'nova.aggregates', settings: {} },
      other: { provider: 'nova.service', settings: { host: 'nobody' } },
    });
    const { variables, virtual_variables: virtual } = await get(host);
    expect(variables).toEqual({
      servers: expect.arrayContaining([expect.any(String)]),
      enabled: true,
      aggregates: ['ssd'],
      other: { $bound: true },
    });
    expect(virtual.other).toMatchObject({
      error: { code: 'unusable', detail: expect.stringMatching(/nobody/) },
    });
  });

  it('has no past', async () => {
    const { host } = await newHost();
    scene.server.at(here('/x'), says(1));
    const cursor = (await bound(host, { x: http('/x') })).headers['craton-cursor'];
    for (const path of [host, `${host}/variables`])
      expect(await get(`${path}?as_of=${cursor}`)).toMatchObject({
        variables: { x: { $bound: true } },
        virtual_variables: {
          x: { provider: 'http-json', seen_at: null, error: { code: 'virtual', since: null } },
        },
      });
    expect(scene.server.asked).toEqual([]);
    const past = await get(`${host}/variable-providers?as_of=${cursor}`);
    expect(past.bindings.x.settings).toEqual({ url: `${scene.server.url}${here('/x')}` });
  });

  it('is not looked up for lists, searches, exports and what a change answers', async () => {
    const { host, id, region } = await newHost({ variables: { searched: 'for this' } });
    scene.server.at(here('/x'), says('found'));
    await bound(region, { x: http('/x') });
    const query = encodeURIComponent('searched:"for this"');
    const { hosts } = await get(`/v1/hosts?details=true&vars=${query}`);
    expect(hosts).toMatchObject([{ id, variables: { x: { $bound: true } } }]);
    expect((await get(`/v1/hosts?vars=${encodeURIComponent('x:"found"')}`)).hosts).toEqual([]);
    expect((await scene.gateway.root.get('/v1/ansible-inventory')).text).not.toContain('found');
    await scene.gateway.root.put(`${host}/variables`, { other: 1 });
    await scene.gateway.root.put(host, { note: 'changed' });
    expect(scene.server.asked).toEqual([]);
  });

  it('can be seen with who bound it, and where it comes from', async () => {
    const { host, region } = await newHost();
    scene.server.at(here('/x'), says(1));
    const answer = await bound(region, { x: http('/x') });
    const binding = {
      provider: 'http-json',
      settings: { url: `${scene.server.url}${here('/x')}` },
      path: '$',
      timeout_ms: 2000,
      cache_seconds: 60,
      on_failure: 'last-known',
      owner: { kind: 'region', id: region.split('/').at(-1), name: expect.any(String) },
      actor: 'admin',
      reason: null,
    };
    expect(answer.body).toMatchObject({ bindings: { x: binding } });
    expect(await get(`${host}/variable-providers`)).toMatchObject({ bindings: { x: binding } });
    expect(await get(`${host}/variable-providers?resolved-values=false`)).toEqual({ bindings: {} });
    expect(await get(`${host}/variables?explain=true`)).toMatchObject({
      variables: { x: { value: 1, nature: 'bound', owner: { kind: 'region' } } },
      virtual_variables: { x: fine },
    });
  });

  it('is replaced by a value, replaces one, and is removed like every variable', async () => {
    const { host } = await newHost({ variables: { x: 'stored' } });
    scene.server.at(here('/x'), says('looked up'));
    await bound(host, { x: http('/x') });
    const revision = (await bound(host, { x: http('/x') })).headers['etag'];
    expect((await get(host)).variables).toEqual({ x: 'looked up' });
    expect((await scene.gateway.root.get(`${host}/variables`)).headers['etag']).toBe(revision);
    await scene.gateway.root.put(`${host}/variables`, { x: 'stored again' });
    expect((await get(host)).variables).toEqual({ x: 'stored again' });
    await bound(host, { x: http('/x') });
    expect((await scene.gateway.root.ask('DELETE', `${host}/variables`, ['x'])).status).toBe(204);
    expect((await get(`${host}/variables`)).variables).toEqual({});
  });

  it('hides what is inherited, and is hidden, as every variable', async () => {
    const { host, region } = await newHost({ variables: { near: 'own' } });
    scene.server.at(here('/x'), says('looked up'));
    await bound(region, { near: http('/x') });
    await scene.gateway.root.put(`${region}/variables`, { far: 'inherited' });
    await bound(host, { far: http('/x') });
    expect((await get(host)).variables).toEqual({ near: 'own', far: 'looked up' });
    expect(scene.server.asked).toHaveLength(1);
  });
});
