import { jest } from '@jest/globals';
import type { RecordedEvent } from '#libs/platform/src/event-store/event-store.js';
import { until } from '#test/support/until.js';
import { signal } from './harness.js';
import { endless, other, quick, Scene } from './scene.js';
import type { Heard } from './witness.js';

interface Drift {
  readonly made_at: string;
  readonly drift: readonly {
    readonly kind: string;
    readonly name: string;
    readonly member: string | null;
    readonly detail: string | null;
    readonly since: string;
  }[];
}

interface State {
  readonly outcome: string;
  readonly cause: string;
  readonly started_at: string;
  readonly made_at: string;
  readonly reason: string | null;
}

interface Host {
  readonly labels: readonly string[];
}

const aggregate = 'ssd of craton';
const zone = 'az-of-craton';
const everySeconds = 60;
/** One interval, and what the cloud takes to answer. */
const patienceMs = 2.5 * everySeconds * 1000;

describe('a region that is kept like a real cloud', () => {
  jest.setTimeout(600_000);
  const scene = new Scene();
  let region: string;
  let events: readonly RecordedEvent[];
  let heard: readonly Heard[];

  const drift = () => scene.craton.send<Drift>('GET', `/v1/regions/${region}/drift`);
  const labelsOf = async (name: string) =>
    (await scene.craton.send<Host>('GET', `/v1/hosts/${scene.host(name).id}`)).labels;
  const state = () => scene.craton.send<State>('GET', `/v1/regions/${region}/synchronisation`);
  /** The labels of two hosts and the drift, as they are after one synchronisation that began after this was asked for. */
  const afterTheNext = async () => {
    const asked = new Date().toISOString();
    let seen: State | undefined;
    await until(
      async () => {
        seen = await state();
        return seen.outcome === 'completed' && seen.started_at > asked && seen.cause === 'schedule';
      },
      patienceMs,
      () => `the region was not synchronised: ${JSON.stringify(seen)}`,
    );
    return { quick: await labelsOf(quick), endless: await labelsOf(endless), drift: await drift() };
  };
  const withoutNova = async () => {
    await signal('nova-api', 'SIGSTOP');
    try {
      let seen: State | undefined;
      await until(
        async () => (seen = await state()).outcome === 'failed',
        patienceMs,
        () => `the region was synchronised: ${JSON.stringify(seen)}`,
      );
      return seen as unknown as State;
    } finally {
      await signal('nova-api', 'SIGCONT');
    }
  };
  let before: Awaited<ReturnType<typeof afterTheNext>>;
  let meanwhile: typeof before;
  let afterwards: typeof before;
  /** How a synchronisation ended that Nova did not answer. */
  let unanswered: State;

  beforeAll(async () => {
    await scene.open();
    const { craton, operator } = scene;
    const { regions } = await craton.send<{ regions: readonly { id: string }[] }>('GET', '/v1/regions');
    region = regions[0]!.id;
    const person = { labels: ['rack:7', `nova:az=${zone} of a person`] };
    await craton.send('PUT', `/v1/hosts/${scene.host(quick).id}/labels`, person);
    const schedule = { every_seconds: everySeconds };
    await craton.send('PUT', `/v1/regions/${region}/synchronisation`, schedule);
    before = await afterTheNext();
    await operator.group(aggregate, [quick], zone);
    await operator.set(other, false, 'broken fan');
    meanwhile = await afterTheNext();
    await operator.group(aggregate, []);
    await operator.set(other, true);
    afterwards = await afterTheNext();
    unanswered = await withoutNova();
    await afterTheNext();
    events = await craton.events();
    heard = await scene.witness.hearsAll(events.map(({ id }) => id));
  });
  afterAll(async () => {
    await scene.operator.group(aggregate, []);
    await scene.close();
  });

  const ours = ['rack:7', `nova:az=${zone} of a person`];

  it('has labels of the zone and the aggregates, as long as Nova says so', () => {
    expect(before.quick.toSorted()).toEqual(['nova:az=nova', ...ours].toSorted());
    expect(meanwhile.quick.toSorted()).toEqual(
      [`nova:az=${zone}`, `nova:aggregate=${aggregate}`, ...ours].toSorted(),
    );
    expect(afterwards.quick.toSorted()).toEqual(before.quick.toSorted());
    for (const { endless: labels } of [before, meanwhile, afterwards])
      expect(labels).toEqual(['nova:az=nova']);
  });

  it('differs from the cloud as long as a service is disabled there, and it is known why and since when', () => {
    expect([before.drift.drift, afterwards.drift.drift]).toEqual([[], []]);
    expect(meanwhile.drift.drift).toMatchObject([
      { kind: 'different', name: other, member: 'enabled', detail: 'broken fan' },
    ]);
    expect(Date.parse(meanwhile.drift.drift[0]!.since)).toBeGreaterThan(Date.parse(before.drift.made_at));
  });

  it('shows the service as Nova has it', async () => {
    const path = `/v1/regions/${region}/services?name=${other}`;
    const { services } = await scene.craton.send<{ services: readonly object[] }>('GET', path);
    expect(services).toMatchObject([
      { host_id: scene.host(other).id, up: true, enabled: true, zone: 'nova', aggregates: [] },
    ]);
  });

  it('is told of to whoever listens, by oslo.messaging', () => {
    const told = heard
      .toSorted((a, b) => (a.payload.cursor < b.payload.cursor ? -1 : 1))
      .filter(({ type }) => type.startsWith('inventory.drift.') || type.startsWith('inventory.device.labels'))
      .map(({ type, payload }) => [type, payload['name'] ?? payload['labels']]);
    expect(told).toEqual([
      ['inventory.device.labels_added', ours],
      ['inventory.device.labels_removed', ['nova:az=nova']],
      ['inventory.device.labels_added', [`nova:az=${zone}`, `nova:aggregate=${aggregate}`]],
      ['inventory.drift.appeared', other],
      ['inventory.device.labels_removed', [`nova:az=${zone}`, `nova:aggregate=${aggregate}`]],
      ['inventory.device.labels_added', ['nova:az=nova']],
      ['inventory.drift.disappeared', other],
    ]);
  });

  it('is told to have failed while Nova is silent, and keeps what was known', () => {
    expect(unanswered).toMatchObject({
      outcome: 'failed',
      reason: expect.stringMatching(/^the cloud does not tell its hosts: /),
      made_at: afterwards.drift.made_at,
    });
  });

  it('was synchronised by the schedule, one at a time, and failed but once', () => {
    const works = events.map(({ type }) => type).filter((type) => /^Synchronisation(St|C|F)/.test(type));
    expect(works.length).toBeGreaterThanOrEqual(12);
    expect(works.filter((_, index) => index % 2 === 0)).toEqual(
      works.filter((type) => type.endsWith('Started')),
    );
    expect(works.filter((type) => type === 'SynchronisationFailed')).toHaveLength(1);
  });
});
