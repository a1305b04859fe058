import type { Fact } from '#test/support/event-log.js';
import { ReadModel } from '#test/support/read-model.js';
import { FleetQueries } from './fleet.queries.js';
import { inventory } from './inventory.projection.js';

const model = new ReadModel([inventory]);
const queries = new FleetQueries();

describe('the read model of the fleet', () => {
  afterAll(() => model.end());

  it('knows who inherits from whom, however many they are', async () => {
    const ids = Array.from({ length: 2001 }, (_, index) => `c${String(index).padStart(4, '0')}`);
    const registered = (cloudId: string): Fact => ['CloudRegistered', { cloudId, name: cloudId, note: null }];
    const [first = '', ...rest] = ids;
    let view = await model.after('project-p', registered(first));
    for (const half of [rest.slice(0, 1000), rest.slice(1000)]) {
      const [one = '', ...others] = half;
      view = await model.after('project-p', registered(one), ...others.map(registered));
    }
    const placed = queries.placed(view);
    expect(placed.map(({ id }) => id)).toEqual(ids);
    expect(new Set(placed.map(({ parentId }) => parentId))).toEqual(new Set([null]));
    expect(placed.every(({ placeId }) => placeId !== null)).toBe(true);
  });
});
