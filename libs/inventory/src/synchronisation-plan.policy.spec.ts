import { discovered as found, registered } from '#test/support/synchronisation-facts.js';
import { inChunks } from './synchronisation-chunks.policy.js';
import { planOf, type Situation, type SyncedHost } from './synchronisation-plan.policy.js';

const order = {
  cloudId: 'cloud',
  register: true,
  cellId: 'cell',
  deviceType: 'blade',
  labels: true,
  retire: false,
};
const known = (name: string, more: Partial<SyncedHost> = {}): SyncedHost => ({
  ...registered(name),
  labels: new Set(['nova:az=z']),
  managed: true,
  bears: false,
  ...more,
});
const said = (name: string) => [name, { deviceId: `id-${name}`, labels: new Set(['nova:az=z']) }] as const;
const situation = (more: Partial<Situation>): Situation => ({
  order,
  found: [],
  hosts: [],
  names: new Set(more.hosts?.map(({ name }) => name)),
  said: new Map(),
  idFor: (name) => `new-${name}`,
  serviceIdFor: (name) => `service-${name}`,
  ...more,
});
const kinds = ({ drift }: { drift: readonly { kind: string; name: string }[] }) =>
  drift.map(({ kind, name }) => `${kind} ${name}`);

describe('the plan of a synchronisation', () => {
  it('registers what only the cloud has, with labels, as it is there', () => {
    const plan = planOf(situation({ found: [found('a', { enabled: false, ipAddress: null })] }));
    expect(plan.registrations).toEqual([
      {
        deviceId: 'new-a',
        kind: 'host',
        cloudId: 'cloud',
        name: 'a',
        ipAddress: '::',
        deviceType: 'blade',
        cellId: 'cell',
        parentId: null,
        active: false,
        note: null,
        labels: ['nova:az=z'],
      },
    ]);
    expect(plan.services).toMatchObject([
      { serviceId: 'service-a', name: 'a', deviceId: 'new-a', enabled: false },
    ]);
    expect(plan.labellings).toEqual([]);
  });

  it('tells of a host that it registers what differs from the first moment', () => {
    expect(kinds(planOf(situation({ found: [found('a', { up: false })] })))).toEqual(['different a']);
  });

  it('registers nothing when it is not to, nor under a name that something else has', () => {
    const off = planOf(situation({ found: [found('a')], order: { ...order, register: false } }));
    expect([off.registrations, kinds(off)]).toEqual([[], ['unregistered a']]);
    expect(off.services).toMatchObject([{ name: 'a', deviceId: null }]);
    const taken = planOf(situation({ found: [found('a')], names: new Set(['a']) }));
    expect([taken.registrations, kinds(taken)]).toEqual([[], ['unregistered a']]);
  });

  it('labels what both have, and takes labels off what the cloud has no more', () => {
    const plan = planOf(
      situation({
        found: [found('a', { zone: 'y' }), found('c', { zone: 'y' })],
        hosts: [known('a'), known('b'), known('c', { retired: true })],
        said: new Map([said('a'), said('b')]),
      }),
    );
    expect(plan.labellings).toEqual([
      { type: 'RemoveLabels', deviceId: 'id-a', labels: ['nova:az=z'] },
      { type: 'AddLabels', deviceId: 'id-a', labels: ['nova:az=y'] },
      { type: 'RemoveLabels', deviceId: 'id-b', labels: ['nova:az=z'] },
    ]);
    expect(plan.gone).toEqual(['b']);
  });

  it('does not take from a host what was said of another one of its name', () => {
    const hosts = [known('a', { id: 'later' })];
    const plan = planOf(situation({ found: [found('a', { zone: 'y' })], hosts, said: new Map([said('a')]) }));
    expect(plan.labellings).toEqual([{ type: 'AddLabels', deviceId: 'later', labels: ['nova:az=y'] }]);
  });

  it('leaves labels alone when it is not to set any', () => {
    const hosts = [known('a')];
    const plan = planOf(
      situation({
        order: { ...order, labels: false },
        found: [found('b', { zone: 'y' })],
        hosts,
        said: new Map([said('a')]),
      }),
    );
    expect([plan.labellings, plan.registrations[0]?.labels]).toEqual([[], []]);
  });

  it('reports what has disappeared, and retires it only when told to, when it was its own and nobody needs it', () => {
    const hosts = [
      known('gone'),
      known('claimed', { claimed: true }),
      known('bearing', { bears: true }),
      known('theirs', { managed: false }),
      known('a'),
    ];
    const reporting = planOf(situation({ found: [found('a')], hosts }));
    expect(reporting.retirements).toEqual([]);
    expect(kinds(reporting)).toEqual([
      'unknown gone',
      'unknown claimed',
      'unknown bearing',
      'unknown theirs',
    ]);
    const retiring = planOf(situation({ found: [found('a')], hosts, order: { ...order, retire: true } }));
    expect(retiring.retirements.map(({ name }) => name)).toEqual(['gone']);
    expect(kinds(retiring)).toEqual(['unknown claimed', 'unknown bearing', 'unknown theirs']);
  });

  it('retires nothing when the cloud has forgotten most of its hosts', () => {
    const hosts = [known('a'), known('b'), known('c')];
    const plan = planOf(situation({ found: [found('a')], hosts, order: { ...order, retire: true } }));
    expect([plan.retirements, kinds(plan)]).toEqual([[], ['unknown b', 'unknown c']]);
  });

  it('says that a device has no room for a label', () => {
    const labels = new Set(Array.from({ length: 100 }, (_, n) => `rack:${n}`));
    const plan = planOf(situation({ found: [found('a')], hosts: [known('a', { labels })] }));
    expect(plan.drift).toMatchObject([{ member: 'labels', discovered: 'nova:az=z' }]);
  });
});

describe('chunks for the log', () => {
  it('hold so many things and so many characters at most, in order and without loss', () => {
    const many = Array.from({ length: 1201 }, (_, n) => n);
    expect(inChunks(many).map(({ length }) => length)).toEqual([500, 500, 201]);
    const large = ['x'.repeat(150_000), 'y'.repeat(60_000), 'z'.repeat(60_000)];
    expect(inChunks(large).map(({ length }) => length)).toEqual([1, 2]);
    expect(inChunks(many).flat()).toEqual(many);
    expect(inChunks([])).toEqual([]);
  });
});
