import { given } from '#test/support/given.js';
import {
  minute,
  scheduled,
  started,
  failed,
  completed,
  complete,
  unknown,
  service,
  seen,
  working,
} from '#test/support/synchronisation-facts.js';
import { synchronisation } from './synchronisation.decider.js';
import type { DriftItem, ServiceState, SynchronisationEvent } from './synchronisation.events.js';

describe('what a synchronisation keeps', () => {
  const record = (...services: ServiceState[]) =>
    ({ type: 'RecordServices', syncId: 's', at: minute(1), services }) as const;

  it('is each service when it is new or not as it was', () => {
    given(synchronisation, ...working)
      .when(record(service('a'), service('b')))
      .yields(seen('a'), seen('b'));
    given(synchronisation, scheduled, started('s', 0), seen('a'), seen('b'))
      .when(record(service('a'), service('b', 'y')))
      .yields(seen('b', 'y'));
  });

  it('is no service that the cloud has no more', () => {
    const forget = { type: 'ForgetServices', syncId: 's', at: minute(1), names: ['a', 'never'] } as const;
    const gone: SynchronisationEvent = {
      type: 'HostServiceGone',
      data: { serviceId: 'service-a', name: 'a', deviceId: 'id-a', at: minute(1) },
    };
    given(synchronisation, scheduled, started('s', 0), seen('a')).when(forget).yields(gone);
    given(synchronisation, scheduled, started('s', 0), seen('a'), gone).when(forget).yieldsNothing();
  });

  it('are the labels that the cloud gave reason for, until one has come to its end in which they were set', () => {
    const labelsOf = (...past: SynchronisationEvent[]) => [
      ...(given(synchronisation, ...past)
        .state()
        .services.get('a')?.said ?? []),
    ];
    const moved = [started('s', 0), seen('a'), seen('a', 'y')];
    expect(labelsOf(...moved)).toEqual(['nova:az=z', 'nova:az=y']);
    expect(labelsOf(...moved, failed('s', 1, null))).toHaveLength(2);
    expect(labelsOf(...moved, completed('s', 1, null, { labelled: null }))).toHaveLength(2);
    expect(labelsOf(...moved, completed('s', 1, null))).toEqual(['nova:az=y']);
  });

  it('are these labels once for all hosts that are alike', () => {
    const { services } = given(
      synchronisation,
      started('s', 0),
      seen('a'),
      seen('b'),
      seen('c', 'y'),
    ).state();
    const [a, b, c] = ['a', 'b', 'c'].map((name) => services.get(name)?.said);
    expect(a).toBe(b);
    expect(a).not.toBe(c);
  });

  it('is drift from its appearance to its disappearance', () => {
    const appeared = (name: string): SynchronisationEvent => ({
      type: 'DriftAppeared',
      data: { ...unknown(name), at: minute(1) },
    });
    given(synchronisation, ...working)
      .when(complete('s', 1, [unknown('a'), unknown('b')]))
      .yields(appeared('a'), appeared('b'), completed('s', 1, minute(10), { drift: 2 }));
    given(synchronisation, scheduled, started('s', 0), appeared('a'), appeared('b'))
      .when(complete('s', 2, [unknown('b')]))
      .yields(
        { type: 'DriftDisappeared', data: { ...unknown('a'), at: minute(2) } },
        completed('s', 2, minute(10), { drift: 1 }),
      );
  });

  it('is another drift when something differs in another way', () => {
    const [differs, otherwise] = ['10.0.0.2', '10.0.0.3'].map((discovered): DriftItem => ({
      ...unknown('a'),
      kind: 'different',
      member: 'ip_address',
      registered: '10.0.0.1',
      discovered,
    }));
    given(synchronisation, started('s', 0, 'request'), {
      type: 'DriftAppeared',
      data: { ...differs!, at: minute(0) },
    })
      .when(complete('s', 2, [otherwise!]))
      .yields(
        { type: 'DriftDisappeared', data: { ...differs!, at: minute(2) } },
        { type: 'DriftAppeared', data: { ...otherwise!, at: minute(2) } },
        completed('s', 2, null, { drift: 1 }),
      );
  });

  it('is so much drift at most, what was there first before what is new, and the rest is counted', () => {
    const many = Array.from({ length: 450 }, (_, n) => unknown(`h${n}`));
    const events = given(synchronisation, ...working)
      .when(complete('s', 1, many))
      .events();
    expect(events).toHaveLength(401);
    expect(events.at(-1)?.data).toMatchObject({ drift: 450, omitted: 50 });
    const next = given(synchronisation, scheduled, ...events, started('t', 10))
      .when({ ...complete('t', 11, many.slice(10)) })
      .events();
    expect(next.map(({ type }) => type)).toEqual([
      ...Array.from({ length: 10 }, () => 'DriftDisappeared'),
      ...Array.from({ length: 10 }, () => 'DriftAppeared'),
      'SynchronisationCompleted',
    ]);
    expect(next.at(-1)?.data).toMatchObject({ drift: 440, omitted: 40 });
  });
});
