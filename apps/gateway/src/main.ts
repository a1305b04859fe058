import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { readConfig } from '#libs/platform/src/config/config.js';
import { openEventStore } from '#libs/platform/src/event-store/open-event-store.js';
import { PlatformModule } from '#libs/platform/src/platform.module.js';
import { ReadStore } from '#libs/platform/src/read-store/read-store.js';
import { createLogger } from '#libs/platform/src/telemetry/logger.js';
import { projections } from '#projections/index.js';
import { createGateway } from './application.js';
import { Bootstrap } from './auth/bootstrap.js';
import { GatewayModule } from './gateway.module.js';
import { closeOnSignal, stopServing } from './shutdown.js';

@Module({})
class GatewayProcess {}

const start = async (): Promise<void> => {
  const config = readConfig();
  const logger = createLogger(config.CRATON_LOG_LEVEL);
  await mkdir(config.CRATON_DATA_DIR, { recursive: true });
  const eventStore = await openEventStore(config);
  const readStore = new ReadStore({
    path: join(config.CRATON_DATA_DIR, 'read-models.db'),
    store: eventStore,
    projections,
  });
  await readStore.start();
  const imports = [PlatformModule.of({ config, eventStore, readStore }), GatewayModule];
  const app = await createGateway({ module: GatewayProcess, imports }, logger);
  await app.init();
  const credentials = await app.get(Bootstrap).run();
  if (credentials) process.stdout.write(`${JSON.stringify(credentials)}\n`);
  await app.listen(config.CRATON_HTTP_PORT, config.CRATON_HTTP_HOST);
  logger.info({ url: await app.getUrl() }, 'the gateway answers');
  closeOnSignal([{ close: () => stopServing(app) }, readStore, eventStore], logger);
};

await start();
