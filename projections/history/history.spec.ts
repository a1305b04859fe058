import type { Cursor } from '#libs/kernel/src/event.js';
import { v5, v7 } from 'uuid';
import type { Fact } from '#test/support/event-log.js';
import { ReadModel } from '#test/support/read-model.js';
import { history } from './history.projection.js';
import { HistoryQueries } from './history.queries.js';

const model = new ReadModel([history]);
const queries = new HistoryQueries();

beforeEach(() => model.reset());
afterAll(() => model.end());

const done = (type: string, data: Fact[1], correlationId = 'c'): Fact => [type, data, { correlationId }];

describe('the read model of where in the log everything lies', () => {
  it('finds an event by its place, its identifier and what it was done with', async () => {
    const [one, other] = [v7(), v7()];
    await model.after('region-r1', done('CellRegistered', { cellId: 'l' }, one));
    const then = await model.after('region-r1', done('CellRenamed', { cellId: 'l' }, other));
    const view = await model.after(
      'variables-l',
      done('VariablesSet', { ownerKind: 'cell', values: {} }, one),
    );
    const [first, last] = queries.byCorrelation(view, one, { limit: 10 });
    expect(first).toEqual({
      cursor: expect.any(String),
      correlation_id: one,
      stream: 'region-r1',
      revision: 0,
      kind: 'cell',
      subject_id: 'l',
    });
    expect(last).toMatchObject({ stream: 'variables-l', revision: 0, kind: 'cell', subject_id: 'l' });
    expect(queries.byCorrelation(view, one, { limit: 1 })).toEqual([last]);
    expect(queries.byCorrelation(view, one, { limit: 2, before: last!.cursor })).toEqual([first]);
    expect(queries.byCorrelation(view, one, { limit: 2, before: first!.cursor })).toEqual([]);
    expect(queries.byCorrelation(view, v7(), { limit: 10 })).toEqual([]);
    expect(queries.byCorrelation(then, one, { limit: 10 })).toEqual([first, last]);
    expect(queries.at(view, [last!.cursor, 'nowhere', first!.cursor])).toEqual([first, last]);
    expect(queries.before(view, last!.cursor)).toBe(then.cursor);
    expect(queries.before(view, first!.cursor)).toBeUndefined();
    expect(queries.byEvent(view, v5('nobody', v5.URL))).toEqual([]);
    const all = queries.between(view, '', view.cursor as Cursor, 10);
    expect(all.map(({ stream, revision }) => `${stream} ${revision}`)).toEqual([
      'region-r1 0',
      'region-r1 1',
      'variables-l 0',
    ]);
    expect(queries.between(view, first!.cursor, last!.cursor, 10)).toEqual(all.slice(1));
    expect(queries.between(view, first!.cursor, last!.cursor, 1)).toEqual(all.slice(1, 2));
  });

  it('leaves out what is told by a run alone', async () => {
    const view = await model.after('run-r', ['StepStarted', {}], ['StepFailed', {}], ['RunFailed', {}]);
    expect(queries.between(view, '', view.cursor!, 10)).toMatchObject([{ stream: 'run-r', revision: 2 }]);
  });

  it.each<[string, string, Fact[1], readonly [string | null, string | null]]>([
    ['project-p', 'ProjectCreated', { name: 'a' }, ['project', 'p']],
    ['project-p', 'CloudRenamed', { cloudId: 'c' }, ['cloud', 'c']],
    ['project-p', 'UserAdded', { userId: 'u' }, ['user', 'u']],
    ['project-p', 'ApiKeyIssued', { userId: 'u', keyId: 'k' }, [null, null]],
    ['cloud-c', 'RegionRegistered', { regionId: 'r' }, ['region', 'r']],
    ['cloud-c', 'CloudClosed', {}, [null, null]],
    ['region-r', 'DeviceMovedToCell', { deviceId: 'd', cellId: 'l' }, ['device', 'd']],
    ['region-r', 'NetworkRegistered', { networkId: 'n', cellId: 'l' }, ['network', 'n']],
    ['region-r', 'InterfaceRegistered', { interfaceId: 'i', deviceId: 'd' }, ['network-interface', 'i']],
    ['variables-d', 'VariablesRemoved', { ownerKind: 'container', keys: [] }, ['device', 'd']],
    ['variables-n', 'VariablesRemoved', { ownerKind: 'network', keys: [] }, ['network', 'n']],
    ['window-w', 'WindowOpened', { host: {} }, [null, null]],
    ['nobody-n', 'NobodyKnows', { deviceId: 'd' }, [null, null]],
  ])('knows what of the inventory it is about: %s %s', async (stream, type, data, [kind, subject_id]) => {
    const view = await model.after(stream, [type, data]);
    expect(queries.at(view, [view.cursor!])).toMatchObject([{ stream, kind, subject_id }]);
  });
});
