import { randomUUID } from 'node:crypto';
import { CloudRefused, CloudUnavailable } from '#libs/clouds/src/cloud.port.js';
import { until } from '#test/support/until.js';
import { type CloudUnderTest, hostsSuite } from './cloud-hosts.suite.js';

export type { CloudUnderTest } from './cloud-hosts.suite.js';

/** What every `Cloud` promises. */
export const cloudSuite = (given: () => CloudUnderTest, patienceMs: number): void => {
  const patience = () => AbortSignal.timeout(patienceMs);
  const statusOf = async (id: string) => (await given().cloud.instance(id, patience()))?.status;
  const idsOn = async (host: string) =>
    (await given().cloud.instances(host, patience())).map(({ id }) => id).toSorted();
  const move = (id: string, mode: 'live' | 'cold', from = given().source) =>
    given().cloud.move(id, from, mode, patience());

  hostsSuite(given, patience);

  describe('its instances', () => {
    it('are those of all projects on one host', async () => {
      const { boot, cloud, source, target } = given();
      const [a, b] = await Promise.all([boot(source, { tenant: 'a' }), boot(source, { tenant: 'b' })]);
      const elsewhere = await boot(target);
      const found = await cloud.instances(source, patience());
      expect(found.map(({ id }) => id).toSorted()).toEqual([a, b].toSorted());
      expect(found).toEqual([
        expect.objectContaining({ host: source, status: 'ACTIVE', task: null }),
        expect.objectContaining({ host: source, status: 'ACTIVE', task: null }),
      ]);
      expect(new Set(found.map(({ projectId }) => projectId)).size).toBe(2);
      expect(await idsOn(target)).toEqual([elsewhere]);
    });

    it.each([randomUUID(), '', '..', 'detail', 'no/such?thing'])(
      'are undefined when there is none: %j',
      async (id) => {
        expect(await given().cloud.instance(id, patience())).toBeUndefined();
      },
    );

    it('include one that has left and is not confirmed yet', async () => {
      const { boot, abandonCold, source, target } = given();
      const id = await boot(source);
      await abandonCold(id);
      expect(await idsOn(source)).toEqual([id]);
      expect(await idsOn(target)).toEqual([id]);
    });
  });

  describe('a move', () => {
    it('takes a running instance away live', async () => {
      const { boot, cloud, migrations, source, target } = given();
      const id = await boot(source);
      expect(await move(id, 'live')).toEqual({ instanceId: id, from: source, mode: 'live', to: target });
      expect(await cloud.instance(id, patience())).toMatchObject({
        host: target,
        status: 'ACTIVE',
        task: null,
      });
      expect(await idsOn(source)).toEqual([]);
      expect(await migrations(id)).toBe(1);
    });

    it('takes it away cold, and leaves nothing to be confirmed', async () => {
      const { boot, cloud, migrations, source, target } = given();
      const id = await boot(source);
      expect(await move(id, 'cold')).toMatchObject({ mode: 'cold', to: target });
      expect(await cloud.instance(id, patience())).toMatchObject({
        host: target,
        status: 'ACTIVE',
        task: null,
      });
      expect(await idsOn(source)).toEqual([]);
      expect(await migrations(id)).toBe(1);
    });

    it('is refused live and possible cold for an instance that does not run', async () => {
      const { boot, cloud, migrations, source, target } = given();
      const id = await boot(source, { stopped: true });
      const refused = move(id, 'live');
      await expect(refused).rejects.toThrow(CloudRefused);
      await expect(refused).rejects.toThrow(/SHUTOFF/);
      expect(await migrations(id)).toBe(0);
      expect(await move(id, 'cold')).toMatchObject({ to: target });
      expect(await cloud.instance(id, patience())).toMatchObject({ host: target, status: 'SHUTOFF' });
    });

    it('has nothing to do for one that is gone', async () => {
      const { boot, remove, source } = given();
      const id = await boot(source);
      await remove(id);
      expect(await move(id, 'live')).toEqual({ instanceId: id, from: source, mode: 'live', to: null });
      expect(await move(randomUUID(), 'cold')).toMatchObject({ to: null });
    });

    it('has nothing to do for one that is elsewhere already', async () => {
      const { boot, migrations, target } = given();
      const id = await boot(target);
      expect(await move(id, 'live')).toMatchObject({ to: target });
      expect(await move(id, 'cold')).toMatchObject({ to: target });
      expect(await migrations(id)).toBe(0);
    });

    it('confirms what an earlier call had left unconfirmed', async () => {
      const { boot, abandonCold, migrations, source, target } = given();
      const id = await boot(source);
      await abandonCold(id);
      expect(await statusOf(id)).toBe('VERIFY_RESIZE');
      expect(await move(id, 'cold')).toMatchObject({ to: target });
      expect(await statusOf(id)).toBe('ACTIVE');
      expect(await idsOn(source)).toEqual([]);
      expect(await migrations(id)).toBe(1);
    });

    it('joins one that is under way', async () => {
      const { boot, migrations, source, target } = given();
      const id = await boot(source);
      const both = await Promise.all([move(id, 'live'), move(id, 'live')]);
      expect(both).toEqual([
        expect.objectContaining({ to: target }),
        expect.objectContaining({ to: target }),
      ]);
      expect(await migrations(id)).toBe(1);
    });

    it('happens once when the answer of the cloud is lost', async () => {
      const { boot, loseNextStart, migrations, source, target } = given();
      const id = await boot(source);
      loseNextStart();
      const first = await move(id, 'live').catch((error: unknown) => error);
      if (first instanceof Error) expect(first).toBeInstanceOf(CloudUnavailable);
      expect(await move(id, 'live')).toMatchObject({ to: target });
      expect(await migrations(id)).toBe(1);
    });

    it.each(['live', 'cold'] as const)('is refused %s when no host may take it', async (mode) => {
      const { boot, cloud, set, source, target } = given();
      const id = await boot(source);
      await set(target, false, 'full');
      const refused = move(id, mode);
      await expect(refused).rejects.toThrow(CloudRefused);
      await expect(refused).rejects.toThrow(/no valid host/i);
      await expect(refused).rejects.toThrow(new RegExp(`${id}.* ${source}`));
      expect(await cloud.instance(id, patience())).toMatchObject({
        host: source,
        status: 'ACTIVE',
        task: null,
      });
    });

    it('is refused when the instance breaks on arrival, every time it is asked for', async () => {
      const { boot, breaking, set, source, target } = given();
      const id = await boot(source);
      await set(target, false, 'full');
      await set(breaking, true);
      await expect(move(id, 'cold')).rejects.toThrow(CloudRefused);
      expect(await statusOf(id)).toBe('ERROR');
      await expect(move(id, 'cold')).rejects.toThrow(CloudRefused);
    });

    it('that does not end is called off, and leaves the instance where it was', async () => {
      const { boot, cloud, sticky } = given();
      const id = await boot(sticky);
      const stop = new AbortController();
      const stuck = cloud.move(id, sticky, 'live', stop.signal);
      stuck.catch(() => undefined);
      await until(async () => (await statusOf(id)) === 'MIGRATING');
      stop.abort(new Error('the deadline has passed'));
      await expect(stuck).rejects.toThrow(CloudRefused);
      await expect(stuck).rejects.toThrow(new RegExp(`${id}.* ${sticky}.*the deadline has passed`));
      expect(await cloud.instance(id, patience())).toMatchObject({
        host: sticky,
        status: 'ACTIVE',
        task: null,
      });
    });

    it('that is called off before it began starts nothing', async () => {
      const { boot, cloud, migrations, source } = given();
      const id = await boot(source);
      await expect(cloud.move(id, source, 'live', AbortSignal.abort())).rejects.toThrow(CloudRefused);
      expect(await migrations(id)).toBe(0);
    });
  });

  describe('any other call', () => {
    it('ends with its signal', async () => {
      const { cloud, source } = given();
      const over = AbortSignal.abort(new Error('enough'));
      await expect(cloud.hosts(over)).rejects.toThrow(CloudUnavailable);
      await expect(cloud.host(source, over)).rejects.toThrow(CloudUnavailable);
      await expect(cloud.disable(source, 'x', over)).rejects.toThrow(CloudUnavailable);
      await expect(cloud.enable(source, over)).rejects.toThrow(CloudUnavailable);
      await expect(cloud.instances(source, over)).rejects.toThrow(CloudUnavailable);
      await expect(cloud.instance(randomUUID(), over)).rejects.toThrow(CloudUnavailable);
      expect(await cloud.host(source, patience())).toMatchObject({ enabled: true });
    });
  });
};
