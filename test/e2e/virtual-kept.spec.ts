import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '#libs/platform/src/clock.js';
import { MemoryEventStore } from '#libs/platform/src/event-store/memory-event-store.js';
import { type Client, type Gateway, startGateway } from '#test/support/gateway.js';
import { JsonServer, says } from '#test/support/json-server.js';
import { hardware, made, newRegion } from '#test/support/places.js';

const [older, newer] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];
const isTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT/);

let eventStore: MemoryEventStore;
let dataDir: string;
let server: JsonServer;
let gateway: Gateway;
let apiKey: string;
let client: Client;
const clock: Clock & { ahead: number } = {
  ahead: 0,
  now() {
    return new Date(Date.now() + this.ahead);
  },
};

const start = async (key: string | undefined) => {
  gateway = await startGateway({
    eventStore,
    dataDir,
    clock,
    environment: { CRATON_PROVIDER_ALLOW: '127.0.0.1', ...(key && { CRATON_SECRET_KEY: key }) },
  });
  apiKey = gateway.credentials?.api_key ?? apiKey;
  client = gateway.as(apiKey);
};
const startAgain = async (key: string | undefined) => {
  await gateway.close();
  await start(key);
};

beforeEach(async () => {
  eventStore = new MemoryEventStore();
  dataDir = await mkdtemp(join(tmpdir(), 'craton-kept-'));
  server = await JsonServer.start();
  clock.ahead = 0;
});
afterEach(async () => {
  await gateway.close();
  await server.close();
  await eventStore.close();
  await rm(dataDir, { recursive: true });
});

/** A host whose rack was looked up once, by a provider that is away by now. */
const looked = async (more: object = {}): Promise<string> => {
  const { regionId } = await newRegion(client);
  const body = { name: 'host', region_id: regionId, ...hardware };
  const host = `/v1/hosts/${(await made(client.post('/v1/hosts', body))).body.id}`;
  server.at('/rack', says('r17'));
  const binding = { provider: 'http-json', settings: { url: `${server.url}/rack` }, ...more };
  expect((await client.put(`${host}/variable-providers`, { rack: binding })).status).toBe(200);
  expect((await client.get(host)).body.variables).toEqual({ rack: 'r17' });
  server.at('/rack', (_, response) => response.writeHead(500).end());
  return host;
};
const shown = async (host: string) => {
  const { variables, virtual_variables: virtual } = (await client.get(host)).body;
  return [variables.rack, virtual.rack];
};
const away = { code: 'unavailable', detail: expect.stringContaining('answers 500'), since: isTime };
const nothing = [{ $bound: true }, { provider: 'http-json', seen_at: null, age_seconds: null, error: away }];

describe('what a provider said last', () => {
  it('is known after another start, with its age, under the next key too', async () => {
    await start(`old:${older}`);
    const host = await looked();
    const [, { seen_at: seenAt }] = await shown(host);
    await startAgain(`new:${newer},old:${older}`);
    // Still as good as another answer.
    const asked = server.asked.length;
    expect(await shown(host)).toMatchObject(['r17', { seen_at: seenAt, error: null }]);
    expect(server.asked.length).toBe(asked);
    clock.ahead += 600_000;
    const [value, { age_seconds: age, ...rest }] = await shown(host);
    expect([value, rest]).toEqual(['r17', { provider: 'http-json', seen_at: seenAt, error: away }]);
    expect(age).toBeGreaterThanOrEqual(600);
    for (const name of await readdir(dataDir)) expect(name).not.toContain('.new');
  });

  it('is not shown where the binding wants no old values', async () => {
    await start(`old:${older}`);
    const host = await looked({ on_failure: 'error' });
    await startAgain(`old:${older}`);
    clock.ahead += 600_000;
    expect(await shown(host)).toEqual(nothing);
  });

  it('is forgotten without a key, and when the file is damaged, which is no reason not to start', async () => {
    await start(undefined);
    const host = await looked();
    await startAgain(undefined);
    expect(await shown(host)).toEqual(nothing);
    const path = join(dataDir, 'provider-values.jsonl');
    await writeFile(path, 'damaged\n');
    await startAgain(`old:${older}`);
    expect(await shown(host)).toEqual(nothing);
    expect((await readdir(dataDir)).filter((name) => name.startsWith('provider'))).toEqual([]);
  });
});
