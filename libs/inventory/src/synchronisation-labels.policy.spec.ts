import { labelsFor, relabelled, stillSaid } from './synchronisation-labels.policy.js';

const now = { zone: 'az-1', aggregates: ['ssd', 'gpu'] };
const all = ['nova:az=az-1', 'nova:aggregate=ssd', 'nova:aggregate=gpu'];
const none: ReadonlySet<string> = new Set();

describe('labels of what the cloud says', () => {
  it('name the availability zone and each aggregate', () => {
    expect(labelsFor(now)).toEqual(all);
    expect(labelsFor({ zone: null, aggregates: null })).toEqual([]);
  });

  it('are left out where a name makes no label', () => {
    expect(labelsFor({ zone: 'a'.repeat(250), aggregates: ['line\nbreak', 'ok'] })).toEqual([
      'nova:aggregate=ok',
    ]);
  });

  it('are added where they are missing, beside those of people', () => {
    expect(relabelled(new Set(['rack:7', 'nova:az=az-1']), none, now)).toEqual({
      added: ['nova:aggregate=ssd', 'nova:aggregate=gpu'],
      removed: [],
      refused: [],
    });
  });

  it('are removed when the cloud no longer says so, and only those that it has said', () => {
    const theirs = ['nova:az=mine', 'nova:aggregate=mine', 'rack:7'];
    const labels = new Set([...all, ...theirs]);
    expect(relabelled(labels, new Set(all), { zone: 'az-2', aggregates: ['gpu'] })).toEqual({
      added: ['nova:az=az-2'],
      removed: ['nova:az=az-1', 'nova:aggregate=ssd'],
      refused: [],
    });
  });

  it('stay when a person has taken them away and the cloud has nothing to say of it any more', () => {
    expect(relabelled(new Set(['rack:7']), new Set(all), { zone: 'az-1', aggregates: [] })).toEqual({
      added: ['nova:az=az-1'],
      removed: [],
      refused: [],
    });
  });

  it('are left alone where the cloud does not tell', () => {
    const untold = { zone: 'az-2', aggregates: null };
    expect(relabelled(new Set(all), new Set(all), untold)).toMatchObject({ removed: ['nova:az=az-1'] });
    expect(stillSaid(new Set(all), untold)).toEqual(
      new Set(['nova:az=az-2', 'nova:aggregate=ssd', 'nova:aggregate=gpu']),
    );
  });

  it('are refused beyond the hundred that a device may have, counted without those that go', () => {
    const full = new Set([...Array.from({ length: 98 }, (_, n) => `rack:${n}`), 'nova:az=az-0']);
    expect(relabelled(full, new Set(['nova:az=az-0']), now)).toEqual({
      added: ['nova:az=az-1', 'nova:aggregate=ssd'],
      removed: ['nova:az=az-0'],
      refused: ['nova:aggregate=gpu'],
    });
  });
});
