import { readFile, writeFile } from 'node:fs/promises';
import { jest } from '@jest/globals';
import { announcedTypes } from '#libs/notifications/src/notification.policy.js';
import { MemoryEventStore } from '#libs/platform/src/event-store/memory-event-store.js';
import { Bus, needsBroker } from '#test/support/bus.js';
import { facts, recorded } from '#test/support/facts.js';
import { Gate } from '#test/support/gate.js';
import { Publishing } from '#test/support/publishing.js';
import { until } from '#test/support/until.js';

jest.setTimeout(120_000);

const idsOf = (notifications: readonly { readonly message_id: string }[]) =>
  notifications.map((each) => each.message_id);

describe('the publisher', () => {
  let bus: Bus;
  let store: MemoryEventStore;
  let publishing: Publishing;

  needsBroker();
  beforeEach(async () => {
    bus = await Bus.open();
    store = new MemoryEventStore();
    publishing = await Publishing.of(store);
  });
  afterEach(async () => {
    await publishing.end();
    await bus.close();
  });

  it('tells of every type of event, in log order, under the id of the event', async () => {
    const collector = await bus.collect();
    const ids = await publishing.append(...announcedTypes);
    const publisher = publishing.start(bus.environment);
    const told = await collector.atLeast(ids.length);
    expect(idsOf(told)).toEqual(ids);
    await until(() => publisher.health().published === ids.length);
    expect(publisher.health()).toMatchObject({ ok: true, connected: true, skipped: 0 });
  });

  it('tells of what happens while it runs', async () => {
    const collector = await bus.collect();
    publishing.start(bus.environment);
    const first = await publishing.append('CloudRegistered');
    await collector.atLeast(1);
    const second = await publishing.append('CloudRenamed', 'CloudRemoved');
    expect(idsOf(await collector.atLeast(3))).toEqual([...first, ...second]);
  });

  it('says who did what to whom, and for which project', async () => {
    const collector = await bus.collect();
    publishing.start({ ...bus.environment, CRATON_NOTIFICATION_PUBLISHER_ID: 'craton.h1' });
    await publishing.append('HostMaintenanceBegan');
    const [told] = await collector.atLeast(1);
    const { metadata } = recorded('HostMaintenanceBegan');
    expect(told).toMatchObject({
      event_type: 'maintenance.host',
      publisher_id: 'craton.h1',
      priority: 'INFO',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/),
      _context_project_id: metadata.projectId,
      _context_user_id: metadata.actor.userId,
      payload: { state: 'IN_MAINTENANCE', host: 'compute-1', cursor: expect.any(String), revision: 0 },
    });
  });

  it('goes on after the last that it told when it is started again', async () => {
    const collector = await bus.collect();
    const before = await publishing.append('CloudRegistered', 'CloudRenamed');
    const first = publishing.start(bus.environment);
    await collector.atLeast(2);
    await first.stop();
    const after = await publishing.append('CloudRemoved');
    publishing.start(bus.environment);
    expect(idsOf(await collector.atLeast(3))).toEqual([...before, ...after]);
  });

  it('repeats under the same id what it had told when it died before it could note that', async () => {
    const collector = await bus.collect();
    const [known] = await publishing.append('CloudRegistered');
    const first = publishing.start(bus.environment);
    await until(() => first.health().published === 1);
    await first.stop();
    const noted = await readFile(publishing.checkpoint, 'utf8');

    const ids = await publishing.append('CloudRenamed', 'CloudRemoved');
    const second = publishing.start(bus.environment);
    await collector.atLeast(3);
    await second.stop();
    await writeFile(publishing.checkpoint, noted);

    publishing.start(bus.environment);
    const told = await collector.atLeast(5);
    expect(idsOf(told)).toEqual([known, ...ids, ...ids]);
    expect(new Set(told.map((each) => each['_unique_id'])).size).toBe(5);
  });

  it('tells every topic the same under one id', async () => {
    const other = `${bus.topic}-other`;
    const [here, there] = [await bus.collect(), await bus.collect(bus.queue(`${other}.info`))];
    publishing.start({ ...bus.environment, CRATON_NOTIFICATION_TOPICS: `${bus.topic},${other}` });
    await publishing.append('VariablesSet');
    const [[one], [two]] = [await here.atLeast(1), await there.atLeast(1)];
    expect(two!.message_id).toBe(one!.message_id);
    expect(two!.payload).toEqual(one!.payload);
    expect(two!['_unique_id']).not.toBe(one!['_unique_id']);
  });

  it('passes over what it does not know, once with words and then with a count', async () => {
    const collector = await bus.collect();
    const strange = (type: string, index: number) => ({
      id: `00000000-0000-4000-8000-00000000000${index}`,
      type,
      data: {},
    });
    await store.append('other-1', 'any', [strange('FromTheFuture', 1), strange('FromTheFuture', 2)]);
    await store.append('window-1', 'any', [strange('WindowOpened', 3)]);
    const ids = await publishing.append('CloudRemoved');
    const publisher = publishing.start(bus.environment);
    expect(idsOf(await collector.atLeast(1))).toEqual(ids);
    expect(publisher.health()).toMatchObject({ ok: true, skipped: 3 });
    expect(publishing.lines.filter((line) => line.includes('FromTheFuture'))).toHaveLength(1);
    expect(publishing.lines.filter((line) => line.includes('WindowOpened'))).toHaveLength(1);
  });

  it('makes a queue that somebody deleted anew and tells it everything since', async () => {
    const publisher = publishing.start(bus.environment);
    await publishing.append('CloudRegistered');
    await until(() => publisher.health().published === 1);
    await bus.admin((channel) => channel.deleteQueue(bus.queue()));
    const ids = await publishing.append('CloudRenamed', 'CloudRemoved');
    const collector = await bus.collect();
    await until(() => publisher.health().published === 3);
    expect(new Set(idsOf(await collector.atLeast(2)))).toEqual(new Set(ids));
  });

  it('is off when there is no broker to tell', async () => {
    await publishing.append('CloudRemoved');
    const publisher = publishing.start({});
    expect(publisher.health()).toMatchObject({ ok: true, connected: false, published: 0 });
    expect(publisher.health().detail).toContain('CRATON_AMQP_URL');
    await publisher.stop();
    expect(publisher.health().cursor).toBeUndefined();
  });

  it('does not start over in silence when its checkpoint cannot be understood', async () => {
    await writeFile(publishing.checkpoint, '{"cur');
    await publishing.append('CloudRemoved');
    const publisher = publishing.start(bus.environment);
    await until(() => !publisher.health().ok);
    expect(publisher.health().detail).toContain(`${publishing.checkpoint} is not a checkpoint`);
    expect(publisher.health().published).toBe(0);
  });

  it('does not take the checkpoint of another log for its own', async () => {
    const other = await Publishing.of(new MemoryEventStore());
    await other.append('CloudRemoved');
    const elsewhere = other.start(bus.environment);
    await until(() => elsewhere.health().published === 1);
    await elsewhere.stop();
    await writeFile(publishing.checkpoint, await readFile(other.checkpoint));
    await other.end();
    const publisher = publishing.start(bus.environment);
    await until(() => !publisher.health().ok);
    expect(publisher.health().published).toBe(0);
  });

  describe('whose broker goes away', () => {
    let gate: Gate;
    const environment = () => ({ ...bus.environment, CRATON_AMQP_URL: gate.url });

    beforeEach(async () => {
      gate = await Gate.before(bus.url);
    });
    afterEach(() => gate.shut());

    it('waits for one that is not there yet', async () => {
      const collector = await bus.collect();
      await gate.shut();
      const ids = await publishing.append('CloudRegistered', 'CloudRemoved');
      const publisher = publishing.start(environment());
      await until(() => !publisher.health().ok);
      expect(publisher.health()).toMatchObject({ connected: false, published: 0 });
      await gate.open();
      expect(idsOf(await collector.atLeast(2))).toEqual(ids);
      await until(() => publisher.health().ok);
    });

    it('tells everything in order, however often it is cut off in the middle', async () => {
      const collector = await bus.collect();
      const publisher = publishing.start(environment());
      const ids: string[] = [];
      for (let round = 0; round < 3; round += 1) {
        const seen = collector.deliveries.length;
        ids.push(
          ...(await publishing.append(...Array.from({ length: 1_000 }, () => 'DeviceRenamed' as const))),
        );
        await collector.atLeast(seen + 1);
        await gate.shut();
        ids.push(...(await publishing.append('DeviceRetired')));
        await until(() => !publisher.health().ok);
        await gate.open();
        await until(() => publisher.health().ok);
      }
      await until(() => new Set(idsOf(collector.notifications)).size === ids.length);
      expect([...new Set(idsOf(collector.notifications))]).toEqual(ids);
    });

    it('stops without waiting for it, and does not note what it could not tell', async () => {
      await gate.shut();
      await publishing.append('CloudRemoved');
      const publisher = publishing.start(environment());
      await until(() => !publisher.health().ok);
      await publisher.stop();
      await expect(readFile(publishing.checkpoint)).rejects.toThrow(/ENOENT/);
    });

    it('keeps the password to itself', async () => {
      await gate.shut();
      const publisher = publishing.start(environment());
      await until(() => publishing.lines.length > 0);
      const { password } = new URL(bus.url);
      expect(JSON.stringify([publishing.lines, publisher.health()])).not.toContain(password);
    });
  });

  it('has a sample of every type to tell of', () => {
    expect(Object.keys(facts).sort()).toEqual([...announcedTypes].sort());
  });
});
