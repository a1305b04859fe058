import { type Cloud, CloudRefused, type ComputeHost } from './cloud.port.js';
import { CloudAccess } from './cloud-access.js';
import { Discovery } from './discovery.js';
import { SimulatedCloud } from './simulated/simulated-cloud.js';

const host = (name: string, more: Partial<ComputeHost> = {}): ComputeHost => ({
  host: name,
  enabled: true,
  disabledReason: null,
  up: true,
  zone: null,
  address: '10.0.0.1',
  aggregates: null,
  ...more,
});

/** A cloud that says this of its hosts. */
class Saying extends SimulatedCloud {
  constructor(private readonly said: () => readonly ComputeHost[]) {
    super({ hosts: [] });
  }

  override hosts(): Promise<readonly ComputeHost[]> {
    return Promise.resolve().then(this.said);
  }
}

const discovery = (cloud: Cloud) => new Discovery(new CloudAccess(cloud, ['*']));
const discovered = (...said: readonly ComputeHost[]) => discovery(new Saying(() => said)).hosts('p');

describe('the discovery of hosts', () => {
  it('tells each host once, in the words of an inventory', async () => {
    const broken = { enabled: false, disabledReason: 'fan', up: false, zone: 'z', aggregates: ['ssd'] };
    expect(await discovered(host('a', broken), host('b'), host('b', { zone: 'other cell' }))).toEqual([
      { name: 'a', ipAddress: '10.0.0.1', ...broken },
      {
        name: 'b',
        ipAddress: '10.0.0.1',
        up: true,
        enabled: true,
        disabledReason: null,
        zone: 'other cell',
        aggregates: null,
      },
    ]);
  });

  it.each([null, '', 'compute-1.example', '300.1.1.1'])('takes %j for no address', async (address) => {
    expect(await discovered(host('a', { address }))).toMatchObject([{ ipAddress: null }]);
  });

  it('crops reasons that are too long to be kept', async () => {
    const [found] = await discovered(host('a', { disabledReason: 'x'.repeat(300) }));
    expect(found?.disabledReason).toHaveLength(255);
  });

  it('says that the cloud does not tell, and what it said instead', async () => {
    const refusing = new Saying(() => {
      throw new CloudRefused('policy does not allow it');
    });
    await expect(discovery(refusing).hosts('p')).rejects.toMatchObject({
      code: 'unavailable',
      message: 'the cloud does not tell its hosts: policy does not allow it',
    });
    const defect = new Saying(() => {
      throw new TypeError('a defect');
    });
    await expect(discovery(defect).hosts('p')).rejects.toThrow(TypeError);
  });

  it('ends when it is called off', async () => {
    const cloud = new SimulatedCloud({ hosts: ['a'] });
    cloud.faults.delayMs = 60_000;
    const stop = new AbortController();
    const asked = discovery(cloud).hosts('p', stop.signal);
    stop.abort();
    await expect(asked).rejects.toMatchObject({ code: 'unavailable' });
  });
});
