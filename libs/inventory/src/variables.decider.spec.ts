import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import { given } from '#test/support/given.js';
import { variables } from './variables.decider.js';
import type { VariablesEvent } from './variables.events.js';
import { shownData } from './variables-mask.policy.js';

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

  it('are replaced as a whole, in one step', () => {
    const attached: VariablesEvent = {
      type: 'VariableSchemasAttached',
      data: { ownerKind: 'host', schemas: { a: { type: 'number' } } },
    };
    const replace = {
      type: 'SetVariables',
      ownerKind: 'host',
      values: { a: 2, c: 3 },
      only: ['a', 'c', '__proto'],
    } as const;
    given(variables, wasSet, attached)
      .when(replace)
      .yields(
        { type: 'VariablesRemoved', data: { ownerKind: 'host', keys: ['b'] } },
        { type: 'VariablesSet', data: { ownerKind: 'host', values: { a: 2, c: 3 } } },
      );
    given(variables, wasSet)
      .when({ type: 'SetVariables', ownerKind: 'host', values: {}, only: ['a', 'b', '__proto'] })
      .yieldsNothing();
  });

  it('lose the keys that are there', () => {
    const removed: VariablesEvent = { type: 'VariablesRemoved', data: { ownerKind: 'host', keys: ['a'] } };
    const remove = { type: 'RemoveVariables', ownerKind: 'host', keys: ['a', 'a', 'z'] } as const;
    given(variables, wasSet).when(remove).yields(removed);
    given(variables, wasSet, removed).when(remove).yieldsNothing();
  });
});

describe("an owner's secrets", () => {
  const sealed = { key: 'k1', nonce: 'n', sealed: 's' };
  const secret: VariablesEvent = {
    type: 'VariablesSet',
    data: { ownerKind: 'host', values: { password: sealed }, secrets: ['password'] },
  };
  const seal = (values: Record<string, Json>, secrets: string[]) =>
    ({ type: 'SetVariables', ownerKind: 'host', values, secrets }) as const;

  it('are recorded with who of the values is sealed, and once', () => {
    given(variables)
      .when(seal({ password: sealed, user: 'x' }, ['password']))
      .yields({
        type: 'VariablesSet',
        data: { ownerKind: 'host', values: { password: sealed, user: 'x' }, secrets: ['password'] },
      });
    given(variables, secret)
      .when(seal({ password: sealed }, ['password']))
      .yieldsNothing();
  });

  it('differ from a plain value that looks the same', () => {
    const plain: VariablesEvent = {
      type: 'VariablesSet',
      data: { ownerKind: 'host', values: { password: sealed } },
    };
    given(variables, plain)
      .when(seal({ password: sealed }, ['password']))
      .yields(secret);
  });

  it('stay secrets until they are removed', () => {
    const plainly = { type: 'SetVariables', ownerKind: 'host', values: { a: 1, password: 'x' } } as const;
    given(variables, secret).when(plainly).refuses('illegal-state');
    const same = { type: 'SetVariables', ownerKind: 'host', values: { password: sealed } } as const;
    given(variables, secret).when(same).refuses('illegal-state');
    given(variables, secret, { type: 'VariablesRemoved', data: { ownerKind: 'host', keys: ['password'] } })
      .when(plainly)
      .yields({ type: 'VariablesSet', data: { ownerKind: 'host', values: { a: 1, password: 'x' } } });
  });
});

describe('secrets that are sealed anew', () => {
  const seal = (nonce: string) => ({ key: 'k', nonce, sealed: 's' });
  const secrets: VariablesEvent = {
    type: 'VariablesSet',
    data: {
      ownerKind: 'host',
      values: { a: seal('a1'), b: seal('b1'), plain: seal('p') },
      secrets: ['a', 'b'],
    },
  };
  const reseal = (seals: Record<string, readonly [string, string]>) =>
    ({
      type: 'ResealVariables',
      ownerKind: 'host',
      seals: Object.fromEntries(
        Object.entries(seals).map(([key, [was, becomes]]) => [
          key,
          { was: seal(was), becomes: { ...seal(becomes), first: was } },
        ]),
      ),
    }) as const;
  const resealed = (seals: Record<string, readonly [string, string]>): VariablesEvent => ({
    type: 'VariablesResealed',
    data: {
      ownerKind: 'host',
      seals: Object.fromEntries(
        Object.entries(seals).map(([key, [was, becomes]]) => [key, { ...seal(becomes), first: was }]),
      ),
    },
  });

  it('are told as such, once', () => {
    const both = { a: ['a1', 'a2'], b: ['b1', 'b2'] } as const;
    given(variables, secrets).when(reseal(both)).yields(resealed(both));
    given(variables, secrets, resealed(both)).when(reseal(both)).yieldsNothing();
    given(variables, secrets, resealed(both))
      .when({ type: 'SetVariables', ownerKind: 'host', values: { a: 'x' } })
      .refuses('illegal-state');
  });

  it('are those that are still what was opened', () => {
    const changed: VariablesEvent = {
      type: 'VariablesSet',
      data: { ownerKind: 'host', values: { a: seal('other') }, secrets: ['a'] },
    };
    given(variables, secrets, changed)
      .when(reseal({ a: ['a1', 'a2'], b: ['b1', 'b2'], plain: ['p', 'p2'], unknown: ['u', 'u2'] }))
      .yields(resealed({ b: ['b1', 'b2'] }));
    given(variables, secrets, { type: 'VariablesRemoved', data: { ownerKind: 'host', keys: ['a'] } })
      .when(reseal({ a: ['a1', 'a2'] }))
      .yieldsNothing();
  });
});

describe("an owner's bound variables", () => {
  const bind = (url: string) =>
    ({ type: 'BindVariables', ownerKind: 'host', bindings: { site: { url } } }) as const;
  const bound: VariablesEvent = {
    type: 'VariablesBound',
    data: { ownerKind: 'host', bindings: { site: { url: 'a' } } },
  };

  it('are bound once, and again to something else', () => {
    given(variables).when(bind('a')).yields(bound);
    given(variables, bound).when(bind('a')).yieldsNothing();
    given(variables, bound)
      .when(bind('b'))
      .yields({ type: 'VariablesBound', data: { ownerKind: 'host', bindings: { site: { url: 'b' } } } });
  });

  it('take the place of values, and values theirs', () => {
    const value = { type: 'SetVariables', ownerKind: 'host', values: { site: { url: 'a' } } } as const;
    const set: VariablesEvent = { type: 'VariablesSet', data: { ownerKind: 'host', values: value.values } };
    given(variables, bound).when(value).yields(set);
    given(variables, bound, set).when(value).yieldsNothing();
    given(variables, set).when(bind('a')).yields(bound);
    given(variables, bound)
      .when({ type: 'RemoveVariables', ownerKind: 'host', keys: ['site'] })
      .yields({ type: 'VariablesRemoved', data: { ownerKind: 'host', keys: ['site'] } });
  });
});

describe("an owner's schemas", () => {
  const attach = (type: string) =>
    ({ type: 'AttachSchemas', ownerKind: 'region', schemas: { ntp: { type } } }) as const;
  const attached: VariablesEvent = {
    type: 'VariableSchemasAttached',
    data: { ownerKind: 'region', schemas: { ntp: { type: 'string' } } },
  };
  const detach = { type: 'DetachSchemas', ownerKind: 'region', keys: ['ntp', 'ntp', 'dns'] } as const;
  const detached: VariablesEvent = {
    type: 'VariableSchemasDetached',
    data: { ownerKind: 'region', keys: ['ntp'] },
  };

  it('are attached once, and again when they change', () => {
    given(variables).when(attach('string')).yields(attached);
    given(variables, attached).when(attach('string')).yieldsNothing();
    given(variables, attached)
      .when(attach('array'))
      .yields({
        type: 'VariableSchemasAttached',
        data: { ownerKind: 'region', schemas: { ntp: { type: 'array' } } },
      });
  });

  it('are detached where they are', () => {
    given(variables, attached).when(detach).yields(detached);
    given(variables, attached, detached).when(detach).yieldsNothing();
  });

  it('are two hundred at most', () => {
    const many = (from: number, to: number) =>
      Object.fromEntries(Array.from({ length: to - from }, (_, index) => [`k${from + index}`, {}]));
    const full: VariablesEvent = {
      type: 'VariableSchemasAttached',
      data: { ownerKind: 'region', schemas: many(0, 200) },
    };
    const attachMany = (schemas: Record<string, JsonObject>) =>
      ({ type: 'AttachSchemas', ownerKind: 'region', schemas }) as const;
    given(variables)
      .when(attachMany(many(0, 201)))
      .refuses('illegal-state');
    given(variables, full)
      .when(attachMany(many(200, 201)))
      .refuses('illegal-state');
    given(variables, full)
      .when(attachMany({ k0: { type: 'string' } }))
      .yields({
        type: 'VariableSchemasAttached',
        data: { ownerKind: 'region', schemas: { k0: { type: 'string' } } },
      });
  });

  it('are no variables, nor are variables schemas', () => {
    given(variables, attached)
      .when({ type: 'RemoveVariables', ownerKind: 'region', keys: ['ntp'] })
      .yieldsNothing();
    given(variables, wasSet)
      .when({ type: 'DetachSchemas', ownerKind: 'region', keys: ['a'] })
      .yieldsNothing();
  });
});

describe('what people may see of events', () => {
  it('has masks for what is secret or bound', () => {
    const values = { a: 1, password: { key: 'k', nonce: 'n', sealed: 's' } };
    expect(shownData('VariablesSet', { ownerKind: 'host', values, secrets: ['password'] })).toEqual({
      ownerKind: 'host',
      values: { a: 1, password: { $secret: true } },
      secrets: ['password'],
    });
    expect(shownData('VariablesBound', { ownerKind: 'host', bindings: { site: { url: 'a' } } })).toEqual({
      ownerKind: 'host',
      bindings: { site: { $bound: true } },
    });
    const seals = { password: { key: 'k', nonce: 'n', sealed: 's' } };
    expect(shownData('VariablesResealed', { ownerKind: 'host', seals })).toEqual({
      ownerKind: 'host',
      seals: { password: { $secret: true } },
    });
    const plain = { ownerKind: 'host', values: { a: 1 } };
    expect(shownData('VariablesSet', plain)).toBe(plain);
  });
});
