import { type DynamicModule, Module } from '@nestjs/common';
import { type Platform, PlatformModule } from '#libs/platform/src/platform.module.js';
import { readStoreOf, runProcess } from '#libs/platform/src/process.js';
import { projections } from '#projections/index.js';
import { createGateway } from './application.js';
import { Bootstrap } from './auth/bootstrap.js';
import { GatewayModule } from './gateway.module.js';
import { stopServing } from './shutdown.js';

@Module({})
class GatewayProcess {
  static of(platform: Platform): DynamicModule {
    return { module: GatewayProcess, imports: [PlatformModule.of(platform), GatewayModule] };
  }
}

await runProcess(async (opened) => {
  const { config, logger, eventStore } = opened;
  const readStore = readStoreOf(opened, projections);
  await readStore.start();
  const app = await createGateway(GatewayProcess.of({ config, eventStore, readStore }), logger, config);
  await app.init();
  const credentials = await app.get(Bootstrap).run();
  if (credentials) process.stdout.write(`${JSON.stringify(credentials)}\n`);
  await app.listen(config.CRATON_HTTP_PORT, config.CRATON_HTTP_HOST);
  logger.info({ url: await app.getUrl() }, 'the gateway answers');
  return [{ close: () => stopServing(app) }, readStore];
});
