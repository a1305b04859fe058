import { once } from 'node:events';
import { createServer } from 'node:http';
import { RabbitMq } from './rabbitmq.ts';

// The broker is started for the first test that asks for it, so a run that needs none does not wait for one.
export default async () => {
  if (process.env['CRATON_TEST_AMQP_URL']) return;
  let broker;
  const server = createServer(async (_request, response) => {
    try {
      broker ??= RabbitMq.start();
      response.end((await broker).url);
    } catch (error) {
      response.writeHead(500).end(error.message);
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  process.env['CRATON_TEST_BROKER'] = `http://127.0.0.1:${server.address().port}`;
  globalThis.stopTestBroker = async () => {
    server.close();
    await (await broker?.catch(() => undefined))?.stop();
  };
};
