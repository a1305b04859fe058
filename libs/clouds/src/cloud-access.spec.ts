import { v7 } from 'uuid';
import { CloudAccess } from './cloud-access.js';
import { SimulatedCloud } from './simulated/simulated-cloud.js';

describe('the way to the cloud', () => {
  const cloud = new SimulatedCloud({ hosts: ['one'] });
  const [mine, theirs] = [v7(), v7()];

  it('is open to every project by default', () => {
    expect(new CloudAccess(cloud, ['*']).of(mine)).toBe(cloud);
  });

  it('is open to the projects that are named, however their ids are written', () => {
    expect(new CloudAccess(cloud, [mine.toUpperCase()]).of(mine)).toBe(cloud);
  });

  it('is closed to all others, in words', () => {
    const access = new CloudAccess(cloud, [mine]);
    expect(access.allows(theirs)).toBe(false);
    const refusal = { code: 'forbidden', message: expect.stringMatching(/CRATON_CLOUD_PROJECTS/) };
    expect(() => access.of(theirs)).toThrow(expect.objectContaining(refusal));
  });
});
