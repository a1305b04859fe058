import { given } from '#test/support/given.js';
import { nearest, resolve } from './resolution.policy.js';
import { variables } from './variables.decider.js';
import type { VariablesEvent } from './variables.events.js';

const set = (values: Record<string, never>) => ({ type: 'SetVariables', ownerKind: 'host', values }) as const;
const wasSet: VariablesEvent = {
  type: 'VariablesSet',
  data: { ownerKind: 'host', values: { a: 1, b: { x: 1, y: [null] }, __proto: 'p' } },
};

describe("an owner's variables", () => {
  it('record only the keys whose values change', () => {
    given(variables).when(set({})).yieldsNothing();
    given(variables, wasSet)
      .when({ type: 'SetVariables', ownerKind: 'host', values: { b: { y: [null], x: 1 } } })
      .yieldsNothing();
    given(variables, wasSet)
      .when({ type: 'SetVariables', ownerKind: 'host', values: { a: 1, b: { x: 2 }, c: null } })
      .yields({ type: 'VariablesSet', data: { ownerKind: 'host', values: { b: { x: 2 }, c: null } } });
  });

  it('lose the keys that are there', () => {
    const removed: VariablesEvent = { type: 'VariablesRemoved', data: { ownerKind: 'host', keys: ['a'] } };
    const remove = { type: 'RemoveVariables', ownerKind: 'host', keys: ['a', 'a', 'z'] } as const;
    given(variables, wasSet).when(remove).yields(removed);
    given(variables, wasSet, removed).when(remove).yieldsNothing();
  });
});

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
