import { given } from '#test/support/given.js';
import { window, type WindowCommand } from './window.decider.js';
import type { WindowEvent } from './window.events.js';

const host = { hostId: 'h1', regionId: 'g1', name: 'compute-1' };
const at = (minutes: number) => new Date(Date.UTC(2026, 10, 23, 3, minutes)).toISOString();
const times = { startsAt: at(10), endsAt: at(70) };
const schedule: WindowCommand = { type: 'ScheduleWindow', host, ...times, note: 'n', at: at(0) };

const scheduled: WindowEvent = { type: 'WindowScheduled', data: { host, ...times, note: 'n' } };
const opened: WindowEvent = { type: 'WindowOpened', data: { host, at: at(10) } };
const overran: WindowEvent = { type: 'WindowOverran', data: { host, at: at(70) } };
const cancelled: WindowEvent = { type: 'WindowCancelled', data: { host, at: at(5) } };
const closed = (
  minutes: number,
  cause: 'operator' | 'end' | 'refused',
  detail: string | null = null,
): WindowEvent => ({ type: 'WindowClosed', data: { host, at: at(minutes), cause, detail } });
const began: WindowEvent = { type: 'HostMaintenanceBegan', data: { host, runId: 'r1' } };
const ended = (outcome: 'done' | 'restored' | 'held', detail: string | null = null): WindowEvent => ({
  type: 'HostMaintenanceEnded',
  data: { host, runId: 'r1', outcome, detail },
});

const open = (minutes: number): WindowCommand => ({ type: 'OpenWindow', at: at(minutes) });
const close = (minutes: number): WindowCommand => ({ type: 'CloseWindow', at: at(minutes) });
const cancel: WindowCommand = { type: 'CancelWindow', at: at(5) };
const reachEnd = (minutes: number): WindowCommand => ({ type: 'ReachEnd', at: at(minutes) });
const begin = (runId = 'r1', hostId = 'h1'): WindowCommand => ({ type: 'BeginWork', runId, hostId });
const end = (outcome: 'done' | 'restored' | 'held', detail: string | null = null): WindowCommand => ({
  type: 'EndWork',
  runId: 'r1',
  outcome,
  detail,
  at: at(80),
});

describe('a maintenance window', () => {
  it('is scheduled once', () => {
    given(window).when(schedule).yields(scheduled);
    given(window, scheduled).when(schedule).refuses('already-exists');
  });

  it.each([
    ['starts_at', { startsAt: 'soon' }],
    ['ends_at', { endsAt: 'late' }],
    ['starts_at', { startsAt: '2026-11-23T02:50:00Z' }],
    ['starts_at', { startsAt: '2028-01-01T00:00:00Z', endsAt: '2028-01-01T01:00:00Z' }],
    ['ends_at', { endsAt: at(10) }],
    ['ends_at', { endsAt: '2026-12-25T00:00:00Z' }],
  ])('is refused when %s is wrong: %j', (_, more) => {
    given(window)
      .when({ ...schedule, ...more })
      .refuses('validation-failed');
  });

  it('may begin now', () => {
    given(window)
      .when({ ...schedule, startsAt: at(0) })
      .yields({ type: 'WindowScheduled', data: { host, startsAt: at(0), endsAt: at(70), note: 'n' } });
  });

  it('keeps its times in UTC', () => {
    const [event] = given(window)
      .when({ ...schedule, startsAt: '2026-11-23T05:10:00+02:00', endsAt: '2026-11-23T04:10Z' })
      .events();
    expect(event?.data).toMatchObject({ startsAt: at(10), endsAt: at(70) });
  });

  it('opens once its time has come, and once', () => {
    given(window, scheduled).when(open(9)).refuses('illegal-state');
    given(window, scheduled).when(open(10)).yields(opened);
    given(window, scheduled, opened).when(open(11)).yieldsNothing();
    given(window, scheduled, cancelled)
      .when(open(11))
      .refuses('illegal-state', /cancelled/);
    given(window).when(open(11)).refuses('not-found');
  });

  it('opens before its time when an operator says so, and not after its end', () => {
    given(window, scheduled)
      .when({ type: 'OpenWindow', at: at(5), early: true })
      .yields({ type: 'WindowOpened', data: { host, at: at(5) } });
    given(window, scheduled)
      .when({ type: 'OpenWindow', at: at(70), early: true })
      .yields(closed(70, 'end', 'it was not opened in time'));
  });

  it('does not open any more after its end', () => {
    given(window, scheduled)
      .when(open(70))
      .yields(closed(70, 'end', 'it was not opened in time'));
    given(window, scheduled)
      .when(reachEnd(70))
      .yields(closed(70, 'end', 'it was not opened in time'));
  });

  it('closes as refused when its host could not be claimed', () => {
    const refuse: WindowCommand = { type: 'RefuseWindow', at: at(10), detail: 'taken' };
    given(window, scheduled)
      .when(refuse)
      .yields(closed(10, 'refused', 'taken'));
    given(window, scheduled, closed(10, 'refused', 'taken'))
      .when(refuse)
      .yieldsNothing();
    given(window, scheduled, opened).when(refuse).yieldsNothing();
  });

  it('is closed by an operator, once', () => {
    given(window, scheduled, opened).when(close(20)).yields(closed(20, 'operator'));
    given(window, scheduled, opened, closed(20, 'operator')).when(close(21)).yieldsNothing();
    given(window, scheduled)
      .when(close(5))
      .refuses('illegal-state', /cancel/);
    given(window, scheduled, cancelled).when(close(5)).refuses('illegal-state');
    given(window).when(close(5)).refuses('not-found');
  });

  it('is not closed while work is going on: the refusal names the run', () => {
    given(window, scheduled, opened, began)
      .when(close(20))
      .refuses('illegal-state', /run r1/);
    given(window, scheduled, opened, began, overran)
      .when(close(80))
      .refuses('illegal-state', /run r1/);
  });

  it('is cancelled only before it opens, and once', () => {
    given(window, scheduled).when(cancel).yields(cancelled);
    given(window, scheduled, cancelled).when(cancel).yieldsNothing();
    given(window, scheduled, opened).when(cancel).refuses('illegal-state', /open/);
    given(window).when(cancel).refuses('not-found');
  });

  it('closes at its end when nothing is going on', () => {
    given(window, scheduled, opened).when(reachEnd(69)).refuses('illegal-state');
    given(window, scheduled, opened).when(reachEnd(70)).yields(closed(70, 'end'));
    given(window, scheduled, opened, closed(70, 'end')).when(reachEnd(71)).yieldsNothing();
    given(window, scheduled, cancelled).when(reachEnd(71)).yieldsNothing();
  });
});

describe('work in a window', () => {
  it('begins when the window is open, once for each run', () => {
    given(window, scheduled, opened).when(begin()).yields(began);
    given(window, scheduled, opened, began).when(begin()).yieldsNothing();
    given(window, scheduled)
      .when(begin())
      .refuses('illegal-state', /scheduled/);
    given(window, scheduled, opened, closed(20, 'operator'))
      .when(begin())
      .refuses('illegal-state', /closed/);
    given(window, scheduled, opened, overran)
      .when(begin())
      .refuses('illegal-state', /overrun/);
  });

  it('is done by one run at a time, on the host of the window', () => {
    given(window, scheduled, opened, began)
      .when(begin('r2'))
      .refuses('illegal-state', /run r1/);
    given(window, scheduled, opened)
      .when(begin('r1', 'h2'))
      .refuses('illegal-state', /compute-1/);
    given(window, scheduled, opened, began, ended('done'))
      .when(begin('r2'))
      .yields({ type: 'HostMaintenanceBegan', data: { host, runId: 'r2' } });
  });

  it('ends once, and only for the run that does it', () => {
    given(window, scheduled, opened, began).when(end('done')).yields(ended('done'));
    given(window, scheduled, opened, began, ended('done')).when(end('restored')).yieldsNothing();
    given(window, scheduled, opened).when(end('restored')).yieldsNothing();
  });

  it('keeps the window past its end until it is over', () => {
    given(window, scheduled, opened, began).when(reachEnd(70)).yields(overran);
    given(window, scheduled, opened, began, overran).when(reachEnd(71)).yieldsNothing();
    given(window, scheduled, opened, began, overran)
      .when(end('restored', 'why'))
      .yields(ended('restored', 'why'), closed(80, 'end'));
  });

  it('that leaves the host held keeps the window until an operator closes it', () => {
    const past = [scheduled, opened, began, ended('held', 'no agent')];
    given(window, ...past)
      .when(reachEnd(70))
      .yields(overran);
    given(window, scheduled, opened, began, overran)
      .when(end('held', 'no agent'))
      .yields(ended('held', 'no agent'));
    given(window, ...past, overran)
      .when(close(90))
      .yields(closed(90, 'operator'));
  });
});
