import { join } from 'node:path';
import { type DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Logger } from 'pino';
import { type Config, readConfig } from '#libs/platform/src/config/config.js';
import { DataDirLock } from '#libs/platform/src/data-dir-lock.js';
import { openEventStore } from '#libs/platform/src/event-store/open-event-store.js';
import { serveHealth } from '#libs/platform/src/http/health-server.js';
import { type Platform, PlatformModule } from '#libs/platform/src/platform.module.js';
import { ReadStore } from '#libs/platform/src/read-store/read-store.js';
import { createLogger, nestLogger } from '#libs/platform/src/telemetry/logger.js';
import { projections } from '#projections/index.js';
import { EngineModule } from './engine.module.js';

@Module({})
class EngineProcess {
  static of(platform: Platform): DynamicModule {
    return { module: EngineProcess, imports: [PlatformModule.of(platform), EngineModule] };
  }
}

interface Running {
  readonly logger: Logger;
  readonly stop: () => Promise<void>;
}

const start = async (config: Config): Promise<Running> => {
  const logger = createLogger(config.CRATON_LOG_LEVEL);
  const unlock = DataDirLock.take(config.CRATON_DATA_DIR);
  const eventStore = await openEventStore(config);
  const path = join(config.CRATON_DATA_DIR, 'read-models.db');
  const readStore = new ReadStore({ path, store: eventStore, projections });
  const address = { host: config.CRATON_HTTP_HOST, port: config.CRATON_HTTP_PORT };
  const health = await serveHealth(address, async () => ({
    log: await eventStore.health(),
    readModels: readStore.health(),
  }));
  await readStore.start();
  const options = { logger: nestLogger(logger), abortOnError: false } as const;
  const platform = { config, eventStore, readStore };
  const app = await NestFactory.createApplicationContext(EngineProcess.of(platform), options);
  const stop = async () => {
    await app.close();
    await health.close();
    await readStore.close();
    await eventStore.close();
    unlock();
  };
  return { logger, stop };
};

const stopOnSignal = ({ logger, stop }: Running): void => {
  const end = async (signal: string) => {
    logger.info({ signal }, 'stopping');
    const code = await stop().then(
      () => 0,
      (error: unknown) => {
        logger.error({ err: error }, 'could not stop in good order');
        return 1;
      },
    );
    logger.flush(() => process.exit(code));
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void end(signal));
};

try {
  stopOnSignal(await start(readConfig()));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
