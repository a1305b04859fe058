import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { Controller, Get, Module } from '@nestjs/common';
import { DomainError } from '#libs/kernel/src/errors.js';
import { type Gateway, startGateway } from '#test/support/gateway.js';
import { until } from '#test/support/until.js';
import { Current, type Exchange } from '../http/exchange.js';
import { AnswersText, Public } from '../http/requires.js';
import { streamed } from './streamed.js';

const media = 'text/csv';
const left: string[] = [];

async function* pieces(count: number, end?: Error): AsyncGenerator<string> {
  try {
    for (let number = 0; number < count; number += 1) yield 'x'.repeat(2 ** 16);
    if (end) throw end;
  } finally {
    left.push(`after ${count}`);
  }
}

@Controller('written')
class Written {
  @Get('whole')
  @Public()
  @AnswersText('Writes all', [media])
  whole(@Current() exchange: Exchange) {
    return streamed(exchange, { text: pieces(10), media, filename: 'x.csv' });
  }

  @Get('never')
  @Public()
  @AnswersText('Writes nothing', [media])
  never(@Current() exchange: Exchange) {
    return streamed(exchange, { text: pieces(0, new DomainError('unavailable', 'away')), media });
  }

  @Get('half')
  @Public()
  @AnswersText('Writes half', [media])
  half(@Current() exchange: Exchange) {
    return streamed(exchange, { text: pieces(3, new DomainError('unavailable', 'away')), media });
  }

  @Get('endless')
  @Public()
  @AnswersText('Does not end', [media])
  endless(@Current() exchange: Exchange) {
    return streamed(exchange, { text: pieces(Infinity), media });
  }
}

@Module({ controllers: [Written] })
class WrittenModule {}

describe('an answer in pieces', () => {
  let gateway: Gateway;
  let url: string;
  beforeAll(async () => {
    gateway = await startGateway({ modules: [WrittenModule] });
    await gateway.app.listen(0, '127.0.0.1');
    url = `${await gateway.app.getUrl()}/written`;
  });
  afterAll(() => gateway.close());
  beforeEach(() => left.splice(0));

  it('is all of them', async () => {
    const response = await fetch(`${url}/whole`);
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="x.csv"');
    expect(await response.text()).toBe('x'.repeat(10 * 2 ** 16));
  });

  it('is a problem when there is no first one', async () => {
    const response = await fetch(`${url}/never`);
    expect(response.status).toBe(503);
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(response.headers.get('content-disposition')).toBeNull();
    expect(await response.json()).toMatchObject({ status: 503 });
  });

  it('is broken off when there is no next one', async () => {
    const response = await fetch(`${url}/half`);
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow('terminated');
    expect(left).toEqual(['after 3']);
  });

  it('is not read on for a client that has gone away', async () => {
    const request = get(`${url}/endless`, { agent: false });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    await once(response, 'data');
    request.destroy();
    await until(() => left.length > 0);
    expect(left).toEqual(['after Infinity']);
  });
});
