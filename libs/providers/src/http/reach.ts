import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { ProviderFailure } from '../provider.port.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Network = readonly [Address, number];

export interface Resolved {
  readonly address: string;
  readonly family: number;
}

export type Resolve = (hostname: string) => Promise<readonly Resolved[]>;

/** What IPv6 has given out to the whole world; everything else is special, whatever it is called. */
const worldwide = ipaddr.parseCIDR('2000::/3');

const networkOf = (text: string): Network =>
  text.includes('/') ? ipaddr.parseCIDR(text) : [ipaddr.parse(text), isIP(text) === 4 ? 32 : 128];

const isNetwork = (text: string): boolean => isIP(text.split('/')[0] ?? '') !== 0;

/** ::ffff:10.0.0.1 is another way to write 10.0.0.1. */
const parsed = (text: string): Address => ipaddr.process(text);

const isPublic = (address: Address): boolean =>
  address.range() === 'unicast' && (address.kind() === 'ipv4' || address.match(worldwide));

const inside = (address: Address, [network, bits]: Network): boolean =>
  address.kind() === network.kind() && address.match(network, bits);

const everyAddress: Resolve = (hostname) => lookup(hostname, { all: true });

/**
 * Where requests may go that a user has made up: to public addresses, and to what the configuration allows. A name is resolved once
 * and the connection made to what was looked at, so that a name which means something else the next moment gains nothing.
 */
export class Reach {
  private readonly names: ReadonlySet<string>;
  private readonly networks: readonly Network[];
  private readonly underway = new Map<string, Promise<readonly Resolved[]>>();

  constructor(
    allowed: readonly string[],
    private readonly resolve: Resolve = everyAddress,
  ) {
    this.networks = allowed.filter(isNetwork).map(networkOf);
    this.names = new Set(allowed.filter((text) => !isNetwork(text)).map((name) => name.toLowerCase()));
  }

  /** Whether an address as text may be connected to. */
  admits(text: string): boolean {
    const address = parsed(text);
    return isPublic(address) || this.networks.some((network) => inside(address, network));
  }

  /** The address to connect to for a host of a URL. Rejects with a `ProviderFailure` that is `refused`, or `unavailable`. */
  async addressOf(host: string): Promise<Resolved> {
    const name = host.replace(/^\[|\]$/g, '').replace(/\.$/, '');
    const known = this.names.has(name.toLowerCase());
    const found = isIP(name) ? [{ address: name, family: isIP(name) }] : await this.resolved(name);
    const address = found.find((one) => known || this.admits(one.address));
    if (address) return address;
    throw new ProviderFailure('refused', `${name} is in a network that providers may not reach`);
  }

  /** One question at a time for each name: the threads that ask are few, and a slow server of names would hold them all. */
  private async resolved(name: string): Promise<readonly Resolved[]> {
    const underway = this.underway.get(name) ?? this.resolve(name);
    this.underway.set(name, underway);
    try {
      return await underway;
    } catch (cause) {
      throw new ProviderFailure('unavailable', `${name} has no address`, { cause });
    } finally {
      if (this.underway.get(name) === underway) this.underway.delete(name);
    }
  }
}
