import { demandSecrets } from '#apps/engine/src/plugins/secrets.js';
import { createGateway } from '#apps/gateway/src/application.js';
import { Bootstrap } from '#apps/gateway/src/auth/bootstrap.js';
import { stopServing } from '#apps/gateway/src/shutdown.js';
import { readStoreOf, runProcess } from '#libs/platform/src/process.js';
import { projections } from '#projections/index.js';
import { greeting } from './greeting.js';
import { StandaloneModule } from './standalone.module.js';

await runProcess(async (opened) => {
  const { config, logger, eventStore } = opened;
  demandSecrets(config);
  const readStore = readStoreOf(opened, projections);
  await readStore.start();
  const app = await createGateway(StandaloneModule.of({ config, eventStore, readStore }), logger, config);
  await app.init();
  const credentials = await app.get(Bootstrap).run();
  await app.listen(config.CRATON_HTTP_PORT, config.CRATON_HTTP_HOST);
  const url = await app.getUrl();
  logger.info({ url }, 'craton answers');
  process.stdout.write(greeting(url, config.CRATON_DATA_DIR, credentials));
  return [{ close: () => stopServing(app) }, readStore];
});
