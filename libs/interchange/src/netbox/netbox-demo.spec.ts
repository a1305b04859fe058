import { isProblem, type FleetRecord, type Read } from '../fleet-record.js';
import { naturalKey } from '../read-fleet.js';
import { type Collections, demoAnswers } from './netbox-demo.js';
import { readNetBox, type NetBoxSource } from './read-netbox.js';

const answering = (collections: Collections): NetBoxSource => ({
  async *list(collection) {
    yield* collections[collection] ?? [];
    await Promise.resolve();
  },
});

describe('the demo data that NetBox publishes', () => {
  it('becomes a fleet in which every device has a region', async () => {
    const collections = demoAnswers();
    if (!collections)
      return void process.stderr.write('the demo data is absent: nothing was compared with it\n');
    const reads: Read[] = await Array.fromAsync(readNetBox(answering(collections), { cloud: 'netbox' }));
    const records = reads.filter((one): one is FleetRecord => !isProblem(one));
    const count = (kind: string) => records.filter((one) => one.kind === kind).length;
    expect(count('host') + count('network-device')).toBe(72);
    expect(count('container')).toBe(180);
    expect(count('cell')).toBe(46);
    expect(new Set(records.map(naturalKey)).size).toBe(records.length);
    expect(count('interface')).toBe(1586 + 720);
    for (const { kind, place } of records.filter((one) =>
      ['host', 'network-device', 'container'].includes(one.kind),
    ))
      expect([kind, typeof place.region]).toEqual([kind, 'string']);
    expect(records.find(({ name }) => name === 'dmi01-akron-rtr01')).toMatchObject({
      kind: 'network-device',
      place: { cloud: 'netbox', cell: 'Comms closet' },
      fields: { active: true },
    });
    expect(reads.filter(isProblem).map(({ problem }) => problem)).toEqual([]);
  });
});
