import { request } from 'node:http';
import { connect } from 'node:net';
import { once } from 'node:events';
import { Controller, Get, Module } from '@nestjs/common';
import { Answers, Public } from '#apps/gateway/src/http/requires.js';
import { stopServing } from '#apps/gateway/src/shutdown.js';
import { type Gateway, startGateway } from '#test/support/gateway.js';

let arrived = Promise.withResolvers<void>();
let gate = Promise.withResolvers<void>();

@Public()
@Controller('v1/slow')
class SlowController {
  @Get()
  @Answers('Takes its time')
  async show() {
    arrived.resolve();
    await gate.promise;
    return { done: true };
  }
}

@Module({ controllers: [SlowController] })
class SlowModule {}

describe('a gateway that stops', () => {
  let gateway: Gateway;
  let url: URL;
  beforeEach(async () => {
    arrived = Promise.withResolvers();
    gate = Promise.withResolvers();
    gateway = await startGateway({ modules: [SlowModule] });
    await gateway.app.listen(0, '127.0.0.1');
    url = new URL(await gateway.app.getUrl());
  });
  afterEach(async () => {
    gate.resolve();
    await gateway.close();
  });

  const ask = () =>
    new Promise<string>((resolve, reject) => {
      request(new URL('/v1/slow', url), (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => resolve(`${response.statusCode} ${text}`));
      })
        .on('error', (error) => resolve(error.message))
        .on('close', () => reject(new Error('nobody answered')))
        .end();
    });

  it('answers what it accepted, takes nothing more, and is not held up by idle connections', async () => {
    const idle = connect(Number(url.port), url.hostname);
    await once(idle, 'connect');
    const answer = ask();
    await arrived.promise;
    const stopped = stopServing(gateway.app, 60_000);
    const gone = once(idle, 'close');
    gate.resolve();
    expect(await answer).toBe('200 {"done":true}');
    await Promise.all([stopped, gone]);
    expect(await ask()).toMatch(/ECONNREFUSED/);
  });

  it('cuts off what is still not answered when its patience is over', async () => {
    const answer = ask();
    await arrived.promise;
    await stopServing(gateway.app, 0);
    expect(await answer).toMatch(/socket hang up|ECONNRESET/);
  });
});
