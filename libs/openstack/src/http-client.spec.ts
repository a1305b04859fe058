import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HttpClient, type HttpOptions } from './http-client.js';
import { ServiceRefused, ServiceUnavailable } from './openstack.errors.js';

describe('an HTTP client', () => {
  const servers: Server[] = [];
  let asked: number;

  const serve = async (...answers: RequestListener[]): Promise<string> => {
    asked = 0;
    const server = createServer((request, response) => {
      const answer = answers[Math.min(asked, answers.length - 1)]!;
      asked += 1;
      answer(request, response);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/some/where?secret=yes`;
  };
  const says =
    (status: number, body = '', headers: Record<string, string> = {}): RequestListener =>
    (_, response) =>
      response.writeHead(status, headers).end(body);
  const breaks: RequestListener = (request) => request.socket.destroy();
  const never: RequestListener = () => undefined;
  const send = (url: string, method: 'GET' | 'POST' | 'PUT' = 'GET', options: HttpOptions = {}) =>
    new HttpClient({ firstPauseMs: 1, ...options }).send({
      method,
      url,
      signal: AbortSignal.timeout(20_000),
    });

  const close = async () => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  };
  afterEach(close);

  it('answers with what the service said', async () => {
    const url = await serve(says(202, '{"a":1}', { 'x-request': 'req-1' }));
    const answer = await send(url, 'POST');
    expect(answer).toMatchObject({ status: 202, body: { a: 1 } });
    expect(answer.headers.get('x-request')).toBe('req-1');
    expect(asked).toBe(1);
  });

  it('takes an empty answer for what it is', async () => {
    expect(await send(await serve(says(204)))).toMatchObject({ status: 204, body: undefined });
  });

  it.each([502, 503, 504])('repeats what may be repeated after %d', async (status) => {
    expect(await send(await serve(says(status), says(status), says(200, '{}')))).toMatchObject({
      status: 200,
    });
    expect(asked).toBe(3);
  });

  it('repeats what may be repeated after a broken connection', async () => {
    expect(await send(await serve(breaks, says(200, '{}')))).toMatchObject({ status: 200 });
    expect(asked).toBe(2);
  });

  it('gives up after so many tries', async () => {
    const url = await serve(says(503, '{"error":{"message":"resting"}}'));
    await expect(send(url, 'GET', { tries: 3 })).rejects.toThrow(ServiceUnavailable);
    expect(asked).toBe(3);
    await expect(send(url)).rejects.toThrow(/^GET 127\.0\.0\.1:\d+\/some\/where: 503 resting$/);
  });

  it.each([
    ['a broken connection', breaks],
    ['503', says(503)],
    ['500', says(500)],
    ['408', says(408)],
  ])('never repeats an order after %s', async (_, answer) => {
    await expect(send(await serve(answer, says(202)), 'POST')).rejects.toThrow(ServiceUnavailable);
    expect(asked).toBe(1);
  });

  it('repeats even an order that was put off, when the service says', async () => {
    const url = await serve(says(429, '', { 'retry-after': '0' }), says(202));
    // Without heed to the header the test would not live to see the second try.
    expect(await send(url, 'POST', { firstPauseMs: 3_600_000 })).toMatchObject({ status: 202 });
    expect(asked).toBe(2);
  });

  it('understands a date as the time to come back', async () => {
    const url = await serve(says(503, '', { 'retry-after': new Date(0).toUTCString() }), says(200, '{}'));
    expect(await send(url, 'GET', { firstPauseMs: 3_600_000 })).toMatchObject({ status: 200 });
  });

  it('ends a try that takes too long', async () => {
    const url = await serve(never, says(200, '{}'));
    expect(await send(url, 'GET', { timeoutMs: 50 })).toMatchObject({ status: 200 });
    await expect(send(await serve(never), 'POST', { timeoutMs: 50 })).rejects.toThrow(
      'no answer within 50 ms',
    );
  });

  it('ends a try whose answer stops half-way', async () => {
    const half: RequestListener = (_, response) => response.writeHead(200).write('{"a":');
    await expect(send(await serve(half), 'POST', { timeoutMs: 100 })).rejects.toThrow(
      'no answer within 100 ms',
    );
  });

  it('ends with its signal, while it waits for an answer and between tries', async () => {
    for (const answer of [never, says(503)]) {
      const url = await serve(answer);
      const stop = new AbortController();
      const sent = new HttpClient({ firstPauseMs: 3_600_000 }).send({
        method: 'GET',
        url,
        signal: stop.signal,
      });
      servers.at(-1)!.once('request', () => stop.abort(new Error('enough')));
      await expect(sent).rejects.toThrow(ServiceUnavailable);
      await expect(sent).rejects.toMatchObject({ cause: expect.objectContaining({ message: 'enough' }) });
    }
  });

  it('says what the service refused and why', async () => {
    const url = await serve(says(409, '{"conflictingRequest":{"code":409,"message":"it is\\n  locked"}}'));
    const refused = send(url);
    await expect(refused).rejects.toThrow(ServiceRefused);
    await expect(refused).rejects.toMatchObject({ status: 409, explanation: 'it is locked' });
    expect(asked).toBe(1);
  });

  it('does not follow a redirect, which would take the token along', async () => {
    const url = await serve(says(302, '', { location: 'http://127.0.0.1:1/' }));
    await expect(send(url)).rejects.toMatchObject({ name: 'ServiceRefused', status: 302 });
  });

  it('does not take a page for an answer', async () => {
    const url = await serve(says(200, '<html>hello</html>'));
    await expect(send(url)).rejects.toThrow(ServiceUnavailable);
  });

  it('is told when nobody listens', async () => {
    const url = await serve(says(200));
    await close();
    await expect(send(url)).rejects.toThrow(/the connection failed/);
  });

  it('has neither query, header nor body in an error', async () => {
    const url = await serve(says(400, 'no'));
    const request = {
      method: 'POST' as const,
      url,
      headers: { 'x-auth-token': 'the-token' },
      body: { password: 'the-password' },
      signal: AbortSignal.timeout(20_000),
    };
    const error: unknown = await new HttpClient().send(request).catch((reason: unknown) => reason);
    const { inspect } = await import('node:util');
    expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/secret=yes|the-token|the-password/);
  });
});
