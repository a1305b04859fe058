import { SimulatedCloud } from '#libs/clouds/src/simulated/simulated-cloud.js';
import { until } from '#test/support/until.js';
import { cloudSuite, type CloudUnderTest } from './cloud.suite.js';

const HOSTS = ['compute-1', 'compute-2', 'compute-3', 'compute-4'] as const;
const [source, target, sticky, breaking] = HOSTS;

const underTest = (): CloudUnderTest => {
  const cloud = new SimulatedCloud({ hosts: HOSTS, migrationMs: 40 });
  const { faults, fleet } = cloud;
  faults.stick(sticky);
  fleet.setEnabled(sticky, false, 'spare');
  fleet.setEnabled(breaking, false, 'spare');
  return {
    cloud,
    source,
    target,
    sticky,
    breaking,
    boot: async (host, { stopped = false, tenant = 'a' } = {}) =>
      fleet.boot({
        name: 'server',
        projectId: `tenant-${tenant}`,
        host,
        status: stopped ? 'SHUTOFF' : 'ACTIVE',
      }).id,
    remove: async (id) => fleet.remove(id),
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

describe('the simulated cloud', () => {
  let given: CloudUnderTest;
  beforeEach(() => {
    given = underTest();
  });

  cloudSuite(() => given, 10_000);
});
