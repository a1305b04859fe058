import { compare, type DiscoveredHost, type RegisteredHost } from './synchronisation.policy.js';

const found = (name: string, more: Partial<DiscoveredHost> = {}): DiscoveredHost => ({
  name,
  ipAddress: '10.0.0.1',
  up: true,
  enabled: true,
  ...more,
});
const known = (name: string, more: Partial<RegisteredHost> = {}): RegisteredHost => ({
  id: `id-${name}`,
  name,
  ipAddress: '10.0.0.1',
  active: true,
  retired: false,
  ...more,
});

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
      { id: 'id-a', name: 'a', member: 'ip_address', registered: '10.0.0.1', discovered: '10.9.9.9' },
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
      { id: 'id-a', name: 'a', member: 'active', registered: false, discovered: true },
      { id: 'id-c', name: 'c', member: 'retired', registered: true, discovered: false },
    ]);
  });

  it('compares with the device in service where a retired one had the name before', () => {
    const { differences, unregistered } = compare([found('a')], [known('a', { retired: true }), known('a')]);
    expect([differences, unregistered]).toEqual([[], []]);
  });
});
