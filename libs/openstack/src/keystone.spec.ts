import { inspect } from 'node:util';
import { Faults } from '#libs/clouds/src/simulated/faults.js';
import { Fleet } from '#libs/clouds/src/simulated/fleet.js';
import { newFleet } from '#libs/clouds/src/simulated/fleet.state.js';
import { FakeOpenStack } from '#test/support/fake-openstack.js';
import { HttpClient } from './http-client.js';
import { Keystone, type KeystoneOptions } from './keystone.js';
import { ServiceRefused, ServiceUnavailable } from './openstack.errors.js';

const LOGIN = /^\/v3\/auth\/tokens$/;
const signal = AbortSignal.timeout(60_000);

describe('a session at Keystone', () => {
  let openstack: FakeOpenStack;
  beforeEach(async () => {
    openstack = await FakeOpenStack.start(new Fleet(newFleet({ hosts: ['compute-1'] }), new Faults()));
  });
  afterEach(() => openstack.close());

  const keystone = (options: Partial<KeystoneOptions> = {}) =>
    new Keystone({ ...openstack.credentials, ...options }, new HttpClient({ firstPauseMs: 1 }));
  const ask = async (session: Keystone) => {
    const url = `${await session.endpoint('compute', signal)}/os-services`;
    return (await session.send({ method: 'GET', url, signal })).status;
  };
  const logins = () => openstack.count('POST', LOGIN);

  it('logs in once for many requests', async () => {
    const session = keystone();
    expect(await Promise.all([ask(session), ask(session), ask(session)])).toEqual([200, 200, 200]);
    expect(await ask(session)).toBe(200);
    expect(logins()).toBe(1);
  });

  it('sends what Keystone v3 wants to know', async () => {
    await ask(keystone({ authUrl: `${openstack.url}/` }));
    expect(openstack.asked[0]).toMatchObject({
      path: '/v3/auth/tokens',
      body: {
        auth: {
          identity: {
            methods: ['password'],
            password: { user: { name: 'craton', domain: { id: 'default' } } },
          },
          scope: { project: { name: 'service', domain: { id: 'default' } } },
        },
      },
    });
  });

  it('renews a token before it expires', async () => {
    openstack.tokenLifeMs = 0;
    const session = keystone();
    await ask(session);
    const before = logins();
    openstack.tokenLifeMs = 3_600_000;
    await ask(session);
    await ask(session);
    expect(logins()).toBe(before + 1);
  });

  it('renews a token that a service does not know any more, once for all who ask', async () => {
    const session = keystone();
    await ask(session);
    openstack.revokeTokens();
    expect(await Promise.all([ask(session), ask(session)])).toEqual([200, 200]);
    expect(logins()).toBe(2);
  });

  it('does not log in over and over when no token is good enough', async () => {
    openstack.disturb('GET', /os-services/, { status: 401 }, 99);
    await expect(ask(keystone())).rejects.toMatchObject({ name: 'ServiceRefused', status: 401 });
    expect(logins()).toBe(2);
  });

  it('names the user and the project that are not accepted, and never the password', async () => {
    const session = keystone({ password: 'a wrong one' });
    const refused: unknown = await ask(session).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ServiceRefused);
    expect(refused).toMatchObject({ message: expect.stringMatching(/user craton for project service/) });
    expect(inspect([refused, session], { depth: 9, showHidden: true })).not.toMatch(/a wrong one/);
  });

  it('logs in again after it could not', async () => {
    openstack.password = 'changed';
    const session = keystone();
    await expect(ask(session)).rejects.toThrow(ServiceRefused);
    openstack.password = 'correct horse';
    expect(await ask(session)).toBe(200);
  });

  it('waits out a Keystone that rests for a moment', async () => {
    openstack.disturb('POST', LOGIN, { status: 503 });
    expect(await ask(keystone())).toBe(200);
  });

  it('lets one who waits go, and the others have the token', async () => {
    openstack.disturb('POST', LOGIN, 'hang');
    const session = new Keystone(openstack.credentials, new HttpClient({ firstPauseMs: 1, timeoutMs: 300 }));
    const stop = new AbortController();
    const impatient = session.endpoint('compute', stop.signal);
    const patient = session.endpoint('compute', signal);
    stop.abort();
    await expect(impatient).rejects.toThrow(ServiceUnavailable);
    expect(await patient).toMatch(/compute/);
  });

  it('says which endpoints there are when the wanted one is missing', async () => {
    await expect(keystone({ region: 'Moon' }).endpoint('compute', signal)).rejects.toThrow(
      'the catalog has no public endpoint of compute in Moon (it has public in RegionOne)',
    );
    await expect(keystone({ interface: 'internal' }).endpoint('compute', signal)).rejects.toThrow(
      /no internal/,
    );
    await expect(keystone().endpoint('image', signal)).rejects.toThrow(/it has none at all/);
  });

  it('does not take another service for Keystone', async () => {
    openstack.disturb('POST', LOGIN, { status: 200, body: { hello: 'world' } });
    await expect(ask(keystone())).rejects.toThrow(/does not answer as Keystone v3/);
  });

  it.each(['http://user:hunter2@127.0.0.1/v3', 'ftp://127.0.0.1', 'hunter2', 'http://['])(
    'refuses an address that is none or holds credentials, without repeating it: %s',
    (authUrl) => {
      const make = () => keystone({ authUrl });
      expect(make).toThrow(/hold no credentials/);
      expect(make).not.toThrow(/hunter2/);
    },
  );
});
