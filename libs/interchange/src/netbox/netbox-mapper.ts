import type { FleetRecord, Place, Read } from '../fleet-record.js';
import { oddityOf } from '../json-shape.js';
import { ConfigContexts } from './config-contexts.js';
import {
  addressOf,
  choiceOf,
  compact,
  idOf,
  objectIn,
  roleOf,
  textOf,
  type NetBoxObject,
} from './netbox-objects.js';
import { NetBoxPlaces } from './netbox-places.js';
import { known, labelsOf, mapped, noteOf, record, type Member } from './netbox-records.js';
import { mapTree, type NetBoxFrame } from './netbox-tree.js';

export interface NetBoxOptions {
  /** The cloud that everything is put into. */
  readonly cloud: string;
  /** Tells the roles, by their slugs, whose devices are network devices; the others are hosts. */
  readonly networkRoles?: (slug: string) => boolean;
  readonly depth?: number;
}

const networkWords =
  /router|switch|firewall|network|patch|pdu|ups|console|access-point|balanc|gateway|wireless/;

/** Turns objects of NetBox's REST API into records, one at a time; pure but for the names that it remembers. */
export class NetBoxMapper {
  private readonly depth: number;
  private readonly places: NetBoxPlaces;
  private readonly contexts: ConfigContexts;
  private readonly devices = new Map<string, Place & { device: string }>();
  private readonly addresses = new Map<string, string>();

  constructor(
    private readonly frame: NetBoxFrame,
    private readonly options: NetBoxOptions,
  ) {
    this.depth = options.depth ?? 32;
    this.places = new NetBoxPlaces(options.cloud);
    const contexts = frame.contexts.filter((context) => oddityOf(context, this.depth) === undefined);
    this.contexts = new ConfigContexts(contexts, frame);
  }

  /** The cloud, its regions and their cells; asked for first, since the others are placed by it. */
  tree(): Generator<Read> {
    return mapTree(this.frame, this.places, this.depth);
  }

  device(device: NetBoxObject): Read {
    const role = textOf(roleOf(device), 'slug') ?? 'device';
    // NetBox lets a device have no name; its role and number say which one it is, today and tomorrow.
    const named = (device['name'] ?? '') === '' ? { ...device, name: `${role}-${idOf(device)}` } : device;
    return this.mapped(named, 'dcim/devices', ({ path, name }) => {
      const isNetwork = this.options.networkRoles ?? ((slug: string) => networkWords.test(slug));
      return this.machine(device, 'dcim.interface', {
        kind: isNetwork(role) ? 'network-device' : 'host',
        path,
        name,
        place: {
          ...this.places.within(device),
          ...compact({
            cell: this.places.cellOf(device),
            parent: textOf(objectIn(device, 'parent_device'), 'name'),
          }),
        },
        fields: compact({ device_type: textOf(objectIn(device, 'device_type'), 'model') ?? 'server' }),
        variables: known(device, {
          manufacturer: textOf(objectIn(objectIn(device, 'device_type'), 'manufacturer'), 'slug'),
          rack: textOf(objectIn(device, 'rack'), 'name'),
          location: textOf(objectIn(device, 'location'), 'name'),
          position: device['position'],
          face: choiceOf(device, 'face'),
          cluster: textOf(objectIn(device, 'cluster'), 'name'),
        }),
      });
    });
  }

  virtualMachine(machine: NetBoxObject): Read {
    return this.mapped(machine, 'virtualization/virtual-machines', ({ path, name }) =>
      this.machine(machine, 'virtualization.vminterface', {
        kind: 'container',
        path,
        name,
        place: { ...this.places.within(machine), ...compact({ parent: this.hostOf(machine) }) },
        fields: { device_type: 'virtual-machine' },
        variables: known(machine, {
          cluster: textOf(objectIn(machine, 'cluster'), 'name'),
          vcpus: machine['vcpus'],
          memory: machine['memory'],
          disk: machine['disk'],
        }),
      }),
    );
  }

  /** Remembers an address for the interface that it is assigned to, whose record comes later. */
  address(address: NetBoxObject): void {
    const text = addressOf(address);
    const owner = `${textOf(address, 'assigned_object_type')} ${JSON.stringify(address['assigned_object_id'] ?? null)}`;
    if (text !== undefined && !this.addresses.has(owner)) this.addresses.set(owner, text);
  }

  interface(one: NetBoxObject, of: 'device' | 'virtual_machine'): Read {
    const collection = of === 'device' ? 'dcim/interfaces' : 'virtualization/interfaces';
    const type = of === 'device' ? 'dcim.interface' : 'virtualization.vminterface';
    return this.mapped(one, collection, ({ path, name }) => {
      const place = this.devices.get(`${type} ${idOf(objectIn(one, of))}`);
      if (!place) return { problem: 'the interface belongs to no device that was read', source: { path } };
      const vlan = objectIn(one, 'untagged_vlan');
      const { cloud, region, device } = place;
      return record({
        kind: 'interface',
        path,
        name,
        place: compact({ cloud, region, device }) as Place,
        fields: compact({
          interface_type: choiceOf(one, 'type') ?? 'virtual',
          ip_address: this.addresses.get(`${type} ${idOf(one)}`),
          vlan_id: Number.isSafeInteger(vlan?.['vid']) ? vlan?.['vid'] : undefined,
          vlan: textOf(vlan, 'name'),
          speed: Number.isSafeInteger(one['speed']) ? one['speed'] : undefined,
          duplex: choiceOf(one, 'duplex'),
        }),
        variables: known(one, { mac_address: one['mac_address'], mtu: one['mtu'], enabled: one['enabled'] }),
      });
    });
  }

  prefix(prefix: NetBoxObject): Read {
    const cidr = textOf(prefix, 'prefix');
    const vrf = textOf(objectIn(prefix, 'vrf'), 'name');
    const named = {
      ...prefix,
      name: vrf === undefined || cidr === undefined ? (cidr ?? null) : `${vrf} ${cidr}`,
    };
    return this.mapped(named, 'ipam/prefixes', ({ path, name }) =>
      record({
        kind: 'network',
        path,
        name,
        place: this.places.within(prefix),
        fields: compact({ cidr, ip_block_type: textOf(objectIn(prefix, 'role'), 'slug') }),
        variables: known(prefix, {
          description: noteOf(prefix),
          vlan: objectIn(prefix, 'vlan')?.['vid'],
          vrf,
        }),
      }),
    );
  }

  private mapped(object: NetBoxObject, collection: string, map: Parameters<typeof mapped>[3]): Read {
    return mapped(object, collection, this.depth, map);
  }

  private machine(object: NetBoxObject, type: string, member: Member): FleetRecord {
    this.devices.set(`${type} ${idOf(object)}`, { ...member.place, device: member.name });
    const primary = ['primary_ip', 'primary_ip4', 'primary_ip6'].map((one) =>
      addressOf(objectIn(object, one)),
    );
    return record({
      ...member,
      fields: {
        ...member.fields,
        active: choiceOf(object, 'status') === 'active',
        ...compact({ ip_address: primary.find((one) => one !== undefined), note: noteOf(object) }),
      },
      labels: labelsOf(object),
      variables: { ...this.contexts.of(object), ...member.variables },
    });
  }

  /** The device that a virtual machine runs on, when both are in one region, as a parent must be. */
  private hostOf(machine: NetBoxObject): string | undefined {
    const place = this.devices.get(`dcim.interface ${idOf(objectIn(machine, 'device'))}`);
    return place?.region === this.places.regionOf(machine) ? place?.device : undefined;
  }
}
