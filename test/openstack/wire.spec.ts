import { jest } from '@jest/globals';
import { check, program } from './harness.js';

describe('a notification as it is on the wire', () => {
  jest.setTimeout(180_000);

  it.each([
    ['transient', []],
    ['durable', ['--durable']],
  ])('is what oslo.messaging itself would send, %s', async (_name, flags) => {
    const command = `${process.execPath} ${program('publisher/src/notify.js')}`;
    const said = await check('openstack-consumers/wire_conformance.py', [
      '--publish-with',
      command,
      ...flags,
    ]);
    expect(said).toMatch(/^23 checks, 0 failed$/m);
  });
});
