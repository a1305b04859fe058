import { undoingCommands } from './revert-commands.policy.js';
import {
  type KeptValues,
  puttingSchemas,
  puttingVariables,
  undoingVariables,
} from './revert-variables.policy.js';
import { type Members, type Reverted, undoing } from './revert.policy.js';

const event = (
  before: Members | null,
  after: Members | null,
  kind: Reverted['kind'] = 'device',
): Reverted => ({
  type: 'Whatever',
  kind,
  id: 'd',
  before,
  after,
});

describe('taking back what an event did to a thing', () => {
  it('changes the members back that are still as the event left them', () => {
    expect(undoing(event({ a: 1, b: 2 }, { a: 3, b: 4 }), { a: 3, b: 4, c: 5 })).toEqual({
      does: 'change',
      now: { a: 1, b: 2, c: 5 },
      from: { a: 3, b: 4 },
      to: { a: 1, b: 2 },
    });
  });

  it('leaves a member that is as it was, and one that was changed again is in the way', () => {
    const changed = event({ a: 1, b: 2 }, { a: 3, b: 4 });
    expect(undoing(changed, { a: 1, b: 4 })).toMatchObject({ does: 'change', to: { b: 2 } });
    expect(undoing(changed, { a: 1, b: 2 })).toMatchObject({ does: 'nothing' });
    expect(undoing(changed, { a: 5, b: 4 })).toEqual({ does: 'conflict', members: ['a'] });
  });

  it.each([
    [['a'], ['a', 'b'], ['a', 'b', 'c'], ['a', 'c']],
    [['a', 'b'], ['b'], ['b', 'c'], ['a', 'b', 'c']],
    [['a'], ['b'], ['c'], ['a', 'c']],
    [[], ['a'], ['b'], undefined],
  ])('takes labels from %j to %j back from %j to %j', (was, became, now, expected) => {
    const does = undoing(event({ labels: was }, { labels: became }), { labels: now });
    expect(does).toMatchObject(
      expected === undefined ? { does: 'nothing' } : { does: 'change', to: { labels: expected } },
    );
  });

  it('removes what was made, unless it has been changed since or is gone', () => {
    const made = event(null, { name: 'a', labels: ['x'] });
    expect(undoing(made, { name: 'a', labels: ['x'] })).toEqual({ does: 'remove', now: null });
    expect(undoing(made, { name: 'b', labels: ['x', 'y'] })).toEqual({
      does: 'conflict',
      members: ['name', 'labels'],
    });
    expect(undoing(event(null, { name: 'a' }), { name: 'a', labels: ['y'] })).toEqual({
      does: 'conflict',
      members: ['labels'],
    });
    expect(undoing(made, null)).toEqual({ does: 'nothing', now: null });
  });

  it('registers again what was removed, unless it is there or closed for good', () => {
    const gone = event({ name: 'a', retired_at: null }, null);
    expect(undoing(gone, null)).toEqual({ does: 'register', now: { name: 'a', retired_at: null } });
    expect(undoing(gone, { name: 'a' })).toMatchObject({ does: 'nothing' });
    for (const kind of ['project', 'cloud', 'region'] as const)
      expect(undoing(event({ name: 'a' }, null, kind), null)).toMatchObject({
        does: 'refuse',
        reason: expect.stringMatching(`a ${kind} that was removed is closed for good: `),
      });
    expect(undoing(event({ retired_at: '2026-01-01T00:00:00.000Z' }, null), null)).toMatchObject({
      does: 'refuse',
    });
  });

  it('refuses what no command can do', () => {
    const claimed = event({ window_id: null }, { window_id: 'w' });
    expect(undoing(claimed, { window_id: 'w' })).toMatchObject({ does: 'refuse' });
    expect(undoing(claimed, { window_id: null })).toMatchObject({ does: 'nothing' });
    expect(undoing(event({ a: 1 }, { a: 2 }), null)).toMatchObject({ does: 'refuse' });
    expect(undoing(event(null, null), { a: 1 })).toMatchObject({ does: 'nothing' });
  });
});

describe('taking back what an event did to variables', () => {
  const values = (of: Record<string, string>, nature: 'plain' | 'secret' | 'bound' = 'plain'): KeptValues =>
    new Map(Object.entries(of).map(([key, text]) => [key, { nature, text }]));

  it('sets what was, and removes what was not', () => {
    const did = { before: values({ a: '1' }), after: values({ a: '2', b: '3' }) };
    expect(undoingVariables(did, values({ a: '2', b: '3', c: '4' }))).toEqual({
      does: 'change',
      keys: ['a', 'b'],
      now: values({ a: '1', c: '4' }),
    });
    expect(undoingVariables(did, values({ a: '1' }))).toMatchObject({ keys: [] });
    expect(undoingVariables(did, values({ a: '2', b: '9' }))).toEqual({ does: 'conflict', keys: ['b'] });
    const sealed = { before: values({}), after: values({ a: '2' }, 'secret') };
    expect(undoingVariables(sealed, values({ a: '2' }))).toEqual({ does: 'conflict', keys: ['a'] });
  });

  it('sends each value as what it is kept as', () => {
    const wanted = new Map([
      ...values({ a: '[1]', n: 'null' }),
      ...values({ s: '{"key":"k"}' }, 'secret'),
      ...values({ b: '{"provider":"p"}' }, 'bound'),
    ]);
    expect(puttingVariables('host', ['a', 'n', 's', 'b', 'gone'], wanted)).toEqual([
      { type: 'RemoveVariables', ownerKind: 'host', keys: ['gone'] },
      {
        type: 'SetVariables',
        ownerKind: 'host',
        values: { a: [1], n: null, s: { key: 'k' } },
        secrets: ['s'],
      },
      { type: 'BindVariables', ownerKind: 'host', bindings: { b: { provider: 'p' } } },
    ]);
    expect(puttingVariables('cell', ['a'], wanted)).toEqual([
      { type: 'SetVariables', ownerKind: 'cell', values: { a: [1] } },
    ]);
    expect(puttingVariables('cell', [], wanted)).toEqual([]);
  });

  it('takes a secret that was sealed anew for the same, and no other one', () => {
    const sealed = (nonce: string, first?: string) =>
      values({ a: JSON.stringify({ key: 'k', nonce, sealed: 's', ...(first && { first }) }) }, 'secret');
    const did = { before: values({}), after: sealed('n1') };
    expect(undoingVariables(did, sealed('n2', 'n1'))).toMatchObject({ does: 'change', keys: ['a'] });
    for (const other of [sealed('n2', 'n0'), sealed('n2'), values({ a: '{"nonce":"n1"}' })])
      expect(undoingVariables(did, other)).toEqual({ does: 'conflict', keys: ['a'] });
    const back = { before: sealed('n1'), after: values({}) };
    expect(undoingVariables(back, sealed('n2', 'n1'))).toMatchObject({ does: 'change', keys: [] });
  });

  it('attaches the schemas that were there, and detaches the others', () => {
    const wanted = values({ a: '{"type":"string"}' });
    expect(puttingSchemas('region', ['a', 'gone'], wanted)).toEqual([
      { type: 'DetachSchemas', ownerKind: 'region', keys: ['gone'] },
      { type: 'AttachSchemas', ownerKind: 'region', schemas: { a: { type: 'string' } } },
    ]);
    expect(puttingSchemas('region', [], wanted)).toEqual([]);
  });
});

describe('the commands that take an event back', () => {
  it('rename a project, or remove it', () => {
    const subject = { kind: 'project', id: 'p' } as const;
    const change = { does: 'change', now: { name: 'a' }, from: { name: 'b' }, to: { name: 'a' } } as const;
    expect(undoingCommands(subject, 'p', change)).toEqual([
      { to: 'project', id: 'p', command: { type: 'ChangeProject', name: 'a' } },
    ]);
    expect(undoingCommands(subject, 'p', { does: 'remove', now: null })).toEqual([
      { to: 'project', id: 'p', command: { type: 'RemoveProject' } },
    ]);
  });
});
