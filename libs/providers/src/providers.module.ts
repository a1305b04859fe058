import { Logger, Module } from '@nestjs/common';
import { CloudModule } from '#libs/clouds/src/cloud.module.js';
import { Cloud } from '#libs/clouds/src/cloud.port.js';
import { Clock } from '#libs/platform/src/clock.js';
import { Config, WrongConfiguration } from '#libs/platform/src/config/config.js';
import { Credentials } from './http/credentials.js';
import { GuardedGet } from './http/guarded-get.js';
import { HttpJson } from './http/http-json.provider.js';
import { Reach } from './http/reach.js';
import { NovaAggregates, NovaServers, NovaService } from './nova/nova.providers.js';
import { Providers } from './providers.js';

const credentialsOf = ({
  CRATON_PROVIDER_CREDENTIALS: path,
}: Pick<Config, 'CRATON_PROVIDER_CREDENTIALS'>): Credentials =>
  path === undefined ? new Credentials({}) : Credentials.read(path);

/** Throws `WrongConfiguration` where the file of credentials cannot be taken: Nest would tell of it with a stack. */
export const demandCredentials = (config: Pick<Config, 'CRATON_PROVIDER_CREDENTIALS'>): void => {
  try {
    credentialsOf(config);
  } catch (error) {
    throw new WrongConfiguration([`CRATON_PROVIDER_CREDENTIALS: ${(error as Error).message}`]);
  }
};

const providersOf = (config: Config, cloud: Cloud, clock: Clock): Providers => {
  const credentials = credentialsOf(config);
  const http = new GuardedGet(new Reach(config.CRATON_PROVIDER_ALLOW ?? []));
  const nova = [new NovaServers(cloud), new NovaService(cloud), new NovaAggregates(cloud)];
  const logger = new Logger('Providers');
  return new Providers([new HttpJson(http, credentials), ...nova], clock, {
    place: (message) => logger.warn(message),
    defect: (error) =>
      logger.error('a provider failed', error instanceof Error ? error.stack : String(error)),
  });
};

/** Provides `Providers`; needs a global `Config` and `Clock`. */
@Module({
  imports: [CloudModule],
  providers: [{ provide: Providers, useFactory: providersOf, inject: [Config, Cloud, Clock] }],
  exports: [Providers],
})
export class ProvidersModule {}
