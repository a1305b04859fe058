import { join } from 'node:path';
import { Logger, Module, type OnModuleDestroy } from '@nestjs/common';
import { CloudModule } from '#libs/clouds/src/cloud.module.js';
import { CloudAccess } from '#libs/clouds/src/cloud-access.js';
import { Clock } from '#libs/platform/src/clock.js';
import { Config, WrongConfiguration } from '#libs/platform/src/config/config.js';
import { KeyRing } from '#libs/platform/src/sealing/key-ring.js';
import { Credentials } from './http/credentials.js';
import { GuardedGet } from './http/guarded-get.js';
import { HttpJson } from './http/http-json.provider.js';
import { Reach } from './http/reach.js';
import { NovaAggregates, NovaServers, NovaService } from './nova/nova.providers.js';
import { Memory } from './memory.js';
import { Providers } from './providers.js';
import { ValueFile } from './value-file.js';

const logger = new Logger('Providers');

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

const providersOf = (config: Config, access: CloudAccess, clock: Clock, memory: Memory): Providers => {
  const credentials = credentialsOf(config);
  const http = new GuardedGet(new Reach(config.CRATON_PROVIDER_ALLOW ?? []));
  const nova = [new NovaServers(access), new NovaService(access), new NovaAggregates(access)];
  const notices = {
    place: (message: string) => logger.warn(message),
    defect: (error: unknown) =>
      logger.error('a provider failed', error instanceof Error ? error.stack : String(error)),
  };
  return new Providers([new HttpJson(http, credentials), ...nova], clock, notices, memory);
};

const valueFileOf = (config: Config, memory: Memory): Promise<ValueFile> =>
  ValueFile.open({
    path: join(config.CRATON_DATA_DIR, 'provider-values.jsonl'),
    ring: KeyRing.of(config.CRATON_SECRET_KEY),
    memory,
    warn: (message) => logger.warn(message),
  });

/** Provides `Providers`; needs a global `Config` and `Clock`. */
@Module({
  imports: [CloudModule],
  providers: [
    { provide: Memory, useFactory: (clock: Clock) => new Memory(clock), inject: [Clock] },
    { provide: ValueFile, useFactory: valueFileOf, inject: [Config, Memory] },
    { provide: Providers, useFactory: providersOf, inject: [Config, CloudAccess, Clock, Memory] },
  ],
  exports: [Providers],
})
export class ProvidersModule implements OnModuleDestroy {
  constructor(private readonly values: ValueFile) {}

  onModuleDestroy(): Promise<void> {
    return this.values.close();
  }
}
