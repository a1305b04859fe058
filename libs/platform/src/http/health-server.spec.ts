import { serveHealth, type Check, type HealthServer } from './health-server.js';

describe('the health of a process without other HTTP', () => {
  let server: HealthServer;
  let check: () => Promise<Check>;

  beforeEach(async () => {
    server = await serveHealth({ host: '127.0.0.1', port: 0 }, async () => ({ broker: await check() }));
  });
  afterEach(() => server.close());
  const ask = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${server.port}${path}`, init);

  it('is alive while it answers', async () => {
    const response = await ask('/health/live');
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: 'live' });
  });

  it('is ready while every check is ok', async () => {
    check = async () => ({ ok: true, detail: 'here' });
    const response = await ask('/health/ready');
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: 'ready', broker: { ok: true, detail: 'here' } });
  });

  it('is not ready, and says why, when one is not', async () => {
    check = async () => ({ ok: false, detail: 'away' });
    const response = await ask('/health/ready');
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ status: 'not ready', broker: { ok: false, detail: 'away' } });
  });

  it('is not ready when a check breaks', async () => {
    check = () => Promise.reject(new Error('secret'));
    const response = await ask('/health/ready');
    expect(response.status).toBe(503);
    expect(await response.text()).not.toContain('secret');
  });

  it('answers nothing else', async () => {
    expect((await ask('/')).status).toBe(404);
    expect((await ask('/health/live', { method: 'POST' })).status).toBe(405);
  });
});
