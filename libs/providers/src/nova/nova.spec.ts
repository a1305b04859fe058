import { CloudAccess } from '#libs/clouds/src/cloud-access.js';
import { SimulatedCloud } from '#libs/clouds/src/simulated/simulated-cloud.js';
import type { JsonObject } from '#libs/kernel/src/json.js';
import type { Provider, Subject } from '../provider.port.js';
import { NovaAggregates, NovaServers, NovaService } from './nova.providers.js';

const host: Subject = { id: 'h1', kind: 'host', name: 'one', ipAddress: null, projectId: 'p' };
const signal = AbortSignal.timeout(60_000);

describe('what a cloud says of a host', () => {
  let cloud: SimulatedCloud;
  let access: CloudAccess;
  beforeEach(() => {
    cloud = new SimulatedCloud({ hosts: ['one', 'two'] });
    access = new CloudAccess(cloud, ['p']);
  });
  const ask = (provider: Provider, settings: JsonObject = {}, subject = host) => {
    provider.check(settings, 'p');
    return provider.lookup(settings, subject).ask(signal);
  };

  it('is which servers are on it', async () => {
    const { id } = cloud.fleet.boot({ name: 'web', projectId: 'tenant', host: 'one' });
    const server = { id, name: 'web', project_id: 'tenant', status: 'ACTIVE', task: null };
    expect(await ask(new NovaServers(access))).toEqual([server]);
    expect(await ask(new NovaServers(access), { host: 'two' })).toEqual([]);
  });

  it('is how its service is', async () => {
    await cloud.disable('one', 'a new disk', signal);
    expect(await ask(new NovaService(access))).toEqual({
      host: 'one',
      enabled: false,
      disabled_reason: 'a new disk',
      up: true,
      zone: 'nova',
    });
  });

  it('is which aggregates it is in, asked for once for all who wait', async () => {
    cloud.fleet.group('ssd', ['one']);
    cloud.fleet.group('big', ['one', 'two']);
    const aggregates = new NovaAggregates(access);
    const two = { ...host, name: 'two' };
    expect(await Promise.all([ask(aggregates), ask(aggregates, {}, two)])).toEqual([['big', 'ssd'], ['big']]);
  });

  it('is asked about the host that a setting names', async () => {
    const cell: Subject = { ...host, kind: 'cell', name: 'one' };
    expect(await ask(new NovaService(access), { host: 'two' }, cell)).toMatchObject({ host: 'two' });
    expect(await ask(new NovaService(access), { host: 't{name}' }, { ...host, name: 'wo' })).toMatchObject({
      host: 'two',
    });
    expect(() => new NovaService(access).lookup({}, cell)).toThrow('knows hosts, and this is a cell');
  });

  it('is not known of strangers, or while the cloud is away', async () => {
    const all = [new NovaServers(access), new NovaService(access), new NovaAggregates(access)];
    for (const provider of all)
      await expect(ask(provider, { host: 'three' })).rejects.toMatchObject({
        code: 'unusable',
        message: expect.stringMatching(/three/),
      });
    cloud.faults.away = true;
    for (const provider of all) await expect(ask(provider)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('is not for a project that may not have the cloud worked on, whoever asked before', () => {
    for (const provider of [new NovaServers(access), new NovaService(access), new NovaAggregates(access)]) {
      const violations = [{ member: 'provider', message: expect.stringMatching(/project q may not/) }];
      expect(() => provider.check({}, 'q')).toThrow(expect.objectContaining({ violations }));
      expect(() => provider.lookup({}, { ...host, projectId: 'q' })).toThrow(
        expect.objectContaining({ code: 'refused' }),
      );
    }
  });

  it.each<[JsonObject, string]>([
    [{ host: '' }, 'settings.host'],
    [{ host: 1 }, 'settings.host'],
    [{ host: '{fqdn}' }, 'settings.host'],
    [{ hosts: 'one' }, 'settings.hosts'],
  ])('is not asked with %j', (settings, member) => {
    expect(() => new NovaService(access).check(settings, 'p')).toThrow(
      expect.objectContaining({
        code: 'validation-failed',
        violations: [expect.objectContaining({ member })],
      }),
    );
  });
});
