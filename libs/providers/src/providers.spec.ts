import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import type { Clock } from '#libs/platform/src/clock.js';
import type { BindingAsked } from './binding.js';
import { type Lookup, Provider, ProviderFailure, type Subject } from './provider.port.js';
import { mostAtOnce, Providers } from './providers.js';

const start = new Date('2026-01-01T00:00:00Z');

class Hand implements Clock {
  ms = start.getTime();
  now(): Date {
    return new Date(this.ms);
  }
}

const host: Subject = { id: 'h1', kind: 'host', name: 'one', ipAddress: '192.0.2.1', projectId: 'p' };

/** Says what the test says. */
class Told extends Provider {
  override readonly name = 'told';
  readonly asked: string[] = [];
  answer: (signal: AbortSignal) => Promise<Json> = async () => ({ a: 1 });

  override check(_settings: JsonObject): void {}

  override lookup({ place = 'there', of = null }: JsonObject, { name }: Subject): Lookup {
    if (of === 'a defect') throw new TypeError('settings');
    if (of === 'nobody') throw new ProviderFailure('unusable', 'it has none');
    const ask = (signal: AbortSignal) => {
      this.asked.push(name);
      return this.answer(signal);
    };
    return { question: name, place: place as string, ask };
  }
}

describe('variables that are looked up', () => {
  let clock: Hand;
  let told: Told;
  let providers: Providers;
  let notices: unknown[];
  beforeEach(() => {
    clock = new Hand();
    told = new Told();
    notices = [];
    providers = new Providers([told], clock, {
      place: (message) => notices.push(message),
      defect: (error) => notices.push(error),
    });
  });

  const bound = (more: Partial<BindingAsked> = {}, key = 'k') => ({
    key,
    binding: { ...providers.checked({ provider: 'told', settings: {}, ...more }, 'p') } as unknown as Json,
  });
  const one = async (more: Partial<BindingAsked> = {}, subject = host) =>
    (await providers.read([bound(more)], subject)).get('k');
  const fails = (code: 'unavailable' | 'unusable' = 'unavailable') =>
    Object.assign(told, { answer: () => Promise.reject(new ProviderFailure(code, 'no')) });
  const never = () => new Promise<Json>(() => undefined);
  /** Waits as long as it must for an answer that is let go by hand. */
  const held = () => {
    const { promise, resolve } = Promise.withResolvers<Json>();
    told.answer = () => promise;
    return resolve;
  };

  it('are what the path selects in the answer', async () => {
    expect(await one({ path: '$.a' })).toEqual({
      provider: 'told',
      seen: { text: '1', at: start },
      trouble: undefined,
    });
    expect(await one({ path: '$.*' })).toMatchObject({ seen: { text: '[1]' } });
  });

  it('are asked for once while an answer is fresh, by each subject and binding for itself', async () => {
    await one({ cache_seconds: 10 });
    clock.ms += 9_999;
    await one({ cache_seconds: 10 });
    expect(told.asked).toEqual(['one']);
    await one({ cache_seconds: 10 }, { ...host, name: 'two' });
    await one({ cache_seconds: 10, path: '$.a' });
    expect(told.asked).toEqual(['one', 'two', 'one']);
    clock.ms += 1;
    await one({ cache_seconds: 10 });
    expect(told.asked).toHaveLength(4);
  });

  it('are asked for once, however many wait', async () => {
    const answer = held();
    const reads = [one(), one(), one()];
    answer(7);
    expect((await Promise.all(reads)).map((reading) => reading?.seen?.text)).toEqual(['7', '7', '7']);
    expect(told.asked).toHaveLength(1);
  });

  it('show the last known value and its trouble while no new one comes, unless an error is wanted', async () => {
    await one();
    await one({ on_failure: 'error' });
    clock.ms += 60_000;
    fails();
    const trouble = { code: 'unavailable', message: 'no', since: new Date(clock.ms) };
    expect(await one()).toEqual({ provider: 'told', seen: { text: '{"a":1}', at: start }, trouble });
    expect(await one({ on_failure: 'error' })).toEqual({ provider: 'told', seen: undefined, trouble });
  });

  it('are not asked for again at once when they failed', async () => {
    fails('unusable');
    await one();
    await one();
    expect(told.asked).toHaveLength(1);
    clock.ms += 1000;
    await one();
    expect(told.asked).toHaveLength(2);
    told.answer = async () => 1;
    clock.ms += 2000;
    expect(await one()).toMatchObject({ seen: { text: '1' }, trouble: undefined });
  });

  it('are not asked for at a place that did not answer others', async () => {
    fails();
    for (const name of ['a', 'b', 'c']) await one({}, { ...host, name });
    expect(await one()).toMatchObject({ trouble: { code: 'unavailable', message: /not asked/ } });
    expect(told.asked).toEqual(['a', 'b', 'c']);
    expect(await one({ settings: { place: 'elsewhere' } })).toMatchObject({ trouble: { message: 'no' } });
    told.answer = async () => 1;
    clock.ms += 1000;
    expect(await one()).toMatchObject({ seen: { text: '1' }, trouble: undefined });
    expect(notices).toEqual([expect.stringMatching(/^there did not answer/), 'there answers again']);
  });

  it('are asked for again at a place that answers, be it with nothing that is wanted', async () => {
    fails();
    for (const name of ['a', 'b', 'c']) await one({}, { ...host, name });
    clock.ms += 1000;
    fails('unusable');
    await one({}, { ...host, name: 'd' });
    told.answer = async () => 1;
    expect(await one()).toMatchObject({ seen: { text: '1' }, trouble: undefined });
  });

  it('do not wait for each other', async () => {
    const { promise: released, resolve: release } = Promise.withResolvers<Json>();
    told.answer = async (signal) => (told.asked.length === 1 ? released : (signal.throwIfAborted(), 2));
    const reads = providers.read([bound({}, 'slow'), bound({ path: '$', cache_seconds: 5 }, 'quick')], host);
    await one({ cache_seconds: 5 });
    release(1);
    const texts = [...(await reads)].map(([key, { seen }]) => [key, seen?.text]);
    expect(texts).toEqual([
      ['slow', '1'],
      ['quick', '2'],
    ]);
  });

  it('are given up after their timeout, even when the provider does not heed it', async () => {
    told.answer = never;
    const both = [bound({ timeout_ms: 50 }, 'a'), bound({ timeout_ms: 60 }, 'b')];
    const reading = await providers.read(both, host);
    expect([...reading.values()].map(({ trouble }) => trouble)).toEqual([
      expect.objectContaining({ code: 'unavailable', message: expect.stringMatching(/within 50 ms/) }),
      expect.objectContaining({ code: 'unavailable', message: expect.stringMatching(/within 60 ms/) }),
    ]);
  });

  it('wait for their turn at a place that many ask, no longer than their timeout', async () => {
    told.answer = never;
    const many = Array.from({ length: 40 }, (_, index) => bound({ timeout_ms: 50 + index }, `k${index}`));
    const reading = await providers.read(many, host);
    expect([...reading.values()].filter(({ trouble }) => trouble?.code === 'unavailable')).toHaveLength(40);
    // Sixteen at once; who has to wait may get in when those are given up, but not all do.
    expect(told.asked.length).toBeGreaterThanOrEqual(16);
    expect(told.asked.length).toBeLessThan(40);
  });

  it('are looked up so many at once', async () => {
    const many = Array.from({ length: mostAtOnce + 1 }, (_, index) =>
      bound({ cache_seconds: index + 1 }, `k${index}`),
    );
    const reading = await providers.read(many, host);
    expect([...reading].filter(([, { trouble }]) => trouble)).toEqual([
      [`k${mostAtOnce}`, expect.objectContaining({ trouble: expect.objectContaining({ code: 'refused' }) })],
    ]);
  });

  it.each<[string, Json, Partial<BindingAsked>, RegExp]>([
    ['nothing', {}, { path: '$.b' }, /selects nothing/],
    ['too much', 'x'.repeat(65_536), {}, /longer than 65536/],
    [
      'what takes too long',
      Array.from({ length: 2000 }, () => 1),
      { path: '$[?count($..*) > 0]' },
      /too large for the path/,
    ],
  ])('have no value when %s is selected', async (_, answer, more, message) => {
    told.answer = async () => answer;
    expect(await one(more)).toMatchObject({
      seen: undefined,
      trouble: { code: 'unusable', message: expect.stringMatching(message) },
    });
  });

  it('say why a subject has none', async () => {
    expect(await one({ settings: { of: 'nobody' } })).toMatchObject({
      trouble: { code: 'unusable', message: 'it has none' },
    });
    const stranger = { key: 'k', binding: { provider: 'gone', settings: {} } };
    expect((await providers.read([stranger], host)).get('k')).toMatchObject({
      provider: 'gone',
      trouble: { code: 'unusable' },
    });
  });

  it('tell nobody but the operator of a defect of a provider', async () => {
    const defect = new Error('with a secret');
    told.answer = () => Promise.reject(defect);
    expect(await one()).toMatchObject({ trouble: { code: 'unusable', message: 'the provider failed' } });
    expect(await one({ settings: { of: 'a defect' } })).toMatchObject({ trouble: { code: 'unusable' } });
    expect(notices).toEqual([defect, new TypeError('settings')]);
  });

  it('have a binding with what it leaves out', () => {
    expect(providers.checked({ provider: 'told', settings: {} }, 'p')).toEqual({
      provider: 'told',
      settings: {},
      path: '$',
      timeout_ms: 2000,
      cache_seconds: 60,
      on_failure: 'last-known',
    });
    const refused = (asked: BindingAsked) => {
      try {
        providers.checked(asked, 'p');
      } catch (error) {
        return (error as { violations: { member: string }[] }).violations.map(({ member }) => member);
      }
      return undefined;
    };
    expect(refused({ provider: 'toString', settings: {} })).toEqual(['provider']);
    expect(refused({ provider: 'told', settings: {}, path: 'a' })).toEqual(['path']);
  });
});
