import { type DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Logger } from 'pino';
import { Config, readConfig } from '#libs/platform/src/config/config.js';
import { DataDirLock } from '#libs/platform/src/data-dir-lock.js';
import { EventStore } from '#libs/platform/src/event-store/event-store.js';
import { openEventStore } from '#libs/platform/src/event-store/open-event-store.js';
import { serveHealth } from '#libs/platform/src/http/health-server.js';
import { createLogger, nestLogger } from '#libs/platform/src/telemetry/logger.js';
import { Publisher } from './publisher.js';
import { PublisherModule } from './publisher.module.js';

@Module({ imports: [PublisherModule] })
class PublisherProcess {
  static of(config: Config, store: EventStore): DynamicModule {
    const providers = [
      { provide: Config, useValue: config },
      { provide: EventStore, useValue: store },
    ];
    return { module: PublisherProcess, global: true, providers, exports: [Config, EventStore] };
  }
}

interface Running {
  readonly logger: Logger;
  readonly stop: () => Promise<void>;
}

const start = async (config: Config): Promise<Running> => {
  if (config.CRATON_AMQP_URL === undefined)
    throw new Error('CRATON_AMQP_URL is not set: there is nobody to publish to');
  const logger = createLogger(config.CRATON_LOG_LEVEL);
  const unlock = DataDirLock.take(config.CRATON_DATA_DIR);
  const store = await openEventStore(config);
  const options = { logger: nestLogger(logger), abortOnError: false } as const;
  const app = await NestFactory.createApplicationContext(PublisherProcess.of(config, store), options);
  const address = { host: config.CRATON_HTTP_HOST, port: config.CRATON_HTTP_PORT };
  const health = await serveHealth(address, async () => ({
    log: await store.health(),
    broker: app.get(Publisher).health(),
  }));
  logger.info({ port: health.port }, 'the publisher reads the log');
  const stop = async () => {
    await health.close();
    await app.close();
    await store.close();
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
