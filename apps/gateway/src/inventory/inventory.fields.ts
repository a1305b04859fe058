import { isIP } from 'node:net';
import ip from 'ipaddr.js';
import { check } from '../http/fields.js';

/** How an address is written: IPv6 as RFC 5952 says, so that the same address is always the same text. */
export const canonicalAddress = (text: string): string => {
  const address = ip.parse(text);
  return address instanceof ip.IPv6 ? address.toRFC5952String() : address.toString();
};

const cidr = /^([\d.]+|[\da-f:.]+)\/(0|[1-9]\d{0,2})$/i;

/** How a network is written; undefined for what is none, or has bits of a host. */
export const canonicalCidr = (text: string): string | undefined => {
  const [, address = '', prefix = ''] = cidr.exec(text) ?? [];
  const family = isIP(address);
  if (family === 0 || Number(prefix) > (family === 4 ? 32 : 128)) return undefined;
  const network = (family === 4 ? ip.IPv4 : ip.IPv6).networkAddressFromCIDR(text).toString();
  const canonical = canonicalAddress(network);
  return canonical === canonicalAddress(address) ? `${canonical}/${prefix}` : undefined;
};

/** In dots for IPv4; the length of the prefix for IPv6, which may also come as a mask. Undefined for what is no netmask. */
export const canonicalNetmask = (text: string): string | undefined => {
  if (/^(0|[1-9]\d{0,2})$/.test(text)) return Number(text) <= 128 ? text : undefined;
  if (isIP(text) === 0 || text.includes('%')) return undefined;
  const mask = ip.parse(text);
  const prefix = mask.prefixLengthFromSubnetMask();
  if (prefix === null) return undefined;
  return mask instanceof ip.IPv6 ? String(prefix) : mask.toString();
};

export const Cidr = (): PropertyDecorator =>
  check(
    'cidr',
    (value) => typeof value === 'string' && canonicalCidr(value) !== undefined,
    'must be a network such as 10.0.0.0/24 or 2001:db8::/64, without bits of a host',
    { type: 'string', pattern: '^[0-9a-fA-F:.]+/[0-9]{1,3}$' },
  );

export const Netmask = (): PropertyDecorator =>
  check(
    'netmask',
    (value) => typeof value === 'string' && canonicalNetmask(value) !== undefined,
    'must be a netmask such as 255.255.255.0, or for IPv6 the length of the prefix such as 64',
    { type: 'string', pattern: '^[0-9a-fA-F:.]+$' },
  );

const control = /\p{Cc}/u;

const isLabel = (value: unknown): boolean =>
  typeof value === 'string' && value.length >= 1 && value.length <= 255 && !control.test(value);

/** Labels: a set of texts, where `key:value` is a habit and nothing more. */
export const Labels = (most = 100): PropertyDecorator =>
  check(
    'labels',
    (value) => Array.isArray(value) && value.length <= most && value.every(isLabel),
    `must be a list of at most ${most} labels of 1 to 255 characters without control characters`,
    { type: 'array', items: { type: 'string', minLength: 1, maxLength: 255 }, maxItems: most },
  );

const mark = /^[\w.:@-]{1,64}$/;

/** Who keeps things in step: a source's name for itself. */
export const Mark = (): PropertyDecorator =>
  check(
    'mark',
    (value) => typeof value === 'string' && mark.test(value),
    'must be 1 to 64 letters, digits and any of _ . : @ -',
    { type: 'string', pattern: '^[0-9A-Za-z_.:@-]{1,64}$' },
  );
