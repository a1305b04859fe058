import { discovered as found, registered as known } from '#test/support/synchronisation-facts.js';
import { compare, driftOf, mayRetire } from './synchronisation.policy.js';

describe('synchronisation', () => {
  it('registers what the cloud knows and the inventory does not, and reports what only the inventory has', () => {
    expect(
      compare([found('a'), found('b')], [known('b'), known('c'), known('d', { retired: true })]),
    ).toEqual({
      unregistered: [found('a')],
      differences: [],
      unknown: [known('c')],
    });
  });

  it('reports an address that differs, and keeps quiet where the cloud does not tell', () => {
    const { differences } = compare(
      [found('a', { ipAddress: '10.9.9.9' }), found('b', { ipAddress: null })],
      [known('a'), known('b')],
    );
    expect(differences).toEqual([
      {
        id: 'id-a',
        name: 'a',
        member: 'ip_address',
        registered: '10.0.0.1',
        discovered: '10.9.9.9',
        detail: null,
      },
    ]);
  });

  it('reports an inactive or retired device that works in the cloud', () => {
    const registered = [
      known('a', { active: false }),
      known('b', { active: false }),
      known('c', { retired: true }),
    ];
    const { differences } = compare([found('a'), found('b', { enabled: false }), found('c')], registered);
    expect(differences).toEqual([
      { id: 'id-a', name: 'a', member: 'active', registered: false, discovered: true, detail: null },
      { id: 'id-c', name: 'c', member: 'retired', registered: true, discovered: false, detail: null },
    ]);
  });

  it('reports a device in production that the cloud has disabled or down, and why, unless it is under maintenance', () => {
    const broken = { enabled: false, disabledReason: 'broken fan', up: false };
    const { differences } = compare(
      [found('a', broken), found('b', broken), found('c', broken)],
      [known('a'), known('b', { claimed: true }), known('c', { active: false })],
    );
    expect(differences).toEqual([
      { id: 'id-a', name: 'a', member: 'enabled', registered: true, discovered: false, detail: 'broken fan' },
      { id: 'id-a', name: 'a', member: 'up', registered: true, discovered: false, detail: null },
    ]);
  });

  it('says what is left to be settled, and whose name stands in the way', () => {
    const drift = driftOf(
      compare([found('a'), found('taken'), found('b', { up: false })], [known('b'), known('c')]),
      new Set(['taken', 'b', 'c']),
    );
    const nothing = { member: null, registered: null, discovered: null, detail: null };
    expect(drift).toEqual([
      { kind: 'unregistered', name: 'a', deviceId: null, ...nothing },
      {
        kind: 'unregistered',
        name: 'taken',
        deviceId: null,
        ...nothing,
        detail: 'a device of another kind has the name',
      },
      { kind: 'unknown', name: 'c', deviceId: 'id-c', ...nothing },
      {
        kind: 'different',
        name: 'b',
        deviceId: 'id-b',
        member: 'up',
        registered: true,
        discovered: false,
        detail: null,
      },
    ]);
  });

  it.each([
    [0, 5, false],
    [1, 1, true],
    [3, 2, false],
    [1, 0, false],
  ])('does not let go of %d hosts at a time while the cloud has %d left: %s', (gone, left, may) => {
    expect(mayRetire(gone, left)).toBe(may);
  });

  it('compares with the device in service where a retired one had the name before', () => {
    const { differences, unregistered } = compare([found('a')], [known('a', { retired: true }), known('a')]);
    expect([differences, unregistered]).toEqual([[], []]);
  });
});
