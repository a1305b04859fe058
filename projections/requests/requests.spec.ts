import { ReadModel } from '#test/support/read-model.js';
import { requests } from './requests.projection.js';
import { RequestsQueries } from './requests.queries.js';

const model = new ReadModel([requests]);
const queries = new RequestsQueries();

const request = { key: 'once', fingerprint: 'f', subject: 's' };

describe('the read model of requests', () => {
  beforeEach(() => model.reset());
  afterAll(() => model.end());

  it('knows what became of a request, whatever kind of event tells of it', async () => {
    const view = await model.after('thing-1', ['SomethingHappened', {}], ['SomethingElse', {}, { request }]);
    expect(queries.find(view, 'u', 'once')).toEqual({
      fingerprint: 'f',
      subject: 's',
      revision: 1,
      cursor: view.cursor,
    });
  });

  it('keeps the keys of different users apart, and knows none that nobody sent', async () => {
    const view = await model.after('thing-1', ['SomethingHappened', {}, { request }]);
    expect(queries.find(view, 'another', 'once')).toBeUndefined();
    expect(queries.find(view, 'u', 'twice')).toBeUndefined();
  });

  it('shows the last event of a request of several steps', async () => {
    const first = await model.after('thing-1', ['SomethingHappened', {}, { request }]);
    const view = await model.after('thing-2', ['SomethingHappened', {}, { request }]);
    expect(queries.find(view, 'u', 'once')?.cursor).toBe(view.cursor);
    expect(queries.began(view, 'u', 'once')).toBe(first.cursor);
    expect(queries.began(view, 'u', 'twice')).toBeUndefined();
  });
});
