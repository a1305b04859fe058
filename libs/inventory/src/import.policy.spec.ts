import { type ImportedThing, inOrder } from './import.policy.js';
import { missingDevices } from './import-devices.policy.js';
import { planInRegion } from './import-region.policy.js';
import { RegionTrial } from './import-trial.policy.js';
import { copyOf } from './region-copy.policy.js';
import { region, type RegionCommand } from './region.decider.js';
import { emptyRegion, type Region } from './region-state.policy.js';

const thing = (name: string, more: Partial<ImportedThing> = {}): ImportedThing => ({
  kind: 'host',
  name,
  place: {},
  fields: {},
  fallback: { ip_address: '::', device_type: 'server' },
  labels: [],
  ...more,
});

const under = (name: string, parent: string) => thing(name, { place: { parent } });

const ordered = (things: readonly ImportedThing[]) => {
  const { things: all, circles } = inOrder(things, (_, name) => name);
  return { names: all.map(({ name }) => name), circles: [...circles.keys()].map(({ name }) => name) };
};

let ids = 0;
const trialOf = (state: Region, managedBy?: string) =>
  new RegionTrial(copyOf(state), {
    cloudId: 'c',
    newId: () => `id-${(ids += 1)}`,
    createPlaces: false,
    managedBy,
  });

/** Does in a region what was planned for it. */
const done = (state: Region, commands: readonly RegionCommand[]): void => {
  for (const command of commands)
    for (const event of region.decide(command, state)) region.evolve(state, event);
};

const imported = (state: Region, things: readonly ImportedThing[], managedBy?: string) => {
  const trial = trialOf(state, managedBy);
  const planned = things.map((one) => planInRegion(trial, one));
  for (const { commands } of planned) done(state, commands);
  return planned;
};

describe('the order of an import', () => {
  it('has everything after what it hangs on, and otherwise as it came', () => {
    const things = [
      thing('eth0', { kind: 'interface' }),
      under('leaf', 'branch'),
      thing('x'),
      under('branch', 'root'),
      thing('root'),
      thing('lan', { kind: 'network' }),
      thing('rack', { kind: 'cell' }),
      thing('east', { kind: 'region' }),
      thing('prod', { kind: 'cloud' }),
    ];
    expect(ordered(things)).toEqual({
      names: ['prod', 'east', 'rack', 'lan', 'root', 'branch', 'leaf', 'x', 'eth0'],
      circles: [],
    });
  });

  it('knows a circle from what only hangs on one', () => {
    const things = [
      under('tail', 'a'),
      under('a', 'b'),
      under('b', 'c'),
      under('c', 'a'),
      under('self', 'self'),
    ];
    const { names, circles } = ordered(things);
    expect(names.toSorted()).toEqual(['a', 'b', 'c', 'self', 'tail']);
    expect(circles.toSorted()).toEqual(['a', 'b', 'c', 'self']);
  });

  it('takes a line of a hundred thousand devices', () => {
    const things = Array.from({ length: 100_000 }, (_, n) => under(`n${n}`, `n${n + 1}`));
    expect(ordered(things).names[0]).toBe('n99999');
    expect(ordered([...things, under('n100000', 'n0')]).circles).toHaveLength(100_001);
  });
});

describe('an import into a region', () => {
  const fleet = [
    thing('rack', { kind: 'cell' }),
    thing('lan', { kind: 'network', fields: { cidr: '10.0.0.0/24' }, fallback: { gateway: '10.0.0.1' } }),
    thing('a', { place: { cell: 'rack' }, labels: ['x'], fields: { active: false } }),
    thing('b', { kind: 'container', place: { parent: 'a' } }),
    thing('eth0', {
      kind: 'interface',
      place: { device: 'a' },
      fields: { network: 'lan', speed: 10 },
      fallback: { interface_type: 'unknown', ip_address: '::' },
    }),
  ];

  it('comes to nothing the second time', () => {
    const state = emptyRegion();
    expect(imported(state, fleet).map(({ result }) => result)).toEqual(fleet.map(() => 'created'));
    const again = imported(state, fleet);
    expect(again.map(({ result, commands }) => [result, commands])).toEqual(
      fleet.map(() => ['unchanged', []]),
    );
  });

  it('does nothing to the region that it was planned for', () => {
    const state = emptyRegion();
    imported(state, fleet);
    const before = structuredClone(state);
    const trial = trialOf(state);
    planInRegion(trial, thing('a', { fields: { note: 'new' }, labels: ['y'] }));
    planInRegion(trial, thing('c', { place: { parent: 'b' } }));
    planInRegion(trial, thing('rack', { kind: 'cell', fields: { note: 'new' } }));
    expect(state).toEqual(before);
  });

  it('says what it changes in the words of the source', () => {
    const state = emptyRegion();
    imported(state, fleet);
    const changed = [
      thing('a', { fields: { active: true, device_type: 'blade' } }),
      thing('lan', { kind: 'network', fields: { cidr: '10.0.0.0/25', network_type: 'vlan', nss: 'x' } }),
      thing('eth0', { kind: 'interface', place: { device: 'a' }, fields: { speed: 20 } }),
    ];
    expect(imported(state, changed).map(({ changes }) => changes.map(({ member }) => member))).toEqual([
      ['device_type', 'active'],
      ['cidr', 'network_type', 'nss'],
      ['speed'],
    ]);
  });

  it('moves an interface to the network and address that the source says', () => {
    const state = emptyRegion();
    imported(state, fleet);
    const port = (fields: object) =>
      thing('eth0', { kind: 'interface', place: { device: 'a' }, fields: { ...fields } });
    const wide = { cidr: '10.1.0.0/24', gateway: '10.1.0.1' };
    const [, moved] = imported(state, [
      thing('wan', { kind: 'network', fields: wide }),
      port({ ip_address: '10.1.0.9', network: 'wan', vlan_id: 7 }),
    ]);
    expect(moved?.changes).toEqual([
      { member: 'ip_address', before: '::', after: '10.1.0.9' },
      { member: 'vlan_id', before: null, after: 7 },
      { member: 'network', before: 'lan', after: 'wan' },
    ]);
    expect(imported(state, [port({ network: 'wan', speed: 10 })])).toMatchObject([{ result: 'unchanged' }]);
    expect(() => planInRegion(trialOf(state), port({ network: 'lan' }))).toThrow(
      /must be in 10\.0\.0\.0\/24/,
    );
  });

  it.each([
    ['not-found', thing('n', { place: { cell: 'nowhere' } })],
    ['not-found', under('n', 'nobody')],
    ['not-found', thing('n', { kind: 'interface', place: { device: 'nobody' } })],
    ['validation-failed', thing('n', { kind: 'interface' })],
    ['already-exists', thing('a', { kind: 'container' })],
    ['illegal-state', under('a', 'b')],
    [
      'validation-failed',
      thing('n', { kind: 'network', fields: { cidr: '10.0.0.0/24', gateway: '11.0.0.1' } }),
    ],
  ])('refuses with %s what the region would refuse', (code, one) => {
    const state = emptyRegion();
    imported(state, fleet);
    expect(() => planInRegion(trialOf(state), one)).toThrow(expect.objectContaining({ code }) as Error);
  });

  it('finds what its mark brought and the source no longer has, children first', () => {
    const state = emptyRegion();
    imported(state, [thing('other')]);
    imported(state, [thing('a'), under('b', 'a'), under('c', 'b'), thing('kept')], 'mark');
    const missing = (mark?: string) =>
      missingDevices(trialOf(state, mark), (name) => name === 'kept').map(({ name }) => name);
    expect(missing('mark')).toEqual(['c', 'b', 'a']);
    expect([missing('another'), missing()]).toEqual([[], []]);
  });
});
