import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 } from 'uuid';
import type { JsonObject } from '#libs/kernel/src/json.js';
import type { Clock } from '../clock.js';
import type { NewEvent, RecordedEvent, Subscription } from './event-store.js';
import { SqliteEventStore } from './sqlite-event-store.js';

const at = (time: string): Clock => ({ now: () => new Date(time) });
const early = '2026-01-01T00:00:00.000Z';
const late = '2026-06-01T00:00:00.000Z';

const event = (data: JsonObject = {}, metadata?: JsonObject): NewEvent => ({
  id: v7().toUpperCase(),
  type: 'Tested',
  data,
  ...(metadata && { metadata }),
});

describe('a log that is followed by the process that writes it', () => {
  let directory: string;
  let stores: SqliteEventStore[];
  let subscriptions: Subscription[];
  const open = (clock: Clock): SqliteEventStore => {
    const store = new SqliteEventStore(join(directory, 'events.db'), { clock });
    stores.push(store);
    return store;
  };
  /** Resolves with so many events, once they were delivered. */
  const followed = (
    store: SqliteEventStore,
    after: 'start' | 'end',
    count: number,
  ): Promise<RecordedEvent[]> =>
    new Promise((resolve) => {
      const seen: RecordedEvent[] = [];
      const onBatch = async ({ events }: { events: readonly RecordedEvent[] }) => {
        seen.push(...events);
        if (seen.length >= count) resolve(seen);
      };
      subscriptions.push(store.subscribe({ after, onBatch }));
    });

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'craton-log-'));
    stores = [];
    subscriptions = [];
  });

  afterEach(async () => {
    await Promise.all(subscriptions.map((subscription) => subscription.stop()));
    await Promise.all(stores.map((store) => store.close()));
    rmSync(directory, { recursive: true, force: true });
  });

  it('delivers what was written here and elsewhere in order, as whoever reads it later finds it', async () => {
    const [here, elsewhere] = [open(at(early)), open(at(late))];
    const seen = followed(here, 'start', 7);
    await here.append('tested-1', 'any', [event({ text: 'ü', left: undefined } as unknown as JsonObject)]);
    await here.append('tested-2', 'any', [event({ list: [1, { a: null }] }, { actor: 'x' }), event()]);
    await elsewhere.append('tested-1', 'any', [event({ from: 'elsewhere' })]);
    await Promise.all([
      here.append('tested-1', 'any', [event()]),
      here.append('tested-2', 'no_stream', [event()]).catch(() => undefined),
      here.append('tested-3', 'any', [event(), event()]),
    ]);
    const read = await Array.fromAsync(open(at(late)).readAll());
    expect(await seen).toStrictEqual(read);
    expect(read).toHaveLength(7);
  });

  it('delivers what it was given as it was then, whatever becomes of it', async () => {
    const store = open(at(early));
    const seen = followed(store, 'start', 1);
    const list = [1];
    await store.append('tested-1', 'any', [event({ list })]);
    list.push(2);
    expect((await seen)[0]?.data).toEqual({ list: [1] });
  });

  it('keeps the time of the first where a write is repeated', async () => {
    const first = event();
    await open(at(early)).append('tested-1', 'no_stream', [first]);
    const store = open(at(late));
    const next = followed(store, 'end', 1);
    await store.append('tested-1', 'no_stream', [first]);
    const all = await followed(store, 'start', 1);
    expect(all.map(({ recordedAt }) => recordedAt.toISOString())).toEqual([early]);
    await store.append('tested-1', 0, [event()]);
    expect((await next).map(({ revision }) => revision)).toEqual([1]);
  });
});
