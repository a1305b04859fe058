import { isIPv4 } from 'node:net';
import type { Type } from '@nestjs/common';
import ip from 'ipaddr.js';
import type { ImportedKind, ImportedThing } from '#libs/inventory/src/import.policy.js';
import type { FleetRecord } from '#libs/interchange/src/fleet-record.js';
import type { Json } from '#libs/kernel/src/json.js';
import { Flag, IpAddress, Name, NewName, Note, Optional, Whole } from '../http/fields.js';
import { validBody } from '../http/validation.pipe.js';
import {
  canonicalAddress,
  canonicalCidr,
  canonicalNetmask,
  Cidr,
  Labels,
  Netmask,
} from '../inventory/inventory.fields.js';

/** What has no labels, and must not be given any. */
class Unlabelled {
  @NewName()
  readonly name: string;

  @Labels(0)
  readonly labels: readonly string[];
}

class ImportedPlace extends Unlabelled {
  @Optional()
  @Note()
  readonly note?: string;
}

class ImportedDevice {
  @NewName()
  readonly name: string;

  @Labels()
  readonly labels: readonly string[];

  @Optional()
  @Note()
  readonly note?: string;

  @Optional()
  @IpAddress()
  readonly ip_address?: string;

  @Optional()
  @Name()
  readonly device_type?: string;

  @Optional()
  @Flag()
  readonly active?: boolean;
}

class ImportedNetworkDevice extends ImportedDevice {
  @Optional()
  @Name()
  readonly model_name?: string;

  @Optional()
  @Name()
  readonly os_version?: string;

  @Optional()
  @Name(4096)
  readonly vlans?: string;
}

class ImportedNetwork extends Unlabelled {
  @Cidr()
  readonly cidr: string;

  @Optional()
  @IpAddress()
  readonly gateway?: string;

  @Optional()
  @Netmask()
  readonly netmask?: string;

  @Optional()
  @Name()
  readonly ip_block_type?: string;

  @Optional()
  @Name()
  readonly network_type?: string;

  @Optional()
  @Name()
  readonly nss?: string;
}

class ImportedInterface extends Unlabelled {
  @Optional()
  @Name()
  readonly interface_type?: string;

  @Optional()
  @IpAddress()
  readonly ip_address?: string;

  @Optional()
  @Name()
  readonly network?: string;

  @Optional()
  @Whole(0, 2 ** 24 - 1)
  readonly vlan_id?: number;

  @Optional()
  @Whole(0, 2 ** 31 - 1)
  readonly port?: number;

  @Optional()
  @Whole(0, Number.MAX_SAFE_INTEGER)
  readonly speed?: number;

  @Optional()
  @Name()
  readonly vlan?: string;

  @Optional()
  @Name()
  readonly duplex?: string;

  @Optional()
  @Name()
  readonly link?: string;

  @Optional()
  @Name()
  readonly cdp?: string;

  @Optional()
  @Name()
  readonly security?: string;
}

class Placed {
  @Optional()
  @Name()
  readonly cloud?: string;

  @Optional()
  @Name()
  readonly region?: string;

  @Optional()
  @Name()
  readonly cell?: string;

  @Optional()
  @Name()
  readonly parent?: string;

  @Optional()
  @Name()
  readonly device?: string;
}

const shapes: Readonly<Record<ImportedKind, Type>> = {
  cloud: ImportedPlace,
  region: ImportedPlace,
  cell: ImportedPlace,
  host: ImportedDevice,
  'network-device': ImportedNetworkDevice,
  container: ImportedDevice,
  network: ImportedNetwork,
  interface: ImportedInterface,
};

type Fields = Readonly<Record<string, Json>>;

/** Of what is new and has no address that the source tells. */
const unknownAddress = '::';

const address = (text: string): string => (isIPv4(text) ? text : canonicalAddress(text));

const canonical: Readonly<Record<string, (text: string) => string | undefined>> = {
  ip_address: address,
  gateway: address,
  cidr: canonicalCidr,
  netmask: canonicalNetmask,
};

/** Fields as the region has them: addresses in one spelling each, VLANs as a text. */
const settled = (fields: Fields): Fields => {
  const made: Record<string, Json> = {};
  for (const name of Object.keys(fields)) {
    const value = fields[name]!;
    const spelled = typeof value === 'string' ? canonical[name]?.(value) : undefined;
    made[name] = spelled ?? value;
  }
  return made;
};

/** Of a network whose gateway the source does not tell: the first address that a host can have. */
const firstHost = (cidr: string): string => {
  const [text = '', prefix = ''] = cidr.split('/');
  const network = ip.parse(text);
  const bytes = network.toByteArray();
  const alone = Number(prefix) >= bytes.length * 8 - 1;
  if (!alone) bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) + 1;
  return canonicalAddress(ip.fromByteArray(bytes).toString());
};

const fallbackOf = (kind: ImportedKind, fields: Fields, deviceType: string): Fields => {
  if (kind === 'network')
    return typeof fields['cidr'] === 'string' ? { gateway: firstHost(fields['cidr']) } : {};
  if (kind === 'interface') return { interface_type: 'unknown', ip_address: unknownAddress };
  return { ip_address: unknownAddress, device_type: deviceType };
};

/** CSV and NetBox may tell VLANs as a list. */
const written = (fields: Fields): Fields => {
  const { vlans } = fields;
  return vlans === undefined || typeof vlans === 'string'
    ? fields
    : { ...fields, vlans: JSON.stringify(vlans) };
};

/** A record with everything in it checked, by the same rules as a body of the API. Throws `validation-failed`, naming the members. */
export const thingOf = (record: FleetRecord, deviceType: string): ImportedThing => {
  const { kind, name, place, labels } = record;
  const fields = written(record.fields);
  validBody(shapes[kind], { name, labels, ...fields });
  validBody(Placed, place);
  const told = settled(fields);
  return { kind, name, place, fields: told, fallback: fallbackOf(kind, told, deviceType), labels };
};
