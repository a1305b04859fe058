import { type Decider, type Evolvers, evolveInPlace } from '#libs/kernel/src/decider.js';
import { DomainError } from '#libs/kernel/src/errors.js';
import { stillSaid } from './synchronisation-labels.policy.js';
import type {
  DriftItem,
  ServiceState,
  SynchronisationEvent,
  SynchronisationOrder,
  SynchronisationStarted,
} from './synchronisation.events.js';

export type SynchronisationCommand =
  | { type: 'ScheduleSynchronisation'; at: string; everySeconds: number; order: SynchronisationOrder }
  | { type: 'UnscheduleSynchronisation'; at: string }
  | ({ type: 'StartSynchronisation' } & SynchronisationStarted['data'])
  | { type: 'RecordServices'; syncId: string; at: string; services: readonly ServiceState[] }
  | { type: 'ForgetServices'; syncId: string; at: string; names: readonly string[] }
  | ({ type: 'CompleteSynchronisation' } & Completion)
  | { type: 'FailSynchronisation'; syncId: string; at: string; reason: string };

export interface Completion {
  readonly syncId: string;
  readonly at: string;
  readonly drift: readonly DriftItem[];
  readonly hosts: number;
  readonly registered: number;
  readonly labelled: number | null;
  readonly retired: number;
}

interface KnownService {
  readonly state: ServiceState;
  /** Labels that the cloud gave reason for and that may be on the device: never one that it did not. */
  readonly said: ReadonlySet<string>;
}

export interface Synchronisation {
  setting: {
    readonly order: SynchronisationOrder;
    readonly everySeconds: number;
    readonly at: string;
  } | null;
  /** When the schedule wants the next one. */
  dueAt: string | null;
  running: SynchronisationStarted['data'] | null;
  /** The last one that was completed. */
  completed: string | null;
  /** Of the schedule, one after the other. */
  failures: number;
  readonly services: Map<string, KnownService>;
  /** Services that changed since the last one that was completed: what follows from it may be half done. */
  readonly unsettled: Set<string>;
  readonly drift: Map<string, DriftItem>;
  /** Most hosts have the same labels as many others: each set of them is kept once. */
  readonly labelSets: Map<string, ReadonlySet<string>>;
}

const mostDrift = 400;
const firstRetrySeconds = 30;

const later = (at: string, seconds: number): string =>
  new Date(Date.parse(at) + seconds * 1000).toISOString();
const latest = (a: string, b: string): string => (a > b ? a : b);

export const keyOf = ({ kind, name, member, registered, discovered, detail }: DriftItem): string =>
  JSON.stringify([name, kind, member, registered, discovered, detail]);

const sameOrder = (a: SynchronisationOrder, b: SynchronisationOrder): boolean =>
  (Object.keys(a) as (keyof SynchronisationOrder)[]).every((member) => a[member] === b[member]);

const schedule = (
  { at, everySeconds, order }: Extract<SynchronisationCommand, { type: 'ScheduleSynchronisation' }>,
  { setting, running }: Synchronisation,
): readonly SynchronisationEvent[] => {
  if (setting?.everySeconds === everySeconds && sameOrder(setting.order, order)) return [];
  const nextAt = running?.deadline ?? at;
  return [{ type: 'SynchronisationScheduled', data: { ...order, everySeconds, at, nextAt } }];
};

const unschedule = (at: string, { setting, running }: Synchronisation): readonly SynchronisationEvent[] =>
  setting ? [{ type: 'SynchronisationUnscheduled', data: { at, nextAt: running?.deadline ?? null } }] : [];

/** What another one asked for does not put the schedule off. */
const afterFailure = ({ running, setting, failures, dueAt }: Synchronisation, at: string): string | null => {
  if (!setting || running?.cause !== 'schedule') return dueAt;
  return later(at, Math.min(setting.everySeconds, firstRetrySeconds * 2 ** Math.min(failures, 20)));
};

const failed = (
  state: Synchronisation,
  { at, reason }: { readonly at: string; readonly reason: string },
): readonly SynchronisationEvent[] => {
  const { running } = state;
  if (!running) return [];
  const data = { syncId: running.syncId, at, reason, nextAt: afterFailure(state, at) };
  return [{ type: 'SynchronisationFailed', data }];
};

const start = (
  { type: _type, ...data }: Extract<SynchronisationCommand, { type: 'StartSynchronisation' }>,
  state: Synchronisation,
): readonly SynchronisationEvent[] => {
  const { running, completed, dueAt } = state;
  if (running?.syncId === data.syncId || completed === data.syncId) return [];
  if (running && data.at < running.deadline) {
    throw new DomainError('illegal-state', `the region is being synchronised since ${running.at}`);
  }
  if (data.cause === 'schedule' && (dueAt === null || data.at < dueAt)) {
    throw new DomainError('illegal-state', 'no synchronisation of the region is due');
  }
  return [
    ...failed(state, { at: data.at, reason: 'it did not end by its deadline' }),
    { type: 'SynchronisationStarted', data },
  ];
};

/** What is written for one that others have given up would be taken for theirs. */
const demandRunning = ({ running }: Synchronisation, syncId: string): SynchronisationStarted['data'] => {
  if (running?.syncId === syncId) return running;
  throw new DomainError('illegal-state', `synchronisation ${syncId} is over`);
};

const record = (
  services: readonly ServiceState[],
  at: string,
  state: Synchronisation,
): readonly SynchronisationEvent[] =>
  services
    .filter((service) => JSON.stringify(service) !== JSON.stringify(state.services.get(service.name)?.state))
    .map((service) => ({ type: 'HostServiceSeen', data: { ...service, at } }));

const forget = (
  names: readonly string[],
  at: string,
  state: Synchronisation,
): readonly SynchronisationEvent[] =>
  names.flatMap((name) => {
    const known = state.services.get(name);
    if (!known) return [];
    const { serviceId, deviceId } = known.state;
    return [{ type: 'HostServiceGone', data: { serviceId, name, deviceId, at } }];
  });

const complete = (
  { type: _type, drift, ...data }: Extract<SynchronisationCommand, { type: 'CompleteSynchronisation' }>,
  state: Synchronisation,
): readonly SynchronisationEvent[] => {
  const { at: startedAt } = demandRunning(state, data.syncId);
  const { setting } = state;
  const { at } = data;
  const found = new Map(drift.map((item) => [keyOf(item), item]));
  const gone = [...state.drift].filter(([key]) => !found.has(key)).map(([, item]) => item);
  const room = mostDrift - (state.drift.size - gone.length);
  const fresh = [...found].filter(([key]) => !state.drift.has(key)).map(([, item]) => item);
  const kept = fresh.slice(0, room);
  const due = setting && (setting.at > startedAt ? at : latest(at, later(startedAt, setting.everySeconds)));
  return [
    ...gone.map((item) => ({ type: 'DriftDisappeared', data: { ...item, at } }) as const),
    ...kept.map((item) => ({ type: 'DriftAppeared', data: { ...item, at } }) as const),
    {
      type: 'SynchronisationCompleted',
      data: { ...data, nextAt: due, drift: found.size, omitted: fresh.length - kept.length },
    },
  ];
};

const decide = (command: SynchronisationCommand, state: Synchronisation): readonly SynchronisationEvent[] => {
  switch (command.type) {
    case 'ScheduleSynchronisation':
      return schedule(command, state);
    case 'UnscheduleSynchronisation':
      return unschedule(command.at, state);
    case 'StartSynchronisation':
      return start(command, state);
    case 'RecordServices':
      demandRunning(state, command.syncId);
      return record(command.services, command.at, state);
    case 'ForgetServices':
      demandRunning(state, command.syncId);
      return forget(command.names, command.at, state);
    case 'CompleteSynchronisation':
      return complete(command, state);
    case 'FailSynchronisation':
      return state.running?.syncId === command.syncId ? failed(state, command) : [];
  }
};

const nothingSaid: ReadonlySet<string> = new Set();

const shared = ({ labelSets }: Synchronisation, labels: ReadonlySet<string>): ReadonlySet<string> => {
  const key = JSON.stringify([...labels]);
  const known = labelSets.get(key) ?? labels;
  labelSets.set(key, known);
  return known;
};

const settle = (state: Synchronisation): void => {
  for (const name of state.unsettled) {
    const known = state.services.get(name);
    if (known)
      state.services.set(name, { ...known, said: shared(state, stillSaid(known.said, known.state)) });
  }
  state.unsettled.clear();
};

const evolvers: Evolvers<Synchronisation, SynchronisationEvent> = {
  SynchronisationScheduled: (state, { at, everySeconds, nextAt: _next, ...order }) => {
    state.setting = { order, everySeconds, at };
    state.dueAt = at;
    state.failures = 0;
  },
  SynchronisationUnscheduled: (state) => {
    state.setting = null;
    state.dueAt = null;
  },
  SynchronisationStarted: (state, data) => {
    state.running = data;
  },
  HostServiceSeen: (state, { at: _at, ...service }) => {
    const { name } = service;
    const { said = nothingSaid } = state.services.get(name) ?? {};
    const labels = new Set([...said, ...stillSaid(said, service)]);
    state.services.set(name, { state: service, said: shared(state, labels) });
    state.unsettled.add(name);
  },
  HostServiceGone: (state, { name }) => {
    state.services.delete(name);
    state.unsettled.delete(name);
  },
  DriftAppeared: (state, { at: _at, ...item }) => {
    state.drift.set(keyOf(item), item);
  },
  DriftDisappeared: (state, { at: _at, ...item }) => {
    state.drift.delete(keyOf(item));
  },
  SynchronisationCompleted: (state, { syncId, nextAt, labelled }) => {
    state.running = null;
    state.completed = syncId;
    state.dueAt = nextAt;
    state.failures = 0;
    if (labelled !== null) settle(state);
  },
  SynchronisationFailed: (state, { nextAt }) => {
    if (state.running?.cause === 'schedule') state.failures += 1;
    state.running = null;
    state.dueAt = nextAt;
  },
};

const settings = new Set(['SynchronisationScheduled', 'SynchronisationUnscheduled']);

/** Whose identifier is the region's; which cloud and project that belongs to is known to whoever sends the command. */
export const synchronisation: Decider<Synchronisation, SynchronisationCommand, SynchronisationEvent> = {
  category: 'synchronisation',
  initialState: () => ({
    setting: null,
    dueAt: null,
    running: null,
    completed: null,
    failures: 0,
    services: new Map(),
    unsettled: new Set(),
    drift: new Map(),
    labelSets: new Map(),
  }),
  decide,
  evolve: evolveInPlace(evolvers),
  // So that the setting has a revision of its own.
  subject: ({ type }) => (settings.has(type) ? 'setting' : 'work'),
};
