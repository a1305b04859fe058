import type { Clock } from '#libs/platform/src/clock.js';
import { Circuits } from './circuits.js';
import { Memory } from './memory.js';
import { ProviderFailure } from './provider.port.js';

const start = Date.parse('2026-01-01T00:00:00Z');

class Hand implements Clock {
  ms = start;
  now(): Date {
    return new Date(this.ms);
  }
}

const failure = new ProviderFailure('unavailable', 'away');

describe('what is remembered of providers', () => {
  let clock: Hand;
  let memory: Memory;
  beforeEach(() => {
    clock = new Hand();
    memory = new Memory(clock);
  });

  it('is what was seen last, and why there is nothing newer since when', () => {
    memory.see('a', '1');
    clock.ms += 60_000;
    memory.fail('a', failure);
    clock.ms += 60_000;
    memory.fail('a', new ProviderFailure('unusable', 'odd'));
    expect(memory.get('a')).toMatchObject({
      seen: { text: '1', at: new Date(start) },
      trouble: { code: 'unusable', message: 'odd', since: new Date(start + 60_000) },
    });
    memory.see('a', '2');
    expect(memory.get('a')).toMatchObject({ seen: { text: '2' }, trouble: undefined });
    expect(memory.get('b')).toMatchObject({ seen: undefined, trouble: undefined });
  });

  it('lets what fails rest, longer each time and never longer than a minute', () => {
    const rests: number[] = [];
    for (let failures = 1; failures <= 9; failures += 1) {
      memory.fail('x', failure);
      const from = clock.ms;
      while (memory.isResting('x')) clock.ms += 500;
      rests.push(clock.ms - from);
    }
    expect(rests).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
    memory.see('x', '1');
    expect(memory.isResting('x')).toBe(false);
  });

  it('has room for so much, and forgets first what was not used for longest', () => {
    const small = new Memory(clock, { entries: 3, text: 5000 });
    for (const key of ['a', 'b', 'c']) small.see(key, key);
    small.get('a');
    small.see('d', 'd');
    const known = () => ['a', 'b', 'c', 'd', 'e'].filter((key) => small.get(key).seen);
    expect(known()).toEqual(['a', 'c', 'd']);
    small.see('e', 'x'.repeat(4200));
    expect(known()).toEqual(['e']);
    small.see('e', 'x');
    for (const key of ['a', 'b']) small.see(key, key);
    expect(known()).toEqual(['a', 'b', 'e']);
  });
});

describe('a place that does not answer', () => {
  it('is asked no more after three times, then by one at a time after a pause, and by all when it answers', () => {
    const clock = new Hand();
    const circuits = new Circuits(clock);
    for (const _ of [1, 2]) circuits.failed('p');
    expect(circuits.admits('p')).toBe(true);
    circuits.failed('p');
    expect([circuits.admits('p'), circuits.admits('q')]).toEqual([false, true]);
    clock.ms += 1000;
    expect([circuits.admits('p'), circuits.admits('p')]).toEqual([true, false]);
    circuits.failed('p');
    clock.ms += 1999;
    expect(circuits.admits('p')).toBe(false);
    clock.ms += 1;
    expect(circuits.admits('p')).toBe(true);
    circuits.succeeded('p');
    expect([circuits.admits('p'), circuits.admits('p')]).toEqual([true, true]);
  });
});
