import { isHostAddress, netmaskOf } from './address.policy.js';

describe('the netmask of a network', () => {
  it.each([
    ['10.0.0.0/24', '255.255.255.0'],
    ['10.1.2.128/25', '255.255.255.128'],
    ['0.0.0.0/0', '0.0.0.0'],
    ['10.0.0.7/32', '255.255.255.255'],
    ['2001:db8::/32', '32'],
    ['2001:db8:1:2::/64', '64'],
    ['::/0', '0'],
    ['::1/128', '128'],
    ['1:2:3:4:5:6:7:8/128', '128'],
  ])('follows from %s', (cidr, netmask) => expect(netmaskOf(cidr)).toBe(netmask));

  it.each([
    '10.0.0.1/24',
    '10.0.0.0/33',
    '10.0.0.0',
    '10.0.0.0/',
    '10.0.0/24',
    '10.0.0.256/32',
    '2001:db8::1/64',
  ])('is not there for %s, which is no network', (cidr) => expect(netmaskOf(cidr)).toBeUndefined());

  it.each(['', '/', 'north', '1:2:3/64', '::/129', '1::2::3/64', '10.0.0.0/-1', '12345::/16'])(
    'is not there for %j',
    (cidr) => expect(netmaskOf(cidr)).toBeUndefined(),
  );
});

describe('the address of a host', () => {
  it.each([
    ['10.0.0.0/24', '10.0.0.1', true],
    ['10.0.0.0/24', '10.0.0.254', true],
    ['10.0.0.0/24', '10.0.0.0', false],
    ['10.0.0.0/24', '10.0.0.255', false],
    ['10.0.0.0/24', '10.0.1.0', false],
    ['10.0.0.0/24', '9.255.255.255', false],
    ['10.0.0.0/24', '::1', false],
    ['10.0.0.0/24', 'north', false],
    ['10.0.0.0/31', '10.0.0.0', true],
    ['10.0.0.0/31', '10.0.0.1', true],
    ['10.0.0.4/32', '10.0.0.4', true],
    ['10.0.0.4/32', '10.0.0.5', false],
    ['2001:db8::/64', '2001:db8::1', true],
    ['2001:db8::/64', '2001:db8::ffff:ffff:ffff:ffff', true],
    ['2001:db8::/64', '2001:db8::', false],
    ['2001:db8::/64', '2001:db8:0:1::', false],
    ['2001:db8::/127', '2001:db8::', true],
    ['::/0', 'fe80::1', true],
  ])('in %s: %s, %s', (cidr, address, is) => expect(isHostAddress(cidr, address)).toBe(is));
});
