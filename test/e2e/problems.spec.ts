import { Controller, Get, Module } from '@nestjs/common';
import { Answers, Requires } from '#apps/gateway/src/http/requires.js';
import { DomainError } from '#libs/kernel/src/errors.js';
import { type Answer, type Gateway, type Headers, type Method, startGateway } from '#test/support/gateway.js';

@Controller('v1/faults')
class FaultController {
  @Get('defect')
  @Requires('clouds:read')
  @Answers('Fails as a defect does')
  defect(): never {
    throw new TypeError('the secret is p4ssw0rd');
  }

  @Get('away')
  @Requires('clouds:read')
  @Answers('Fails as it does without a log')
  away(): never {
    throw new DomainError('unavailable', 'the event log is not available');
  }
}

@Module({ controllers: [FaultController] })
class FaultModule {}

const unknown = '0197b3a0-0000-7000-8000-000000000000';

/** Everything that every problem has. */
const seen = ({ status, headers, body }: Answer) => ({
  status,
  contentType: headers['content-type']?.split(';')[0],
  hasRequestId: /^req-[0-9a-f-]{36}$/.test(headers['x-openstack-request-id'] ?? ''),
  body,
});
const problem = (status: number, type: string, path: string) => ({
  status,
  contentType: 'application/problem+json',
  hasRequestId: true,
  body: expect.objectContaining({
    type: `/problems/${type}`,
    title: expect.any(String),
    status,
    detail: expect.any(String),
    instance: path,
  }) as unknown,
});

describe('a request that cannot be answered', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway({ modules: [FaultModule] });
  });
  afterAll(() => gateway.close());

  it.each([
    ['GET', `/v1/clouds/${unknown}`],
    ['PUT', `/v1/clouds/${unknown}`],
    ['DELETE', `/v1/clouds/${unknown}`],
    ['GET', '/v1/clouds/7'],
    ['GET', '/v1/clouds/%00'],
    ['DELETE', '/v1/clouds/..%2f..%2fetc'],
    ['GET', `/v1/users/${unknown}`],
    ['GET', `/v1/users/${unknown}/api-keys`],
    ['GET', `/v1/projects/${unknown}`],
  ] as const)('says of %s %s that there is no such thing', async (method, path) => {
    const answer = await gateway.root.ask(method, path, method === 'PUT' ? {} : undefined);
    expect(seen(answer)).toEqual(problem(404, 'not-found', path));
  });

  it.each([
    '/',
    '/v1',
    '/v1/',
    '/v1/nothing',
    '/v1/clouds/',
    `/v1/clouds/${unknown}/x`,
    '/__proto__',
    '//',
    '/v1//clouds',
  ])('says of %s that there is nothing', async (path) =>
    expect(seen(await gateway.root.get(path))).toEqual(problem(404, 'not-found', path)),
  );

  it.each([
    ['PATCH', '/v1/clouds', 'GET, HEAD, POST'],
    ['DELETE', '/v1/clouds', 'GET, HEAD, POST'],
    ['POST', `/v1/clouds/${unknown}`, 'DELETE, GET, HEAD, PUT'],
    ['OPTIONS', '/health/live', 'GET, HEAD'],
  ] as const)('names the methods there are instead of %s %s', async (method, path, allowed) => {
    const answer = await gateway.root.ask(method, path);
    expect(seen(answer)).toEqual(problem(405, 'method-not-allowed', path));
    expect(answer.headers['allow']).toBe(allowed);
  });

  it.each(['/v1/clouds/%', '/v1/clouds/%zz', `/v1/clouds/${'x'.repeat(5000)}`])(
    'refuses the address %s',
    async (path) => {
      const { status, headers } = await gateway.root.get(path);
      expect([400, 404, 414]).toContain(status);
      expect(headers['content-type']).toMatch(/^application\/problem\+json/);
    },
  );

  const refusedBodies: readonly (readonly [string, string | Buffer, Headers, number, string])[] = [
    ['malformed JSON', '{"name":', {}, 400, 'validation-failed'],
    ['nothing', '', {}, 400, 'validation-failed'],
    ['JSON with __proto__', '{"name":"a","__proto__":{"x":1}}', {}, 400, 'validation-failed'],
    [
      'JSON with constructor.prototype',
      '{"name":"a","constructor":{"prototype":{}}}',
      {},
      400,
      'validation-failed',
    ],
    ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0x6e, 0xff, 0xfe, 0x22, 0x7d]), {}, 400, 'validation-failed'],
    ['endless nesting', '['.repeat(100_000) + ']'.repeat(100_000), {}, 400, 'validation-failed'],
    ['a number beyond the finite', '{"name":"a","variables":{"x":1e999}}', {}, 400, 'validation-failed'],
    ['half a character', '{"name":"\\ud800"}', {}, 400, 'validation-failed'],
    ['a list', '[]', {}, 400, 'validation-failed'],
    ['null', 'null', {}, 400, 'validation-failed'],
    ['text', '{"name":"a"}', { 'content-type': 'text/plain' }, 415, 'unsupported-media-type'],
    [
      'a form',
      'name=a',
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
      'unsupported-media-type',
    ],
    [
      'compressed',
      '{"name":"a"}',
      { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      415,
      'unsupported-media-type',
    ],
    ['parts', 'x', { 'content-type': 'multipart/form-data; boundary=x' }, 415, 'unsupported-media-type'],
    ['something without a name', '{"name":"a"}', { 'content-type': '' }, 415, 'unsupported-media-type'],
    ['nonsense', '{"name":"a"}', { 'content-type': 'nonsense' }, 415, 'unsupported-media-type'],
    ['10 MB', `{"name":"${'x'.repeat(10_000_000)}"}`, {}, 413, 'payload-too-large'],
  ];

  it.each(refusedBodies)('refuses a body of %s', async (...refused) => {
    const [, body, headers, status, type] = refused;
    const before = (await gateway.events()).length;
    expect(seen(await gateway.root.post('/v1/clouds', body, headers))).toEqual(
      problem(status, type, '/v1/clouds'),
    );
    expect(await gateway.events()).toHaveLength(before);
  });

  it.each([
    ['{"a":{"__proto__":{"x":1}}}', 'a', 'has a member that no object may have: __proto__'],
    ['{"__proto__":null}', '', 'has a member that no object may have: __proto__'],
    ['{"constructor":{"prototype":{}}}', '', 'has a member that no object may have: constructor.prototype'],
    ['{"a":1,\n "secret" 2}', '', 'must be JSON: it is none at line 2, column 11'],
    ['{"secret":', '', 'must be JSON: it ends too early'],
    ['{"name":"a","name":"b"}', 'name', 'comes twice in one object: again at line 1, column 13'],
  ])('says what is wrong with %s', async (text, member, message) => {
    const { status, body } = await gateway.root.post('/v1/clouds', text);
    expect([status, body.errors]).toEqual([400, [{ member, message }]]);
    expect(body.detail).toContain(message);
  });

  it('takes members called constructor, and a byte order mark', async () => {
    const body = '\uFEFF{"name":"a","variables":{"constructor":{"x":1}}}';
    expect((await gateway.root.post('/v1/clouds', body)).status).toBe(201);
  });

  it.each([
    ['name', {}],
    ['name', { name: '' }],
    ['name', { name: 'x'.repeat(256) }],
    ['name', { name: 'a\u0000b' }],
    ['name', { name: null }],
    ['note', { name: 'a', note: 7 }],
    ['variables', { name: 'a', variables: [] }],
    ['variables', { name: 'a', variables: { '': 1 } }],
    ['variables', { name: 'a', variables: { long: 'x'.repeat(600_000) } }],
    ['variables', `{"name":"a","variables":{"grows":[${Array(50_000).fill('1e20').join()}]}}`],
    ['variables', { name: 'a', variables: { ['k'.repeat(256)]: 1 } }],
    ['id', { name: 'a', id: unknown }],
    ['project_id', { name: 'a', project_id: unknown }],
    ['toString', { name: 'a', toString: 1 }],
  ])('names the member %s, and does nothing (%#)', async (member, body) => {
    const before = (await gateway.events()).length;
    const answer = await gateway.root.post('/v1/clouds', body);
    expect(await gateway.events()).toHaveLength(before);
    expect(seen(answer)).toEqual(problem(400, 'validation-failed', '/v1/clouds'));
    expect(answer.body.errors).toEqual([{ member, message: expect.any(String) }]);
  });

  it.each<[Method, string, string, Headers]>([
    ['POST', '/v1/clouds', 'Idempotency-Key', { 'idempotency-key': 'x'.repeat(256) }],
    ['POST', '/v1/clouds', 'Idempotency-Key', { 'idempotency-key': 'with blanks' }],
    ['POST', '/v1/clouds', 'X-Craton-Reason', { 'x-craton-reason': '%zz' }],
    ['POST', '/v1/clouds', 'X-Craton-Reason', { 'x-craton-reason': '%00' }],
    ['GET', '/v1/clouds', 'Craton-Cursor', { 'craton-cursor': '<script>' }],
    ['GET', '/v1/clouds', 'Craton-Cursor', { 'craton-cursor': 'zzzz' }],
  ])('names the header of %s %s: %s', async (method, path, member, headers) => {
    const answer = await gateway.root.ask(
      method,
      path,
      method === 'POST' ? { name: 'headers' } : undefined,
      headers,
    );
    expect(seen(answer)).toEqual(problem(400, 'validation-failed', path));
    expect(answer.body.errors[0].member).toBe(member);
  });

  it('does not take parameters that a route does not know', async () => {
    const { body } = await gateway.root.post('/v1/clouds', { name: 'queried' });
    const path = `/v1/clouds/${body.id}`;
    const answers = [
      await gateway.root.get(`${path}?details=true`),
      await gateway.root.put(`${path}?force=1`, {}),
      await gateway.root.get('/health/live?x=1'),
    ];
    expect(answers.map((answer) => [answer.status, answer.body.errors[0].member])).toEqual([
      [400, 'details'],
      [400, 'force'],
      [400, 'x'],
    ]);
  });

  it('tells nothing of a defect, but logs it under the request id', async () => {
    const answer = await gateway.root.get('/v1/faults/defect');
    expect(seen(answer)).toEqual(problem(500, 'internal-error', '/v1/faults/defect'));
    expect(answer.text).not.toContain('p4ssw0rd');
    const line = gateway.lines.find(
      ({ requestId, level }) => level === 'error' && requestId === answer.headers['x-openstack-request-id'],
    );
    expect(line).toMatchObject({ err: { stack: expect.stringContaining('problems.spec') } });
  });

  it('says when to come back when the log is away', async () => {
    const answer = await gateway.root.get('/v1/faults/away');
    expect(seen(answer)).toEqual(problem(503, 'unavailable', '/v1/faults/away'));
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  });

  it('answers HEAD as GET, without the body', async () => {
    const get = await gateway.root.get('/v1/clouds');
    const head = await gateway.root.ask('HEAD', '/v1/clouds');
    expect([head.status, head.text]).toEqual([200, '']);
    expect(head.headers['content-length']).toBe(get.headers['content-length']);
    expect((await gateway.root.ask('HEAD', `/v1/clouds/${unknown}`)).status).toBe(404);
  });

  it('writes one line for each request, without its key, body or query', async () => {
    const reason = { 'x-craton-reason': 'because' };
    const answer = await gateway.root.post('/v1/clouds?x=q5ery', { name: 'b0dy' }, reason);
    const id = answer.headers['x-openstack-request-id'];
    const lines = gateway.lines.filter(({ requestId }) => requestId === id);
    expect(lines).toEqual([
      expect.objectContaining({
        level: 'info',
        method: 'POST',
        path: '/v1/clouds',
        status: 400,
        user: 'admin',
      }),
    ]);
    const all = JSON.stringify(gateway.lines);
    expect(all).not.toContain(gateway.credentials?.api_key);
    expect(all).not.toContain('b0dy');
    expect(all).not.toContain('q5ery');
  });
});
