import { defaultLimits, type Limits, type Read } from '../fleet-record.js';
import { gated } from '../read-fleet.js';
import type { NetBoxClient } from './netbox-client.js';
import { NetBoxMapper, type NetBoxOptions } from './netbox-mapper.js';

/** What reads collections: a `NetBoxClient`, or answers that were recorded. */
export type NetBoxSource = Pick<NetBoxClient, 'list'>;

async function* reads(source: NetBoxSource, options: NetBoxOptions): AsyncGenerator<Read> {
  const all = (collection: string) => Array.fromAsync(source.list(collection));
  const mapper = new NetBoxMapper(
    {
      sites: await all('dcim/sites'),
      regions: await all('dcim/regions'),
      siteGroups: await all('dcim/site-groups'),
      locations: await all('dcim/locations'),
      racks: await all('dcim/racks'),
      clusters: await all('virtualization/clusters'),
      tenants: await all('tenancy/tenants'),
      contexts: await all('extras/config-contexts'),
    },
    options,
  );
  yield* mapper.tree();
  // Rendered contexts make the answers of NetBox many times slower.
  const bare = { exclude: 'config_context' };
  for await (const device of source.list('dcim/devices', bare)) yield mapper.device(device);
  for await (const machine of source.list('virtualization/virtual-machines', bare))
    yield mapper.virtualMachine(machine);
  for await (const address of source.list('ipam/ip-addresses')) mapper.address(address);
  for await (const one of source.list('dcim/interfaces')) yield mapper.interface(one, 'device');
  for await (const one of source.list('virtualization/interfaces'))
    yield mapper.interface(one, 'virtual_machine');
  for await (const prefix of source.list('ipam/prefixes')) yield mapper.prefix(prefix);
}

/**
 * The fleet that a NetBox knows, in an order in which everything comes after what it hangs on, parent devices aside. Objects that cannot be
 * placed are problems with their address; rejects as the source does.
 */
export const readNetBox = (
  source: NetBoxSource,
  options: NetBoxOptions,
  limits: Partial<Limits> = {},
): AsyncGenerator<Read> => gated(reads(source, options), { ...defaultLimits, ...limits });
