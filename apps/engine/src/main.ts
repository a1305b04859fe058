import { type DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { serveHealth } from '#libs/platform/src/http/health-server.js';
import { type Platform, PlatformModule } from '#libs/platform/src/platform.module.js';
import { readStoreOf, runProcess } from '#libs/platform/src/process.js';
import { nestLogger } from '#libs/platform/src/telemetry/logger.js';
import { projections } from '#projections/index.js';
import { EngineModule } from './engine.module.js';
import { demandSecrets } from './plugins/secrets.js';

@Module({})
class EngineProcess {
  static of(platform: Platform): DynamicModule {
    return { module: EngineProcess, imports: [PlatformModule.of(platform), EngineModule] };
  }
}

await runProcess(async (opened) => {
  const { config, logger, eventStore } = opened;
  demandSecrets(config);
  const readStore = readStoreOf(opened, projections);
  const address = { host: config.CRATON_HTTP_HOST, port: config.CRATON_HTTP_PORT };
  // Reading a long log takes its time: whoever watches the process sees it alive meanwhile.
  const health = await serveHealth(address, async () => ({
    log: await eventStore.health(),
    read_models: readStore.health(),
  }));
  await readStore.start();
  const options = { logger: nestLogger(logger), abortOnError: false } as const;
  const app = await NestFactory.createApplicationContext(
    EngineProcess.of({ config, eventStore, readStore }),
    options,
  );
  logger.info({ port: health.port }, 'the engine is at work');
  return [app, health, readStore];
});
