import { given } from '#test/support/given.js';
import { cloud } from './cloud.decider.js';
import type { CloudEvent } from './cloud.events.js';

const north: CloudEvent = { type: 'RegionRegistered', data: { regionId: 'r1', name: 'north', note: null } };
const closed: CloudEvent = { type: 'CloudClosed', data: {} };
const register = { type: 'RegisterRegion', regionId: 'r1', name: 'north', note: null } as const;

describe('the regions of a cloud', () => {
  it('have unique names', () => {
    given(cloud).when(register).yields(north);
    given(cloud, north)
      .when({ ...register, regionId: 'r2' })
      .refuses('already-exists', /north/);
  });

  it('change only where something differs', () => {
    const change = { type: 'ChangeRegion', regionId: 'r1' } as const;
    given(cloud, north)
      .when({ ...change, name: 'north', note: null })
      .yieldsNothing();
    given(cloud, north)
      .when({ ...change, name: 'south', note: 'n' })
      .yields(
        { type: 'RegionRenamed', data: { regionId: 'r1', name: 'south' } },
        { type: 'RegionNoteChanged', data: { regionId: 'r1', note: 'n' } },
      );
    given(cloud).when(change).refuses('not-found');
  });

  it('are removed once', () => {
    const removed: CloudEvent = { type: 'RegionRemoved', data: { regionId: 'r1' } };
    given(cloud, north).when({ type: 'RemoveRegion', regionId: 'r1' }).yields(removed);
    given(cloud, north, removed).when({ type: 'RemoveRegion', regionId: 'r1' }).refuses('not-found');
  });
});

describe('a cloud', () => {
  it('closes when no region belongs to it, and takes none afterwards', () => {
    given(cloud).when({ type: 'CloseCloud' }).yields(closed);
    given(cloud, closed).when({ type: 'CloseCloud' }).yieldsNothing();
    given(cloud, north)
      .when({ type: 'CloseCloud' })
      .refuses('illegal-state', /^1 thing still hangs on the cloud: region north$/);
    given(cloud, closed).when(register).refuses('illegal-state');
  });

  it('takes along the regions that were emptied, and no others', () => {
    const south: CloudEvent = {
      type: 'RegionRegistered',
      data: { regionId: 'r2', name: 'south', note: null },
    };
    const closing = { type: 'CloseCloud', regions: ['r1', 'r9'] } as const;
    given(cloud, north)
      .when(closing)
      .yields({ type: 'RegionRemoved', data: { regionId: 'r1' } }, closed);
    given(cloud, north, south)
      .when(closing)
      .refuses('illegal-state', /^1 thing still hangs on the cloud: region south$/);
  });
});
