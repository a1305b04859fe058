import type { Fact } from '#test/support/event-log.js';
import { ReadModel } from '#test/support/read-model.js';
import type { ReadView } from '#libs/platform/src/read-store/read-view.js';
import { type Seals, sealsAfter } from './seals.queries.js';
import { variables } from './variables.projection.js';
import { VariablesQueries } from './variables.queries.js';

const model = new ReadModel([variables]);
const queries = new VariablesQueries();

const set = (values: Record<string, string | number | null>, reason?: string): Fact => [
  'VariablesSet',
  { ownerKind: 'host', values },
  reason === undefined ? {} : { reason },
];

const versionsOf = (view: ReadView): string[] =>
  view
    .all<{ hidden: string }>(
      "SELECT hidden FROM variables_versions WHERE owner_id = 'h1' AND key = 'p' ORDER BY valid_from",
    )
    .map(({ hidden }) => (JSON.parse(hidden) as { nonce: string }).nonce);

describe('the read model of variables', () => {
  beforeEach(() => model.reset());
  afterAll(() => model.end());

  it('knows who set a variable, when, by which event and why', async () => {
    await model.after('variables-h1', set({ os: 'debian', gone: null }));
    const view = await model.after('variables-h1', set({ os: 'ubuntu' }, 'asked for by the owner'));
    const [gone, os] = queries.own(view, ['h1']);
    expect(os).toEqual({
      owner_id: 'h1',
      key: 'os',
      value: '"ubuntu"',
      nature: 'plain',
      revision: 1,
    });
    expect(gone).toMatchObject({ key: 'gone', value: 'null', revision: 0 });
    const [second, first, again] = queries.changesOf(view, [os!, gone!, os!]);
    expect(second).toEqual({
      event_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      actor: 'somebody',
      changed_at: '2026-01-01T00:01:00.000Z',
      reason: 'asked for by the owner',
    });
    expect(first).toMatchObject({ actor: 'somebody', changed_at: '2026-01-01T00:00:00.000Z', reason: null });
    expect(again).toEqual(second);
    expect(queries.ownerRevision(view, 'h1')).toBe(1);
  });

  it('knows as of the past who had set a variable, also where its owner is gone since', async () => {
    const reasonsAt = (at: ReadView) =>
      queries.changesOf(at, queries.own(at, ['h1'])).map(({ reason }) => reason);
    const first = (await model.after('variables-h1', set({ os: 'debian' }, 'first'))).cursor;
    const second = (await model.after('variables-h1', set({ os: 'ubuntu' }, 'second'))).cursor;
    const gone = await model.after('region-r1', ['DeviceRemoved', { deviceId: 'h1' }]);
    expect(reasonsAt(model.asOf(first))).toEqual(['first']);
    expect(reasonsAt(model.asOf(second))).toEqual(['second']);
    expect(reasonsAt(gone)).toEqual([]);
  });

  it('keeps what is secret or bound behind a mask, until it is plain again', async () => {
    const sealed = { key: 'k1', nonce: 'n', sealed: 's' };
    const set1: Fact = ['VariablesSet', { ownerKind: 'host', values: { a: 1, p: sealed }, secrets: ['p'] }];
    const bound: Fact = ['VariablesBound', { ownerKind: 'host', bindings: { s: { url: 'u' }, a: {} } }];
    let view = await model.after('variables-h1', set1, bound);
    expect(queries.hidden(view, ['h1', 'h2'])).toEqual([
      { owner_id: 'h1', key: 'a', nature: 'bound', hidden: '{}' },
      { owner_id: 'h1', key: 'p', nature: 'secret', hidden: JSON.stringify(sealed) },
      { owner_id: 'h1', key: 's', nature: 'bound', hidden: '{"url":"u"}' },
    ]);
    const masked = { a: { $bound: true }, p: { $secret: true }, s: { $bound: true } };
    expect(queries.objects(view, ['h1']).map(({ variables: text }) => JSON.parse(text))).toEqual([masked]);
    expect(queries.own(view, ['h1'])[0]).toMatchObject({ nature: 'bound', revision: 1 });
    expect(queries.ownerRevision(view, 'h1')).toBe(1);
    view = await model.after('variables-h1', set({ a: 2 }), [
      'VariablesRemoved',
      { ownerKind: 'host', keys: ['p'] },
    ]);
    expect(queries.hidden(view, ['h1']).map(({ key }) => key)).toEqual(['s']);
    expect(queries.own(view, ['h1'])[0]).toMatchObject({ key: 'a', value: '2', nature: 'plain' });
  });

  it('has a secret that is sealed anew from whoever set it, as of the past as it was', async () => {
    const seal = (nonce: string) => ({ key: 'k1', nonce, sealed: 's' });
    const values = { a: 1, p: seal('n1') };
    const before = await model.after('variables-h1', [
      'VariablesSet',
      { ownerKind: 'host', values, secrets: ['p'] },
      { reason: 'why' },
    ]);
    const [, set] = queries.own(before, ['h1']);
    const seals = { p: seal('n2') };
    const view = await model.after('variables-h1', ['VariablesResealed', { ownerKind: 'host', seals }]);
    expect(queries.hidden(view, ['h1'])).toEqual([
      { owner_id: 'h1', key: 'p', nature: 'secret', hidden: JSON.stringify(seal('n2')) },
    ]);
    expect(queries.own(view, ['h1'])[1]).toEqual(set);
    expect(set).toMatchObject({ key: 'p', value: '{"$secret":true}', revision: 0 });
    expect(queries.changesOf(view, [set!])).toMatchObject([{ actor: 'somebody', reason: 'why' }]);
    expect(queries.ownerRevision(view, 'h1')).toBe(1);
    expect(versionsOf(view)).toEqual(['n1', 'n2']);
  });

  it('finds all secrets, some of the variables at a time', async () => {
    const owners = Array.from({ length: 25 }, (_, index) => `h${index + 10}`);
    const plain = Object.fromEntries(Array.from({ length: 999 }, (_, index) => [`k${index}`, index]));
    const values = { ...plain, p: { key: 'k1', nonce: 'n', sealed: 's' } };
    for (const owner of owners)
      await model.after(`variables-${owner}`, [
        'VariablesSet',
        { ownerKind: 'host', values, secrets: ['p'] },
      ]);
    const view = await model.after('variables-h0', [
      'VariablesBound',
      { ownerKind: 'host', bindings: { b: { url: 'u' } } },
    ]);
    const chunks: Seals[] = [];
    for (let next = sealsAfter(view, ''); next; next = sealsAfter(view, next.end)) chunks.push(next);
    expect(chunks.map(({ rows }) => rows.length)).toEqual([20, 5]);
    const found = chunks.flatMap(({ rows }) => rows);
    expect(found.map(({ owner_id, key }) => [owner_id, key])).toEqual(owners.map((owner) => [owner, 'p']));
    expect(JSON.parse(found[0]?.hidden ?? '')).toEqual(values.p);
  });

  it('knows the schemas of owners, and moves the revision on with them', async () => {
    expect(queries.hasSchemas(await model.after('variables-h1', set({ a: 1 })))).toBe(false);
    const schemas = { a: { type: 'string' }, b: { maximum: 1 } };
    let view = await model.after('variables-h1', [
      'VariableSchemasAttached',
      { ownerKind: 'host', schemas },
      { reason: 'why' },
    ]);
    expect(queries.schemas(view, ['h1', 'h2'])).toEqual([
      expect.objectContaining({ owner_id: 'h1', key: 'a', schema: '{"type":"string"}', actor: 'somebody' }),
      expect.objectContaining({ owner_id: 'h1', key: 'b', schema: '{"maximum":1}', reason: 'why' }),
    ]);
    expect([queries.hasSchemas(view), queries.ownerRevision(view, 'h1')]).toEqual([true, 1]);
    view = await model.after('variables-h1', ['VariableSchemasDetached', { ownerKind: 'host', keys: ['a'] }]);
    expect(queries.schemas(view, ['h1']).map(({ key }) => key)).toEqual(['b']);
    expect(queries.ownerRevision(view, 'h1')).toBe(2);
    expect(queries.values(view, ['h1'])).toEqual([{ owner_id: 'h1', key: 'a', value: '1' }]);
  });

  it('forgets the keys that are removed, and moves the revision on', async () => {
    const view = await model.after('variables-h1', set({ a: 1, b: 2, c: 3 }), [
      'VariablesRemoved',
      { ownerKind: 'host', keys: ['a', 'c'] },
    ]);
    expect(queries.values(view, ['h1'])).toEqual([{ owner_id: 'h1', key: 'b', value: '2' }]);
    expect(queries.ownerRevision(view, 'h1')).toBe(1);
  });

  it('answers for many owners, in the order of owners and keys', async () => {
    const owners = Array.from({ length: 40 }, (_, index) => `h${String(index).padStart(2, '0')}`);
    for (const owner of owners) await model.after(`variables-${owner}`, set({ b: owner, a: 1 }));
    const view = await model.after('variables-other', set({ a: 1 }));
    expect(queries.values(view, owners)).toEqual(
      owners.flatMap((owner_id) => [
        { owner_id, key: 'a', value: '1' },
        { owner_id, key: 'b', value: JSON.stringify(owner_id) },
      ]),
    );
    expect(queries.own(view, [])).toEqual([]);
    expect(queries.ownerRevision(view, 'nobody')).toBeUndefined();
  });

  it('finds everybody who has one of some keys, however many they are, in the order of owners', async () => {
    const owners = Array.from({ length: 401 }, (_, index) => `h${String(index).padStart(3, '0')}`);
    for (const owner of owners)
      await model.after(`variables-${owner}`, set({ a: 1, b: owner, c: null, d: 0 }));
    const view = await model.after('variables-other', set({ d: 1 }));
    const everybodys = (...keys: string[]) =>
      [...queries.everybodys(view, keys)].flatMap(({ ownerIds, keys: found, values }) =>
        ownerIds.map((owner, index) => [owner, found[index], values[index]]),
      );
    expect(everybodys('c', 'b', 'a', 'nobody has')).toEqual(
      owners.flatMap((owner) => [
        [owner, 'a', '1'],
        [owner, 'b', JSON.stringify(owner)],
        [owner, 'c', 'null'],
      ]),
    );
    expect(everybodys('d')).toHaveLength(402);
    expect(everybodys('nobody has')).toEqual([]);
  });

  it('puts all variables of an owner together without changing one', async () => {
    const values = {
      'a "quoted" key': 'a "quoted" \\ value\n\u2028\u0000',
      'ключ 😀': { nested: [1, -1.5e-7, 1e21, 9007199254740991, true, null, { '': [] }] },
      constructor: [],
      z: '{"looks":"like JSON"}',
    };
    await model.after('variables-h2', set({ a: null }));
    const view = await model.after('variables-h1', ['VariablesSet', { ownerKind: 'host', values }]);
    const rows = queries.objects(view, ['h1', 'h2', 'h3']);
    expect(rows.map(({ owner_id, variables: text }) => [owner_id, JSON.parse(text)])).toEqual([
      ['h1', values],
      ['h2', { a: null }],
    ]);
  });

  it('puts them together in the order of keys, in the past as at present', async () => {
    const told = (at: ReadView) => queries.objects(at, ['h1', 'h2']);
    await model.after('variables-h2', set({ d: 1, c: 1 }));
    const view = await model.after('variables-h1', set({ b: 1, a: 1, e: 1 }));
    const [then, { cursor }] = [told(view), view];
    await model.after('variables-h1', set({ a: 2 }));
    await model.after('variables-h2', ['VariablesRemoved', { ownerKind: 'host', keys: ['c'] }]);
    expect(told(model.asOf(cursor))).toEqual(then);
    expect(then.map(({ variables: text }) => text)).toEqual(['{"a":1,"b":1,"e":1}', '{"c":1,"d":1}']);
  });

  it.each([
    ['project-o1', 'ProjectRemoved', {}],
    ['project-p1', 'CloudRemoved', { cloudId: 'o1' }],
    ['cloud-c1', 'RegionRemoved', { regionId: 'o1' }],
    ['region-r1', 'CellRemoved', { cellId: 'o1' }],
    ['region-r1', 'DeviceRemoved', { deviceId: 'o1' }],
    ['region-r1', 'NetworkRemoved', { networkId: 'o1' }],
    ['region-r1', 'InterfaceRemoved', { interfaceId: 'o1' }],
  ])('forgets the variables of what is removed: %s %s', async (stream, type, data) => {
    await model.after('variables-o2', set({ a: 1 }));
    await model.after('variables-o1', set({ a: 1, b: 2 }), [
      'VariableSchemasAttached',
      { ownerKind: 'host', schemas: { a: true } },
    ]);
    const view = await model.after(stream, [type, data as Fact[1]]);
    expect(queries.own(view, ['o1', 'o2']).map(({ owner_id }) => owner_id)).toEqual(['o2']);
    expect(queries.schemas(view, ['o1'])).toEqual([]);
    expect(queries.ownerRevision(view, 'o1')).toBeUndefined();
  });

  it('was shown every kind of event that it handles', () => {
    expect(model.untold()).toEqual([]);
  });
});
