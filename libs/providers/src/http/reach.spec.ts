import { GuardedGet } from './guarded-get.js';
import { Reach } from './reach.js';

describe('where providers may go', () => {
  const reach = new Reach([]);

  it.each(['93.184.216.34', '8.8.8.8', '2606:2800:220:1::1', '2a00:1450:4001:81b::200e'])(
    'includes %s',
    (address) => {
      expect(reach.admits(address)).toBe(true);
    },
  );

  it.each([
    ['this machine', '127.0.0.1'],
    ['this machine, by another number', '127.8.9.10'],
    ['this machine', '::1'],
    ['nowhere', '0.0.0.0'],
    ['nowhere', '::'],
    ['private networks', '10.1.2.3'],
    ['private networks', '172.16.0.1'],
    ['private networks', '192.168.1.1'],
    ['the metadata of a cloud', '169.254.169.254'],
    ['carriers', '100.64.0.1'],
    ['many at once', '224.0.0.1'],
    ['many at once', 'ff02::1'],
    ['everybody', '255.255.255.255'],
    ['what is reserved', '240.0.0.1'],
    ['benchmarks', '198.18.0.1'],
    ['documentation', '192.0.2.1'],
    ['links', 'fe80::1'],
    ['sites', 'fec0::1'],
    ['private networks', 'fd00::1'],
    ['an IPv4 address in disguise', '::ffff:127.0.0.1'],
    ['an IPv4 address in disguise', '::ffff:a9fe:a9fe'],
    ['an IPv4 address in old disguise', '::7f00:1'],
    ['NAT64', '64:ff9b::7f00:1'],
    ['local NAT64', '64:ff9b:1::7f00:1'],
    ['6to4', '2002:7f00:1::'],
    ['Teredo', '2001:0:7f00:1::'],
    ['documentation', '2001:db8::1'],
  ])('excludes %s: %s', (_, address) => {
    expect(reach.admits(address)).toBe(false);
  });

  it('includes what is allowed besides, as a network, an address or a name', async () => {
    const allowed = new Reach(['10.0.0.0/8', 'fd00::/16', '127.0.0.1', 'CMDB.example'], async () => [
      { address: '192.168.7.7', family: 4 },
    ]);
    expect(
      ['10.9.8.7', '::ffff:10.0.0.1', 'fd00:0:1::', '127.0.0.1'].map((one) => allowed.admits(one)),
    ).toEqual([true, true, true, true]);
    expect(['11.9.8.7', '127.0.0.2', 'fd01::', '192.168.7.7'].filter((one) => allowed.admits(one))).toEqual([
      '11.9.8.7',
    ]);
    expect(await allowed.addressOf('cmdb.example.')).toEqual({ address: '192.168.7.7', family: 4 });
    await expect(allowed.addressOf('other.example')).rejects.toMatchObject({ code: 'refused' });
  });

  it('passes over the addresses of a name that are excluded', async () => {
    const two = new Reach([], async () => [
      { address: '10.0.0.1', family: 4 },
      { address: '93.184.216.34', family: 4 },
    ]);
    expect(await two.addressOf('both.example')).toEqual({ address: '93.184.216.34', family: 4 });
  });

  it('asks for a name once, however many want to know', async () => {
    let asked = 0;
    const slow = new Reach([], async () => {
      asked += 1;
      return [{ address: '93.184.216.34', family: 4 }];
    });
    await Promise.all([
      slow.addressOf('a.example'),
      slow.addressOf('a.example'),
      slow.addressOf('b.example'),
    ]);
    expect(asked).toBe(2);
  });

  // As URLs write it: what is read is a number, in whatever base.
  it.each([
    'http://2130706433/',
    'http://0x7f.1/',
    'http://0177.0.0.1/',
    'http://[::1]/',
    'http://[::ffff:7f00:1]/',
    'http://localhost./',
    'http://127.0.0.1:1/',
  ])('does not include %s', async (url) => {
    const asked = new GuardedGet(new Reach([])).json(new URL(url), {}, AbortSignal.timeout(20_000));
    await expect(asked).rejects.toMatchObject({ code: 'refused' });
  });
});
