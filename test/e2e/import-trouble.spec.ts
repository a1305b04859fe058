import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { StoreUnavailable } from '#libs/platform/src/event-store/event-store.errors.js';
import type { Expected, NewEvent } from '#libs/platform/src/event-store/event-store.js';
import { MemoryEventStore } from '#libs/platform/src/event-store/memory-event-store.js';
import { type Client, type Gateway, startGateway } from '#test/support/gateway.js';
import { imported, importedIn, postImport } from '#test/support/imports.js';
import { create } from '#test/support/small-fleet.js';

/** Goes away, or lets somebody else be faster, before one of the appends of an import. */
class TroubledStore extends MemoryEventStore {
  before: ((stream: string, events: readonly NewEvent[]) => Promise<void> | void) | undefined;

  override async append(stream: string, expected: Expected, events: readonly [NewEvent, ...NewEvent[]]) {
    await this.before?.(stream, events);
    return super.append(stream, expected, events);
  }
}

const host = (name: string, more = {}) => ({ kind: 'host', name, cloud: 'prod', region: 'east', ...more });
const many = (count: number) =>
  Array.from({ length: count }, (_, n) => host(`host-${n}`, { variables: { number: n } }));

describe('an import in trouble', () => {
  let store: TroubledStore;
  let gateway: Gateway;
  let root: Client;
  let region: string;
  beforeEach(async () => {
    store = new TroubledStore();
    gateway = await startGateway({ eventStore: store });
    ({ root } = gateway);
    const cloud = await create(root, 'clouds', { name: 'prod' });
    region = await create(root, 'regions', { name: 'east', cloud_id: cloud });
  });
  afterEach(async () => {
    store.before = undefined;
    await gateway.close();
    await store.close();
  });

  const hosts = async () => (await root.get('/v1/hosts?limit=1000')).body.hosts as { name: string }[];

  it('says how far it came when the log goes away, and goes on from there when it is asked again', async () => {
    let appends = 0;
    store.before = () => {
      appends += 1;
      if (appends > 300) throw new StoreUnavailable('gone');
    };
    const { status, text } = await postImport(root, many(2000));
    expect(status).toBe(200);
    const { summary } = JSON.parse(text.trimEnd().split('\n').at(-1) ?? '') as {
      summary: { complete: boolean; left: number; problem: { status: number } };
    };
    expect(summary).toMatchObject({ complete: false, problem: { status: 503 } });
    expect(summary.left).toBeGreaterThan(0);
    store.before = undefined;
    const again = await imported(root, many(2000));
    expect(again.summary).toMatchObject({ complete: true, refused: 0 });
    expect(again.summary.unchanged + again.summary.created + again.summary.changed).toBe(2000);
    const last = await root.get('/v1/hosts?name=host-1999&details=true');
    expect(last.body.hosts[0].variables).toEqual({ number: 1999 });
    expect((await imported(root, many(2000))).summary).toMatchObject({ unchanged: 2000 });
  }, 30_000);

  it('says which row somebody else was faster with, and does the others', async () => {
    store.before = async (stream) => {
      if (!stream.startsWith('region-')) return;
      store.before = undefined;
      const device = { name: 'host-1', region_id: region, ip_address: '10.0.0.1', device_type: 'server' };
      await other.post('/v1/hosts', device);
    };
    const rival = await startGateway({ eventStore: store });
    const other = rival.as((gateway.credentials as { api_key: string }).api_key);
    const { summary, results } = importedIn(await postImport(root, many(3)));
    expect(summary).toMatchObject({ created: 2, refused: 1, complete: false });
    expect(results.find(({ result }) => result === 'refused')).toMatchObject({
      name: 'host-1',
      problem: { status: 409 },
    });
    expect((await hosts()).map(({ name }) => name).toSorted()).toEqual(['host-0', 'host-1', 'host-2']);
    await rival.close();
  }, 30_000);

  it('leaves nothing on the disk, and does only two at a time', async () => {
    const answers = await Promise.all([1, 2, 3, 4].map(() => postImport(root, many(400))));
    const withStatus = (status: number) => answers.filter((answer) => answer.status === status);
    expect(withStatus(200).length).toBeGreaterThan(0);
    expect(withStatus(429)).toHaveLength(2);
    expect(withStatus(429)[0]?.headers['retry-after']).toBe('10');
    expect(await readdir(join(gateway.dataDir, 'imports'))).toEqual([]);
    expect((await imported(root, many(400))).summary).toMatchObject({ unchanged: 400 });
  });
});
