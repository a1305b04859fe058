import { v7 } from 'uuid';
import type { Decider } from '#libs/kernel/src/decider.js';
import { DomainError } from '#libs/kernel/src/errors.js';
import type { Event, Metadata } from '#libs/kernel/src/event.js';
import { AppendOutcomeUnknown, StoreUnavailable } from '#libs/platform/src/event-store/event-store.errors.js';
import type { Expected, NewEvent, RecordedEvent } from '#libs/platform/src/event-store/event-store.js';
import { MemoryEventStore, MemoryLog } from '#libs/platform/src/event-store/memory-event-store.js';
import { type CommandMetadata, CommandRunner } from './command-runner.js';

type Taken = Event<'SeatTaken', { seat: string; by: string }>;
type Command = { type: 'Take'; seat: string; by: string; times?: number };

/** Whoever comes first has the seat; changed in place, as a region is. */
const theatre: Decider<Map<string, string>, Command, Taken> = {
  category: 'theatre',
  initialState: () => new Map(),
  decide: ({ seat, by, times = 1 }, state) => {
    const holder = state.get(seat);
    if (holder === by) return [];
    if (holder !== undefined) throw new DomainError('already-exists', `seat ${seat} is taken by ${holder}`);
    return Array.from({ length: times }, (_, n) => ({
      type: 'SeatTaken',
      data: { seat: n ? `${seat}${n}` : seat, by },
    }));
  },
  evolve: (state, { data }) => state.set(data.seat, data.by),
  subject: ({ data }) => data.seat,
};

const metadata = (more: Partial<CommandMetadata> = {}): CommandMetadata => ({
  actor: { userId: 'u', username: 'alice', projectId: 'p' },
  projectId: 'p',
  correlationId: v7(),
  causationId: 'c',
  commandId: v7(),
  ...more,
});

/** Counts appends and lets a test come between. */
class WatchedStore extends MemoryEventStore {
  appends = 0;
  reads = 0;
  before: ((events: readonly NewEvent[]) => Promise<void> | void) | undefined;
  after: (() => void) | undefined;

  override readStream(...asked: Parameters<MemoryEventStore['readStream']>) {
    this.reads += 1;
    return super.readStream(...asked);
  }

  override async append(stream: string, expected: Expected, events: readonly [NewEvent, ...NewEvent[]]) {
    this.appends += 1;
    const { before } = this;
    this.before = undefined;
    await before?.(events);
    const appended = await super.append(stream, expected, events);
    const { after } = this;
    this.after = undefined;
    after?.();
    return appended;
  }
}

const all = async (store: MemoryEventStore): Promise<RecordedEvent[]> => Array.fromAsync(store.readAll());

describe('the command runner', () => {
  const log = new MemoryLog();
  let store: WatchedStore;
  let runner: CommandRunner;
  let id: string;
  const take = (seat: string, by: string, more: Partial<CommandMetadata> = {}) =>
    runner.run(theatre, id, { type: 'Take', seat, by }, metadata(more));

  beforeEach(() => {
    store = new WatchedStore(log);
    runner = new CommandRunner(store);
    id = v7();
  });

  it('appends what is decided with ids from the command and the mark of the request on the last event', async () => {
    const request = { key: 'k', fingerprint: 'f', subject: 'a' };
    const sent = metadata({ reason: 'because', request, expectedRevision: -1, subject: 'a' });
    const receipt = await runner.run(theatre, id, { type: 'Take', seat: 'a', by: 'x', times: 2 }, sent);
    const [first, second] = await Array.fromAsync(store.readStream(`theatre-${id}`));
    const { expectedRevision: _revision, subject: _subject, request: _request, ...plain } = sent;
    expect(first?.metadata).toEqual(plain);
    expect((second?.metadata as Metadata | undefined)?.request).toEqual(request);
    expect(receipt).toEqual({
      revision: 1,
      cursor: second?.cursor,
      events: [first, second].map((event) => ({ type: event?.type, data: event?.data })),
    });
  });

  it('decides the commands that come meanwhile together and appends them as one write', async () => {
    const outcomes = await Promise.allSettled([
      take('a', 'x'),
      ...Array.from({ length: 100 }, (_, n) => take(`s${n}`, 'x')),
      take('s7', 'y'),
      take('s7', 'x', { subject: 's7' }),
    ]);
    expect(store.appends).toBe(2);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(102);
    expect(outcomes[101]).toMatchObject({ status: 'rejected', reason: { code: 'already-exists' } });
    expect(outcomes[102]).toMatchObject({ value: { events: [], revision: 8 } });
  });

  it('writes nothing for a refused command', async () => {
    await take('a', 'x');
    const before = await all(store);
    await expect(take('a', 'y')).rejects.toMatchObject({ code: 'already-exists' });
    expect(await all(store)).toEqual(before);
  });

  it('answers a repeated command with the first outcome, also after a restart', async () => {
    const commandId = v7();
    const first = await take('a', 'x', { commandId });
    await take('b', 'y');
    expect(await take('a', 'x', { commandId })).toEqual(first);
    runner = new CommandRunner(store);
    expect(await take('a', 'x', { commandId })).toEqual(first);
    expect(await Array.fromAsync(store.readStream(`theatre-${id}`))).toHaveLength(2);
  });

  it('compares the expected revision with the subject, not with its neighbours', async () => {
    await take('a', 'x');
    await take('b', 'x');
    await expect(take('a', 'x', { subject: 'a', expectedRevision: 0 })).resolves.toMatchObject({
      revision: 0,
    });
    await expect(take('b', 'x', { subject: 'b', expectedRevision: 0 })).rejects.toMatchObject({
      code: 'wrong-revision',
    });
    await expect(take('c', 'x', { subject: 'c', expectedRevision: -1 })).resolves.toMatchObject({
      revision: 2,
    });
  });

  it('reads on and decides again when another writer was faster', async () => {
    const other = new CommandRunner(new MemoryEventStore(log));
    const rival = (seat: string) => other.run(theatre, id, { type: 'Take', seat, by: 'rival' }, metadata());
    await take('a', 'x');
    store.before = async () => void (await rival('b'));
    await expect(take('b', 'x')).rejects.toMatchObject({
      code: 'already-exists',
      message: 'seat b is taken by rival',
    });
    store.before = async () => void (await rival('c'));
    await expect(take('d', 'x')).resolves.toMatchObject({ revision: 3 });
  });

  it('takes a whole batch back when another writer was faster', async () => {
    const other = new CommandRunner(new MemoryEventStore(log));
    await take('a', 'x');
    let batch: Promise<PromiseSettledResult<unknown>[]> = Promise.resolve([]);
    store.before = () => {
      batch = Promise.allSettled([take('c', 'x'), take('d', 'x'), take('e', 'x')]);
      store.before = async () =>
        void (await other.run(theatre, id, { type: 'Take', seat: 'd', by: 'rival' }, metadata()));
    };
    await take('b', 'x');
    const outcomes = await batch;
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    const seats = (await Array.fromAsync(store.readStream(`theatre-${id}`))).map(({ data }) => data['seat']);
    expect(seats).toEqual(['a', 'b', 'd', 'c', 'e']);
  });

  it('sees what others wrote before it refuses or finds nothing to do', async () => {
    const other = new CommandRunner(new MemoryEventStore(log));
    await take('a', 'x');
    await other.run(theatre, id, { type: 'Take', seat: 'b', by: 'rival' }, metadata());
    await expect(take('b', 'rival')).resolves.toMatchObject({ events: [], revision: 1 });
    const { state, revision } = await runner.read(theatre, id);
    expect([state.get('b'), revision]).toEqual(['rival', 1]);
  });

  it('asks again with the same ids where the outcome of a write is unknown', async () => {
    const lost = new AppendOutcomeUnknown('no answer');
    store.after = () => {
      throw lost;
    };
    await expect(take('a', 'x')).resolves.toMatchObject({ revision: 0 });
    expect(store.appends).toBe(2);
    expect(await Array.fromAsync(store.readStream(`theatre-${id}`))).toHaveLength(1);
  });

  it('says that the log is away, and goes on when it is back', async () => {
    await take('a', 'x');
    store.before = () => {
      throw new StoreUnavailable('the disk is full');
    };
    await expect(take('b', 'x')).rejects.toMatchObject({ code: 'unavailable' });
    await expect(take('b', 'y')).resolves.toMatchObject({ revision: 1 });
  });

  it('refuses a change that is too large for one write without harm to its neighbours', async () => {
    const blocker = take('a', 'x');
    const huge = runner.run(theatre, id, { type: 'Take', seat: 'h', by: 'x', times: 1001 }, metadata());
    const neighbour = take('b', 'x');
    await expect(huge).rejects.toMatchObject({ code: 'payload-too-large' });
    await expect(Promise.all([blocker, neighbour])).resolves.toHaveLength(2);
  });

  it('begins a stream that nobody knows without reading it or keeping it', async () => {
    const store = new WatchedStore();
    const runner = new CommandRunner(store);
    const command = { type: 'Take', seat: 'a', by: 'x', times: 2 } as const;
    const receipt = await runner.begin(theatre, '1', command, metadata());
    expect(receipt).toMatchObject({ revision: 1, events: [{ type: 'SeatTaken' }, { type: 'SeatTaken' }] });
    expect(store.reads).toBe(0);
    await expect(
      runner.run(theatre, '1', { type: 'Take', seat: 'a', by: 'y' }, metadata()),
    ).rejects.toMatchObject({ code: 'already-exists' });
  });

  it('begins nothing where there is something already', async () => {
    const store = new WatchedStore();
    const runner = new CommandRunner(store);
    const take = (by: string) => ({ type: 'Take', seat: 'a', by }) as const;
    await runner.begin(theatre, '1', take('x'), metadata());
    await expect(runner.begin(theatre, '1', take('y'), metadata())).rejects.toMatchObject({
      code: 'already-exists',
    });
    await expect(runner.begin(theatre, '1', take('x'), metadata())).resolves.toMatchObject({ events: [] });
    expect(await all(store)).toHaveLength(1);
  });
});
