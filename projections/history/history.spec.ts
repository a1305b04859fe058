import type { Fact } from '#test/support/event-log.js';
import { ReadModel } from '#test/support/read-model.js';
import { history } from './history.projection.js';
import { HistoryQueries } from './history.queries.js';

const model = new ReadModel([history]);
const queries = new HistoryQueries();

afterAll(() => model.end());

describe('the read model of what happened to devices', () => {
  it('knows every event about a device by its place in the region, newest first', async () => {
    const facts = Object.keys(history.on).map((type): Fact => [type, { deviceId: 'd1' }]);
    await model.after('region-r1', ['DeviceRegistered', { deviceId: 'd2' }], ...facts);
    const view = await model.after('region-r1', ['DeviceRenamed', { deviceId: 'd2' }]);
    expect(queries.ofDevice(view, 'd1', 100)).toEqual(facts.map((_, index) => facts.length - index));
    expect(queries.ofDevice(view, 'd2', 100)).toEqual([facts.length + 1, 0]);
    expect(queries.ofDevice(view, 'd2', 1)).toEqual([facts.length + 1]);
    expect(queries.ofDevice(view, 'd3', 1)).toEqual([]);
    expect(model.untold()).toEqual([]);
  });
});
