import { nearest, resolve } from './resolution.policy.js';

describe('resolution', () => {
  const own = [
    { ownerId: 'region', key: 'ntp', value: 'r' },
    { ownerId: 'project', key: 'ntp', value: 'p' },
    { ownerId: 'project', key: 'dns', value: 'd' },
    { ownerId: 'host', key: 'ntp', value: null },
    { ownerId: 'stranger', key: 'ntp', value: 's' },
  ];

  it('takes the nearest owner that has the key, null included, and says what it shadows', () => {
    const resolved = resolve(['host', 'cell', 'region', 'cloud', 'project'], own);
    expect(resolved.get('ntp')).toEqual({ effective: own[3], shadowed: [own[0], own[1]] });
    expect(resolved.get('dns')).toEqual({ effective: own[2], shadowed: [] });
    expect([...resolved.keys()].toSorted()).toEqual(['dns', 'ntp']);
  });

  it('is the same for those who ask only for what is in effect', () => {
    const chain = ['host', 'cell', 'region', 'cloud', 'project'];
    const effective = [...resolve(chain, own)].map(([key, resolved]) => [key, resolved.effective] as const);
    const found = nearest(chain, own, ({ ownerId }) => ownerId);
    expect(found).toEqual(new Map(effective));
  });
});
