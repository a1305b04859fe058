import { Logger } from '@nestjs/common';
import { DomainError } from '#libs/kernel/src/errors.js';
import { Clock } from '#libs/platform/src/clock.js';
import { Buckets } from './buckets.js';
import { FailedLogins, sourceOf } from './failed-logins.js';

class TestClock extends Clock {
  ms = Date.UTC(2026, 10, 23, 8);
  override now(): Date {
    return new Date(this.ms);
  }
}

const refusalOf = (demand: () => void): DomainError | undefined => {
  try {
    demand();
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
  return undefined;
};

describe('a bucket', () => {
  it('holds so many, and is refilled one by one', () => {
    const buckets = new Buckets({ burst: 3, everyMs: 1000 });
    for (const left of [0, 0, 1000]) {
      buckets.take('a', 0);
      expect(buckets.waitFor('a', 0)).toBe(left);
    }
    expect(buckets.waitFor('a', 999)).toBe(1);
    expect(buckets.waitFor('a', 1000)).toBe(0);
    buckets.take('a', 1000);
    expect(buckets.waitFor('a', 1000)).toBe(1000);
    expect(buckets.waitFor('b', 0)).toBe(0);
  });

  it('is owed what was taken while it was empty', () => {
    const buckets = new Buckets({ burst: 1, everyMs: 1000 });
    for (let taken = 0; taken < 5; taken++) buckets.take('a', 0);
    expect(buckets.waitFor('a', 0)).toBe(5000);
    expect(buckets.waitFor('a', 5000)).toBe(0);
  });

  it('never holds more than so many, however long nobody took anything', () => {
    const buckets = new Buckets({ burst: 2, everyMs: 1000 });
    buckets.take('a', 0);
    buckets.take('a', 3_600_000);
    buckets.take('a', 3_600_000);
    expect(buckets.waitFor('a', 3_600_000)).toBe(1000);
  });

  it('takes bounded memory, and forgets first what was not touched for longest', () => {
    const buckets = new Buckets({ burst: 1, everyMs: 1_000_000 });
    buckets.take('first', 0);
    buckets.take('second', 0);
    buckets.take('first', 0);
    for (let other = 0; other < 19_999; other++) buckets.take(`other ${other}`, 0);
    expect(buckets.size).toBe(20_000);
    expect(buckets.waitFor('second', 0)).toBe(0);
    expect(buckets.waitFor('first', 0)).toBe(2_000_000);
  });
});

describe('failed logins', () => {
  let clock: TestClock;
  let failures: FailedLogins;
  const warnings: unknown[] = [];
  const warn = (facts: unknown) => void warnings.push(facts);
  beforeAll(() => Logger.overrideLogger({ warn, log: warn, error: warn }));
  beforeEach(() => {
    clock = new TestClock();
    failures = new FailedLogins(clock);
  });
  const fail = (times: number, address: string, keyId?: string) => {
    for (let failed = 0; failed < times; failed++) failures.count(address, keyId);
  };

  it('keep a source out for as long as they say, and nobody else', () => {
    fail(19, '192.0.2.1');
    expect(refusalOf(() => failures.demandFew('192.0.2.1', undefined))).toBeUndefined();
    fail(1, '192.0.2.1');
    const refusal = refusalOf(() => failures.demandFew('192.0.2.1', 'k1'));
    expect(refusal).toMatchObject({ code: 'too-many-requests', retryAfterSeconds: 5 });
    expect(refusalOf(() => failures.demandFew('192.0.2.2', 'k1'))).toBeUndefined();
    clock.ms += 5000;
    expect(refusalOf(() => failures.demandFew('192.0.2.1', 'k1'))).toBeUndefined();
  });

  it('are told to the log once a minute, not each', () => {
    warnings.length = 0;
    fail(19, '192.0.2.1', 'k1');
    expect(warnings).toEqual([]);
    for (let second = 0; second < 60; second += 5, clock.ms += 5000) fail(1, '192.0.2.1', 'k1');
    expect(warnings).toEqual([{ address: '192.0.2.1', keyId: 'k1' }]);
    fail(1, '192.0.2.1', 'k1');
    expect(warnings).toHaveLength(2);
  });

  it('keep everybody away from a key that is guessed at from many places', () => {
    for (let place = 0; place < 20; place++) fail(1, `192.0.2.${place}`, 'k1');
    const refusal = refusalOf(() => failures.demandFew('198.51.100.1', 'k1'));
    expect(refusal).toMatchObject({ code: 'too-many-requests', retryAfterSeconds: 1 });
    expect(refusalOf(() => failures.demandFew('198.51.100.1', 'k2'))).toBeUndefined();
  });

  it('of one source alone never use up a key', () => {
    let looked = 0;
    for (let second = 0; second < 600; second++, clock.ms += 1000) {
      if (!refusalOf(() => failures.demandFew('192.0.2.1', 'k1'))) {
        looked += 1;
        fail(1, '192.0.2.1', 'k1');
      }
      expect(refusalOf(() => failures.demandFew('198.51.100.1', 'k1'))).toBeUndefined();
    }
    expect(looked).toBe(139);
  });
});

describe('the source of a request', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::1', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['unknown', 'unknown'],
  ])('%s is %s', (address, source) => {
    expect(sourceOf(address)).toBe(source);
  });
});
