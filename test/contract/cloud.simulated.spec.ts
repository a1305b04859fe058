import { SimulatedCloud } from '#libs/clouds/src/simulated/simulated-cloud.js';
import { cloudSuite, type CloudUnderTest } from './cloud.suite.js';
import { fleetUnderTest, HOSTS } from './cloud.support.js';

describe('the simulated cloud', () => {
  let given: CloudUnderTest;
  beforeEach(() => {
    const cloud = new SimulatedCloud({ hosts: HOSTS, migrationMs: 60 });
    given = { cloud, ...fleetUnderTest(cloud.fleet, cloud.faults) };
  });

  cloudSuite(() => given, 10_000);
});
