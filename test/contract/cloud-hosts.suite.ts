import { isIP } from 'node:net';
import { type Cloud, CloudRefused } from '#libs/clouds/src/cloud.port.js';

/**
 * A cloud with four hosts, and what its operator can do behind our back. Every test finds `source` and `target` enabled, the
 * other two disabled, and no instances.
 */
export interface CloudUnderTest {
  readonly cloud: Cloud;
  readonly source: string;
  readonly target: string;
  /** Live migrations off it do not end before they are called off. */
  readonly sticky: string;
  /** Cold migrations to it leave the instance in ERROR there. */
  readonly breaking: string;
  /** An instance at rest on that host. */
  readonly boot: (
    host: string,
    as?: { readonly stopped?: boolean; readonly tenant?: 'a' | 'b' },
  ) => Promise<string>;
  readonly remove: (id: string) => Promise<void>;
  /** Puts hosts into an aggregate of that name, with a zone of that name or none; without hosts the aggregate is gone. */
  readonly group: (name: string, hosts: readonly string[], zone: string | null) => Promise<void>;
  /** Sets the host's state, whatever it was. */
  readonly set: (host: string, enabled: boolean, reason?: string) => Promise<void>;
  /** Starts a cold migration as a process would that dies before it is confirmed. */
  readonly abandonCold: (id: string) => Promise<void>;
  /** Migrations of the instance, ever. */
  readonly migrations: (id: string) => Promise<number>;
  /** The next migration is started, and its answer lost. */
  readonly loseNextStart: () => void;
}

/** What every `Cloud` promises of its hosts. */
export const hostsSuite = (given: () => CloudUnderTest, patience: () => AbortSignal): void => {
  describe('its hosts', () => {
    it('are listed with what the scheduler may do with them', async () => {
      const { cloud, source, target, sticky, breaking } = given();
      const hosts = await cloud.hosts(patience());
      const state = Object.fromEntries(hosts.map(({ host, enabled, up }) => [host, { enabled, up }]));
      expect(state).toEqual({
        [source]: { enabled: true, up: true },
        [target]: { enabled: true, up: true },
        [sticky]: { enabled: false, up: true },
        [breaking]: { enabled: false, up: true },
      });
    });

    it('are listed with the addresses by which they are reached', async () => {
      for (const { address } of await given().cloud.hosts(patience()))
        expect(isIP(address ?? '')).not.toBe(0);
    });

    it('are listed with their availability zones and aggregates, sorted', async () => {
      const { cloud, group, source, target } = given();
      const placeOf = async (name: string) => {
        const host = (await cloud.hosts(patience())).find((one) => one.host === name);
        return { zone: host?.zone, aggregates: host?.aggregates };
      };
      await group('ssd', [source], null);
      await group('az-of-suite', [source], 'az-7');
      try {
        expect(await placeOf(source)).toEqual({ zone: 'az-7', aggregates: ['az-of-suite', 'ssd'] });
        expect(await placeOf(target)).toEqual({ zone: 'nova', aggregates: [] });
        expect(await cloud.host(source, patience())).toMatchObject({ zone: 'az-7' });
      } finally {
        await group('ssd', [], null);
        await group('az-of-suite', [], null);
      }
      expect(await placeOf(source)).toEqual({ zone: 'nova', aggregates: [] });
    });

    it.each(['compute-nowhere', '', '../os-services', 'ünknown host'])(
      'are refused when there is none of that name: %j',
      async (name) => {
        const { cloud } = given();
        await expect(cloud.host(name, patience())).rejects.toThrow(CloudRefused);
        await expect(cloud.disable(name, 'x', patience())).rejects.toThrow(CloudRefused);
        await expect(cloud.enable(name, patience())).rejects.toThrow(CloudRefused);
        await expect(cloud.instances(name, patience())).rejects.toThrow(CloudRefused);
      },
    );

    it('are disabled with a reason and enabled again, twice as well as once', async () => {
      const { cloud, target } = given();
      const disabled = { host: target, enabled: false, disabledReason: 'window 7' };
      expect(await cloud.disable(target, 'window 7', patience())).toMatchObject(disabled);
      expect(await cloud.disable(target, 'window 8', patience())).toMatchObject(disabled);
      expect(await cloud.host(target, patience())).toMatchObject(disabled);
      const enabled = { host: target, enabled: true, disabledReason: null };
      expect(await cloud.enable(target, patience())).toMatchObject(enabled);
      expect(await cloud.enable(target, patience())).toMatchObject(enabled);
      expect(await cloud.host(target, patience())).toMatchObject(enabled);
    });

    it('keep the reason of whoever disabled them first', async () => {
      const { cloud, target, set } = given();
      await set(target, false, 'broken fan');
      expect(await cloud.disable(target, 'ours', patience())).toMatchObject({ disabledReason: 'broken fan' });
      expect(await cloud.host(target, patience())).toMatchObject({ disabledReason: 'broken fan' });
    });

    it('take a reason that is longer than the cloud allows, and one of blanks', async () => {
      const { cloud, source, target } = given();
      const { disabledReason } = await cloud.disable(target, 'a'.repeat(300), patience());
      expect('a'.repeat(300)).toContain(disabledReason);
      expect(await cloud.disable(source, '   ', patience())).toMatchObject({ enabled: false });
    });
  });
};
