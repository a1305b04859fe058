import { type DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Config } from '#libs/platform/src/config/config.js';
import { EventStore } from '#libs/platform/src/event-store/event-store.js';
import { serveHealth } from '#libs/platform/src/http/health-server.js';
import { type Opened, runProcess } from '#libs/platform/src/process.js';
import { nestLogger } from '#libs/platform/src/telemetry/logger.js';
import { Publisher } from './publisher.js';
import { PublisherModule } from './publisher.module.js';

@Module({ imports: [PublisherModule] })
class PublisherProcess {
  static of({ config, eventStore }: Opened): DynamicModule {
    const providers = [
      { provide: Config, useValue: config },
      { provide: EventStore, useValue: eventStore },
    ];
    return { module: PublisherProcess, global: true, providers, exports: [Config, EventStore] };
  }
}

await runProcess(async (opened) => {
  const { config, logger, eventStore } = opened;
  if (config.CRATON_AMQP_URL === undefined)
    throw new Error('CRATON_AMQP_URL is not set: there is nobody to publish to');
  const options = { logger: nestLogger(logger), abortOnError: false } as const;
  const app = await NestFactory.createApplicationContext(PublisherProcess.of(opened), options);
  const address = { host: config.CRATON_HTTP_HOST, port: config.CRATON_HTTP_PORT };
  const health = await serveHealth(address, async () => ({
    log: await eventStore.health(),
    broker: app.get(Publisher).health(),
  }));
  logger.info({ port: health.port }, 'the publisher reads the log');
  return [health, app];
});
