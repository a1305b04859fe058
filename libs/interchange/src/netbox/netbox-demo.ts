import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Json, JsonObject } from '#libs/kernel/src/json.js';

/** What a NetBox answers, by collection. */
export type Collections = Readonly<Record<string, readonly JsonObject[]>>;

interface Row {
  readonly model: string;
  readonly pk: number;
  readonly fields: Readonly<Record<string, Json>>;
}

const file = resolve('../shared/data/netbox/netbox-demo-v3.6.json.gz');

const references: Readonly<Record<string, string>> = {
  site: 'dcim.site',
  region: 'dcim.region',
  group: 'dcim.sitegroup',
  location: 'dcim.location',
  rack: 'dcim.rack',
  device: 'dcim.device',
  device_type: 'dcim.devicetype',
  manufacturer: 'dcim.manufacturer',
  platform: 'dcim.platform',
  tenant: 'tenancy.tenant',
  cluster: 'virtualization.cluster',
  virtual_machine: 'virtualization.virtualmachine',
  vrf: 'ipam.vrf',
  vlan: 'ipam.vlan',
  untagged_vlan: 'ipam.vlan',
  primary_ip4: 'ipam.ipaddress',
  primary_ip6: 'ipam.ipaddress',
};
const models: Readonly<Record<string, string>> = {
  'dcim/sites': 'dcim.site',
  'dcim/regions': 'dcim.region',
  'dcim/locations': 'dcim.location',
  'dcim/racks': 'dcim.rack',
  'virtualization/clusters': 'virtualization.cluster',
  'dcim/devices': 'dcim.device',
  'virtualization/virtual-machines': 'virtualization.virtualmachine',
  'ipam/ip-addresses': 'ipam.ipaddress',
  'dcim/interfaces': 'dcim.interface',
  'virtualization/interfaces': 'virtualization.vminterface',
  'ipam/prefixes': 'ipam.prefix',
};

/** The demo data is a dump of Django; this gives its rows the shape that the REST API gives them. */
const asAnswers = (rows: readonly Row[]): Collections => {
  const byModel = Map.groupBy(rows, ({ model }) => model);
  const indexes = new Map(
    [...byModel].map(([model, of]) => [model, new Map(of.map((row) => [row.pk, row]))]),
  );
  const nested = (model: string, pk: Json | undefined): Json => {
    const row = indexes.get(model)?.get(pk as number);
    return row ? { id: row.pk, ...(row.fields as JsonObject) } : null;
  };
  const tags = Map.groupBy(
    byModel.get('extras.taggeditem') ?? [],
    ({ fields }) => `${(fields['content_type'] as string[]).join('.')} ${fields['object_id'] as number}`,
  );
  const answer = ({ model, pk, fields }: Row): JsonObject => {
    const members = Object.entries(fields).map(([key, value]): [string, Json] => {
      if (key === 'role' && !model.startsWith('ipam.')) return [key, nested('dcim.devicerole', value)];
      if (['status', 'face', 'type', 'duplex'].includes(key))
        return [key, typeof value === 'string' ? { value } : value];
      if (key === 'custom_field_data') return ['custom_fields', value];
      return [key, references[key] === undefined ? value : nested(references[key], value)];
    });
    const tagged = tags.get(`${model} ${pk}`) ?? [];
    return {
      id: pk,
      ...(Object.fromEntries(members) as JsonObject),
      tags: tagged.map((one) => nested('extras.tag', one.fields['tag'])),
    };
  };
  return Object.fromEntries(
    Object.entries(models).map(([collection, model]) => [collection, (byModel.get(model) ?? []).map(answer)]),
  );
};

/** What a NetBox with the demo data would answer; undefined where the data is absent. For tests. */
export const demoAnswers = (): Collections | undefined =>
  existsSync(file)
    ? asAnswers(JSON.parse(gunzipSync(readFileSync(file)).toString('utf8')) as Row[])
    : undefined;
