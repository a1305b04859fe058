import { given } from '#test/support/given.js';
import {
  order,
  minute,
  scheduled,
  started,
  failed,
  completed,
  start,
  complete,
  service,
  waiting,
  working,
} from '#test/support/synchronisation-facts.js';
import { synchronisation } from './synchronisation.decider.js';
import type { SynchronisationEvent } from './synchronisation.events.js';

describe('the schedule of a synchronisation', () => {
  const schedule = { type: 'ScheduleSynchronisation', at: minute(0), everySeconds: 600, order } as const;

  it('is due at once, and set once', () => {
    given(synchronisation).when(schedule).yields(scheduled);
    given(synchronisation, ...waiting)
      .when({ ...schedule, at: minute(9) })
      .yieldsNothing();
  });

  it('is replaced whole by another one, which waits for what is under way', () => {
    const other = { ...schedule, at: minute(2), order: { ...order, retire: true } };
    const data = { ...order, retire: true, everySeconds: 600, at: minute(2) };
    given(synchronisation, ...waiting)
      .when(other)
      .yields({ type: 'SynchronisationScheduled', data: { ...data, nextAt: minute(2) } });
    given(synchronisation, ...working)
      .when(other)
      .yields({ type: 'SynchronisationScheduled', data: { ...data, nextAt: minute(5) } });
  });

  it('is taken away once, and nothing is due any more', () => {
    const gone: SynchronisationEvent = {
      type: 'SynchronisationUnscheduled',
      data: { at: minute(1), nextAt: null },
    };
    given(synchronisation, ...waiting)
      .when({ type: 'UnscheduleSynchronisation', at: minute(1) })
      .yields(gone);
    given(synchronisation)
      .when({ type: 'UnscheduleSynchronisation', at: minute(1) })
      .yieldsNothing();
    given(synchronisation, scheduled, gone).when(start('s', 60)).refuses('illegal-state', /due/);
  });
});

describe('a synchronisation', () => {
  it('is begun once, by one', () => {
    given(synchronisation, ...waiting)
      .when(start('s', 0))
      .yields(started('s', 0));
    given(synchronisation, ...working)
      .when(start('s', 1))
      .yieldsNothing();
    given(synchronisation, ...working)
      .when(start('t', 4))
      .refuses('illegal-state', /since 2026-01-01T00:00:00/);
    given(synchronisation, ...working)
      .when(start('t', 4, 'request'))
      .refuses('illegal-state');
    given(synchronisation, scheduled, started('s', 0), completed('s', 1, minute(10)))
      .when(start('s', 30))
      .yieldsNothing();
  });

  it('is begun by the schedule when it is due, by request at any time', () => {
    const done = given(synchronisation, scheduled, started('s', 0), completed('s', 1, minute(10)));
    done.when(start('t', 9)).refuses('illegal-state', /due/);
    done.when(start('t', 10)).yields(started('t', 10));
    done.when(start('t', 2, 'request')).yields(started('t', 2, 'request'));
    given(synchronisation)
      .when(start('t', 2, 'request'))
      .yields(started('t', 2, 'request'));
  });

  it('is taken over after its deadline, and is over for whoever had it', () => {
    const lost = failed(
      's',
      5,
      new Date(Date.UTC(2026, 0, 1, 0, 5, 30)).toISOString(),
      'it did not end by its deadline',
    );
    given(synchronisation, ...working)
      .when(start('t', 5))
      .yields(lost, started('t', 5));
    const after = given(synchronisation, scheduled, started('s', 0), lost, started('t', 5));
    after.when(complete('s', 6)).refuses('illegal-state', /over/);
    after
      .when({ type: 'RecordServices', syncId: 's', at: minute(6), services: [service('a')] })
      .refuses('illegal-state');
    after.when({ type: 'ForgetServices', syncId: 's', at: minute(6), names: ['a'] }).refuses('illegal-state');
    after.when({ type: 'FailSynchronisation', syncId: 's', at: minute(6), reason: 'x' }).yieldsNothing();
  });

  it('is due again its interval after it began, at once when that has passed or the schedule is newer', () => {
    given(synchronisation, ...working)
      .when(complete('s', 1))
      .yields(completed('s', 1, minute(10)));
    given(synchronisation, ...working)
      .when(complete('s', 12))
      .yields(completed('s', 12, minute(12)));
    const { at: _at, ...data } = scheduled.data as { at: string };
    const newer = { ...scheduled, data: { ...data, at: minute(1) } } as SynchronisationEvent;
    given(synchronisation, scheduled, started('s', 0), newer)
      .when(complete('s', 2))
      .yields(completed('s', 2, minute(2)));
    given(synchronisation, started('s', 0, 'request'))
      .when(complete('s', 1))
      .yields(completed('s', 1, null));
  });

  it('is tried again after a failure, later each time, but not later than its schedule says', () => {
    const nextOf = (...past: SynchronisationEvent[]) => {
      const [event] = given(synchronisation, scheduled, ...past, started('n', 100))
        .when({ type: 'FailSynchronisation', syncId: 'n', at: minute(100), reason: 'away' })
        .events();
      const { nextAt } = (event as Extract<SynchronisationEvent, { type: 'SynchronisationFailed' }>).data;
      return (Date.parse(nextAt ?? '') - Date.parse(minute(100))) / 1000;
    };
    const failures = (count: number) =>
      Array.from({ length: count }, (_, n) => [started(`f${n}`, n), failed(`f${n}`, n, minute(n))]).flat();
    expect([0, 1, 2, 5, 40].map((count) => nextOf(...failures(count)))).toEqual([30, 60, 120, 600, 600]);
    expect(nextOf(...failures(5), started('ok', 50), completed('ok', 51, minute(60)))).toBe(30);
  });

  it('that somebody asked for does not put the schedule off when it fails', () => {
    given(
      synchronisation,
      scheduled,
      started('s', 0),
      completed('s', 1, minute(10)),
      started('r', 2, 'request'),
    )
      .when({ type: 'FailSynchronisation', syncId: 'r', at: minute(3), reason: 'away' })
      .yields(failed('r', 3, minute(10)));
    given(synchronisation, started('r', 2, 'request'))
      .when({ type: 'FailSynchronisation', syncId: 'r', at: minute(3), reason: 'away' })
      .yields(failed('r', 3, null));
  });
});
