import type { Decider } from '#libs/kernel/src/decider.js';
import { DomainError, type Violation } from '#libs/kernel/src/errors.js';
import type { MaintainedHost, MaintenanceOutcome, WindowEvent } from './window.events.js';

export interface ScheduleWindow {
  readonly type: 'ScheduleWindow';
  readonly host: MaintainedHost;
  /** Now, or up to a year ahead. */
  readonly startsAt: string;
  readonly endsAt: string;
  readonly note: string | null;
  readonly at: string;
}

export type WindowCommand =
  | ScheduleWindow
  /** The host is claimed in its region. */
  | {
      readonly type: 'OpenWindow';
      readonly at: string;
      /** An operator opens it before its time. */
      readonly early?: boolean;
    }
  /** The host could not be claimed. */
  | { readonly type: 'RefuseWindow'; readonly at: string; readonly detail: string }
  | { readonly type: 'CloseWindow'; readonly at: string }
  | { readonly type: 'CancelWindow'; readonly at: string }
  | { readonly type: 'ReachEnd'; readonly at: string }
  | { readonly type: 'BeginWork'; readonly runId: string; readonly hostId: string }
  | {
      readonly type: 'EndWork';
      readonly runId: string;
      readonly outcome: MaintenanceOutcome;
      readonly detail: string | null;
      readonly at: string;
    };

export interface KnownWindow {
  readonly status: 'scheduled' | 'open' | 'overrun' | 'closed' | 'cancelled';
  readonly host: MaintainedHost;
  readonly startsAt: string;
  readonly endsAt: string;
  /** The run that works on the host. */
  readonly runId: string | null;
  /** Why the host was left out of production by the last run. */
  readonly held: string | null;
  /** The runs that left it there one after the other; none once one has brought it back. */
  readonly heldBy: readonly string[];
}

export type Window = { readonly status: 'none' } | KnownWindow;

const minute = 60_000;
const day = 24 * 60 * minute;
const longest = 31 * day;
const furthest = 366 * day;
/** A client's clock may be behind, and a request takes its time. */
const tolerance = 5 * minute;

const known = (state: Window): KnownWindow => {
  if (state.status === 'none') throw new DomainError('not-found', 'there is no such maintenance window');
  return state;
};

const illegal = (message: string) => new DomainError('illegal-state', message);

const wrongTimes = ({ startsAt, endsAt, at }: ScheduleWindow): readonly Violation[] => {
  const [start, end, now] = [Date.parse(startsAt), Date.parse(endsAt), Date.parse(at)];
  if (Number.isNaN(start)) return [{ member: 'starts_at', message: 'must be a time' }];
  if (Number.isNaN(end)) return [{ member: 'ends_at', message: 'must be a time' }];
  const checks: readonly (readonly [boolean, string, string])[] = [
    [start >= now - tolerance, 'starts_at', 'must not be in the past'],
    [start <= now + furthest, 'starts_at', 'must be within a year from now'],
    [end > start, 'ends_at', 'must be after starts_at'],
    [end > now, 'ends_at', 'must not be in the past'],
    [end - start <= longest, 'ends_at', 'must be at most 31 days after starts_at'],
  ];
  return checks.filter(([holds]) => !holds).map(([, member, message]) => ({ member, message }));
};

/** Times are compared as text by the read models. */
const inUtc = (time: string) => new Date(time).toISOString();

const schedule = (command: ScheduleWindow, state: Window): readonly WindowEvent[] => {
  if (state.status !== 'none') throw new DomainError('already-exists', 'the window is scheduled already');
  const violations = wrongTimes(command);
  if (violations.length > 0)
    throw new DomainError('validation-failed', 'the times of the window are wrong', { violations });
  const { host, note } = command;
  const times = { startsAt: inUtc(command.startsAt), endsAt: inUtc(command.endsAt) };
  return [{ type: 'WindowScheduled', data: { host, ...times, note } }];
};

const closed = (
  { host }: KnownWindow,
  at: string,
  cause: 'operator' | 'end' | 'refused',
  detail: string | null = null,
): WindowEvent => ({ type: 'WindowClosed', data: { host, at, cause, detail } });

const isBefore = (a: string, b: string) => Date.parse(a) < Date.parse(b);

const open = (
  { at, early = false }: Extract<WindowCommand, { type: 'OpenWindow' }>,
  state: Window,
): readonly WindowEvent[] => {
  const window = known(state);
  if (window.status === 'open' || window.status === 'overrun') return [];
  if (window.status !== 'scheduled') throw illegal(`the window is ${window.status}`);
  if (!early && isBefore(at, window.startsAt))
    throw illegal(`the window does not begin before ${window.startsAt}`);
  if (!isBefore(at, window.endsAt)) return [closed(window, at, 'end', 'it was not opened in time')];
  return [{ type: 'WindowOpened', data: { host: window.host, at } }];
};

const refuse = (at: string, detail: string, state: Window): readonly WindowEvent[] => {
  const window = known(state);
  return window.status === 'scheduled' ? [closed(window, at, 'refused', detail)] : [];
};

const close = (at: string, state: Window): readonly WindowEvent[] => {
  const window = known(state);
  switch (window.status) {
    case 'closed':
      return [];
    case 'scheduled':
      throw illegal('the window is not open yet: cancel it instead');
    case 'cancelled':
      throw illegal('the window is cancelled');
    case 'open':
    case 'overrun':
      if (window.runId !== null) throw illegal(`run ${window.runId} works on ${window.host.name}`);
      return [closed(window, at, 'operator')];
  }
};

const cancel = (at: string, state: Window): readonly WindowEvent[] => {
  const window = known(state);
  if (window.status === 'cancelled') return [];
  if (window.status === 'scheduled') return [{ type: 'WindowCancelled', data: { host: window.host, at } }];
  throw illegal(`the window cannot be cancelled: it is ${window.status}`);
};

const reachEnd = (at: string, state: Window): readonly WindowEvent[] => {
  const window = known(state);
  if (isBefore(at, window.endsAt)) throw illegal(`the window does not end before ${window.endsAt}`);
  if (window.status === 'scheduled') return [closed(window, at, 'end', 'it was not opened in time')];
  if (window.status !== 'open') return [];
  const isNeeded = window.runId !== null || window.held !== null;
  return [isNeeded ? { type: 'WindowOverran', data: { host: window.host, at } } : closed(window, at, 'end')];
};

const beginWork = (runId: string, hostId: string, state: Window): readonly WindowEvent[] => {
  const window = known(state);
  if (window.runId === runId) return [];
  if (window.runId !== null) throw illegal(`run ${window.runId} works on ${window.host.name} already`);
  if (window.status !== 'open') throw illegal(`the window is not open: it is ${window.status}`);
  if (window.host.hostId !== hostId)
    throw illegal(`the window is for ${window.host.name}, not for this host`);
  return [{ type: 'HostMaintenanceBegan', data: { host: window.host, runId } }];
};

const endWork = (
  { runId, outcome, detail, at }: Extract<WindowCommand, { type: 'EndWork' }>,
  state: Window,
): readonly WindowEvent[] => {
  const window = known(state);
  if (window.runId !== runId) return [];
  const ended: WindowEvent = {
    type: 'HostMaintenanceEnded',
    data: { host: window.host, runId, outcome, detail },
  };
  // Who is held keeps the claim until a person has looked and closes the window.
  return window.status === 'overrun' && outcome !== 'held' ? [ended, closed(window, at, 'end')] : [ended];
};

const decide = (command: WindowCommand, state: Window): readonly WindowEvent[] => {
  switch (command.type) {
    case 'ScheduleWindow':
      return schedule(command, state);
    case 'OpenWindow':
      return open(command, state);
    case 'RefuseWindow':
      return refuse(command.at, command.detail, state);
    case 'CloseWindow':
      return close(command.at, state);
    case 'CancelWindow':
      return cancel(command.at, state);
    case 'ReachEnd':
      return reachEnd(command.at, state);
    case 'BeginWork':
      return beginWork(command.runId, command.hostId, state);
    case 'EndWork':
      return endWork(command, state);
  }
};

const evolveKnown = (
  state: KnownWindow,
  event: Exclude<WindowEvent, { type: 'WindowScheduled' }>,
): Window => {
  switch (event.type) {
    case 'WindowOpened':
      return { ...state, status: 'open' };
    case 'WindowOverran':
      return { ...state, status: 'overrun' };
    case 'WindowClosed':
      return { ...state, status: 'closed' };
    case 'WindowCancelled':
      return { ...state, status: 'cancelled' };
    case 'HostMaintenanceBegan':
      return { ...state, runId: event.data.runId, held: null };
    case 'HostMaintenanceEnded': {
      const { runId, outcome, detail } = event.data;
      if (outcome !== 'held') return { ...state, runId: null, held: null, heldBy: [] };
      return { ...state, runId: null, held: detail ?? '', heldBy: [...state.heldBy, runId] };
    }
  }
};

const evolve = (state: Window, event: WindowEvent): Window => {
  if (event.type === 'WindowScheduled') {
    const { host, startsAt, endsAt } = event.data;
    return { status: 'scheduled', host, startsAt, endsAt, runId: null, held: null, heldBy: [] };
  }
  return state.status === 'none' ? state : evolveKnown(state, event);
};

export const window: Decider<Window, WindowCommand, WindowEvent> = {
  category: 'window',
  initialState: () => ({ status: 'none' }),
  decide,
  evolve,
};
