import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Config, readConfig } from '#libs/platform/src/config/config.js';
import { FakeOpenStack } from '#test/support/fake-openstack.js';
import { CloudModule } from './cloud.module.js';
import { Cloud } from './cloud.port.js';
import { Faults } from './simulated/faults.js';
import { Fleet } from './simulated/fleet.js';
import { newFleet } from './simulated/fleet.state.js';

const signal = AbortSignal.timeout(60_000);

/** What the module hands out when the environment says so. */
const cloudIn = async (environment: NodeJS.ProcessEnv): Promise<Cloud> => {
  @Module({ providers: [{ provide: Config, useValue: readConfig(environment) }], exports: [Config] })
  class Configured {}
  const imports = [{ module: Configured, global: true }, CloudModule];
  return (await Test.createTestingModule({ imports }).compile()).get(Cloud);
};

describe('the configured cloud', () => {
  it('is a simulated fleet that a restart finds again', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'craton-'));
    const first = await cloudIn({ CRATON_DATA_DIR: directory });
    await first.disable('compute-20', 'broken fan', signal);
    const second = await cloudIn({ CRATON_DATA_DIR: directory });
    expect(await second.hosts(signal)).toHaveLength(20);
    expect(await second.host('compute-20', signal)).toMatchObject({ disabledReason: 'broken fan' });
    rmSync(directory, { recursive: true });
  });

  it('is the Nova that the usual variables name, which may be away at the start', async () => {
    const openstack = await FakeOpenStack.start(new Fleet(newFleet({ hosts: ['one'] }), new Faults()));
    openstack.disturb('POST', /tokens/, { status: 503 }, 4);
    const cloud = await cloudIn({
      CRATON_CLOUD: 'nova',
      CRATON_CLOUD_TIMEOUT_MS: '20000',
      OS_AUTH_URL: openstack.url,
      OS_USERNAME: 'craton',
      OS_PASSWORD: 'correct horse',
      OS_PROJECT_NAME: 'service',
      OS_REGION_NAME: 'RegionOne',
    });
    expect(openstack.asked).toEqual([]);
    await expect(cloud.hosts(signal)).rejects.toThrow(/503/);
    expect(await cloud.hosts(signal)).toMatchObject([{ host: 'one' }]);
    await openstack.close();
  });
});
