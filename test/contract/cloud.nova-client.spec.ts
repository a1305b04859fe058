import { NovaCloud } from '#libs/clouds/src/nova/nova-cloud.js';
import { Faults } from '#libs/clouds/src/simulated/faults.js';
import { Fleet } from '#libs/clouds/src/simulated/fleet.js';
import { newFleet } from '#libs/clouds/src/simulated/fleet.state.js';
import { HttpClient } from '#libs/openstack/src/http-client.js';
import { Keystone } from '#libs/openstack/src/keystone.js';
import { Nova } from '#libs/openstack/src/nova.js';
import { FakeOpenStack } from '#test/support/fake-openstack.js';
import { cloudSuite, type CloudUnderTest } from './cloud.suite.js';
import { fleetUnderTest, HOSTS } from './cloud.support.js';

const pace = { firstPollMs: 5, lastPollMs: 20, settleMs: 2000, callOffMs: 5000 };

describe('the cloud of a Nova over HTTP', () => {
  let openstack: FakeOpenStack;
  let given: CloudUnderTest;

  beforeEach(async () => {
    const faults = new Faults();
    const fleet = new Fleet(newFleet({ hosts: HOSTS, migrationMs: 60 }), faults);
    openstack = await FakeOpenStack.start(fleet);
    const nova = new Nova(new Keystone(openstack.credentials, new HttpClient({ firstPauseMs: 1 })), {
      pageSize: 1,
    });
    given = {
      ...fleetUnderTest(fleet, faults),
      cloud: new NovaCloud(nova, pace),
      loseNextStart: () => openstack.disturb('POST', /action$/, 'lose'),
    };
  });
  afterEach(() => openstack.close());

  cloudSuite(() => given, 10_000);
});
