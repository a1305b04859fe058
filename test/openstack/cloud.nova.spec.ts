import { jest } from '@jest/globals';
import { NovaCloud } from '#libs/clouds/src/nova/nova-cloud.js';
import { HttpClient } from '#libs/openstack/src/http-client.js';
import { Keystone } from '#libs/openstack/src/keystone.js';
import { Nova } from '#libs/openstack/src/nova.js';
import { cloudSuite, type CloudUnderTest } from '#test/contract/cloud.suite.js';
import { keystoneOptions, OpenStack } from '#test/support/openstack.js';

// A Nova of four computes with fake hypervisors: the third's live migrations last until they are called off (five seconds at
// most), the fourth fails to finish cold migrations that come to it. Two projects of these names.
const [source, target, sticky, breaking] = ['compute-1', 'compute-2', 'compute-3', 'compute-4'] as const;
const tenants = { a: new OpenStack('tenant-a'), b: new OpenStack('tenant-b') };
const operator = new OpenStack();

let startsToLose = 0;
/** The request reaches Nova and takes effect; its answer does not reach us. */
const losing: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  const starts = typeof init?.body === 'string' && /"os-migrateLive"|"migrate"/.test(init.body);
  if (!starts || startsToLose === 0) return response;
  startsToLose -= 1;
  throw new TypeError('fetch failed', { cause: new Error('other side closed') });
};

const reset = async () => {
  startsToLose = 0;
  await Promise.all([tenants.a.clear(), tenants.b.clear()]);
  await operator.set(source, true);
  await operator.set(target, true);
  await operator.set(sticky, false, 'spare');
  await operator.set(breaking, false, 'spare');
};

const given: CloudUnderTest = {
  // Pages of one: paging is part of what is tried.
  cloud: new NovaCloud(
    new Nova(new Keystone(keystoneOptions(), new HttpClient({ fetch: losing })), { pageSize: 1 }),
  ),
  source,
  target,
  sticky,
  breaking,
  boot: async (host, { stopped = false, tenant = 'a' } = {}) => {
    const spare = host === sticky;
    if (spare) await operator.set(host, true);
    const id = await tenants[tenant].boot(host, `contract-${tenant}`);
    if (spare) await operator.set(host, false, 'spare');
    if (!stopped) return id;
    await operator.act(id, { 'os-stop': null });
    await operator.untilStatus(id, 'SHUTOFF');
    return id;
  },
  remove: (id) => tenants.a.remove(id),
  group: (name, hosts, zone) => operator.group(name, hosts, zone),
  set: (host, enabled, reason) => operator.set(host, enabled, reason),
  abandonCold: async (id) => {
    await operator.act(id, { migrate: null });
    await operator.untilStatus(id, 'VERIFY_RESIZE');
  },
  migrations: (id) => operator.migrations(id),
  loseNextStart: () => {
    startsToLose = 1;
  },
};

describe('the cloud of a real Nova', () => {
  jest.setTimeout(240_000);
  beforeAll(reset);
  afterEach(reset);
  afterAll(async () => {
    await operator.set(sticky, true);
    await operator.set(breaking, true);
  });

  cloudSuite(() => given, 120_000);
});
