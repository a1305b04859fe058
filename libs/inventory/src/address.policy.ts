/** Addresses as text that is canonical already: what comes from outside is made so where it comes in. */
interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

interface Range extends Address {
  readonly prefix: number;
}

const joined = (parts: readonly number[], width: bigint): bigint =>
  parts.reduce((value, part) => (value << width) | BigInt(part), 0n);

const numbers = (text: string, separator: string, radix: number): number[] =>
  text === '' ? [] : text.split(separator).map((part) => Number.parseInt(part, radix));

const addressOf = (text: string): Address | undefined => {
  if (!text.includes(':')) {
    const parts = numbers(text, '.', 10);
    const fits = parts.length === 4 && parts.every((part) => part >= 0 && part <= 255);
    return fits ? { bits: 32, value: joined(parts, 8n) } : undefined;
  }
  const [before = '', after] = text.split('::');
  const [head, tail] = [numbers(before, ':', 16), numbers(after ?? '', ':', 16)];
  const gap = after === undefined ? 0 : 8 - head.length - tail.length;
  const parts = [...head, ...Array.from({ length: Math.max(gap, 0) }, () => 0), ...tail];
  const fits = parts.length === 8 && parts.every((part) => part >= 0 && part <= 0xffff);
  return fits ? { bits: 128, value: joined(parts, 16n) } : undefined;
};

const maskOf = ({ bits, prefix }: Range): bigint => ((1n << BigInt(prefix)) - 1n) << BigInt(bits - prefix);

const rangeOf = (cidr: string): Range | undefined => {
  const [text = '', length = ''] = cidr.split('/');
  const address = addressOf(text);
  const prefix = Number(length);
  if (!address || !/^\d{1,3}$/.test(length) || prefix > address.bits) return undefined;
  return { ...address, prefix };
};

const dotted = (value: bigint): string =>
  [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join('.');

/** The netmask that goes with a network: in dots for IPv4, the length of the prefix for IPv6. Undefined for what is no network. */
export const netmaskOf = (cidr: string): string | undefined => {
  const range = rangeOf(cidr);
  if (!range || (range.value & maskOf(range)) !== range.value) return undefined;
  return range.bits === 32 ? dotted(maskOf(range)) : String(range.prefix);
};

const unspecified: ReadonlySet<string> = new Set(['::', '0.0.0.0']);

/** Whether the address is one of the network's, be it a host's or not; imports have the unspecified one where none is known. */
export const isAddressIn = (cidr: string, text: string): boolean => {
  if (unspecified.has(text)) return true;
  const [range, address] = [rangeOf(cidr), addressOf(text)];
  if (!range || address?.bits !== range.bits) return false;
  return (address.value & maskOf(range)) === range.value;
};

/** Whether a host of the network may have the address: it is in it, and neither the network's own nor, for IPv4, that of all. */
export const isHostAddress = (cidr: string, text: string): boolean => {
  const [range, address] = [rangeOf(cidr), addressOf(text)];
  if (!range || address?.bits !== range.bits) return false;
  const hosts = (1n << BigInt(range.bits - range.prefix)) - 1n;
  const host = address.value - range.value;
  if (host < 0n || host > hosts) return false;
  // Two addresses or one leave none for the network itself (RFC 3021, RFC 6164).
  if (hosts <= 1n) return true;
  return host !== 0n && (range.bits === 128 || host !== hosts);
};
