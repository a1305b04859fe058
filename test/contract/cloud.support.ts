import type { Faults } from '#libs/clouds/src/simulated/faults.js';
import type { Fleet } from '#libs/clouds/src/simulated/fleet.js';
import { until } from '#test/support/until.js';
import type { CloudUnderTest } from './cloud.suite.js';

export const HOSTS = ['compute-1', 'compute-2', 'compute-3', 'compute-4'] as const;
const [source, target, sticky, breaking] = HOSTS;

/** What the operator of a simulated fleet of these hosts can do. */
export const fleetUnderTest = (fleet: Fleet, faults: Faults): Omit<CloudUnderTest, 'cloud'> => {
  faults.stick(sticky);
  fleet.setEnabled(sticky, false, 'spare');
  fleet.setEnabled(breaking, false, 'spare');
  return {
    source,
    target,
    sticky,
    breaking,
    boot: async (host, { stopped = false, tenant = 'a' } = {}) => {
      const status = stopped ? 'SHUTOFF' : 'ACTIVE';
      return fleet.boot({ name: 'server', projectId: `tenant-${tenant}`, host, status }).id;
    },
    remove: async (id) => fleet.remove(id),
    group: async (name, hosts, zone) => {
      fleet.group(name, hosts, zone);
    },
    set: async (host, enabled, reason) => {
      fleet.setEnabled(host, enabled, reason ?? null);
      if (host === breaking && enabled) faults.break(source, 'the disk was not found', 'cold');
    },
    abandonCold: async (id) => {
      fleet.start(id, 'cold');
      await until(() => fleet.server(id)?.status === 'VERIFY_RESIZE');
    },
    migrations: async (id) => fleet.migrations(id).length,
    loseNextStart: () => faults.loseStarts(),
  };
};
