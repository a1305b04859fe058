import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { HttpClient } from '#libs/openstack/src/http-client.js';
import { Keystone } from '#libs/openstack/src/keystone.js';
import { Nova } from '#libs/openstack/src/nova.js';
import { Config } from '#libs/platform/src/config/config.js';
import { CloudAccess } from './cloud-access.js';
import { Cloud } from './cloud.port.js';
import { Discovery } from './discovery.js';
import { NovaCloud } from './nova/nova-cloud.js';
import { SimulatedCloud } from './simulated/simulated-cloud.js';

const novaCloud = (config: Config): Cloud => {
  const http = new HttpClient({ timeoutMs: config.CRATON_CLOUD_TIMEOUT_MS });
  const keystone = new Keystone(
    {
      authUrl: config.OS_AUTH_URL ?? '',
      username: config.OS_USERNAME ?? '',
      password: config.OS_PASSWORD ?? '',
      projectName: config.OS_PROJECT_NAME ?? '',
      userDomainId: config.OS_USER_DOMAIN_ID,
      projectDomainId: config.OS_PROJECT_DOMAIN_ID,
      region: config.OS_REGION_NAME,
      interface: config.OS_INTERFACE,
    },
    http,
  );
  return new NovaCloud(new Nova(keystone));
};

/** The cloud that the configuration names. Nothing is asked of it before it is needed: it may be away when we start. */
export const cloudOf = (config: Config): Cloud => {
  switch (config.CRATON_CLOUD) {
    case 'nova':
      return novaCloud(config);
    case 'simulated':
      return new SimulatedCloud({
        path: join(config.CRATON_DATA_DIR, 'simulated-cloud.json'),
        migrationMs: config.CRATON_SIMULATED_MIGRATION_MS,
      });
  }
};

const accessOf = (cloud: Cloud, { CRATON_CLOUD_PROJECTS: projects }: Config) =>
  new CloudAccess(cloud, projects);

/** Provides `CloudAccess` and `Discovery`; needs a global `Config`. */
@Module({
  providers: [
    { provide: Cloud, useFactory: cloudOf, inject: [Config] },
    { provide: CloudAccess, useFactory: accessOf, inject: [Cloud, Config] },
    Discovery,
  ],
  exports: [CloudAccess, Discovery],
})
export class CloudModule {}
