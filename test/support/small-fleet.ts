import { type FleetRecord, isProblem } from '#libs/interchange/src/fleet-record.js';
import { type FleetFormat, readFleet } from '#libs/interchange/src/read-fleet.js';
import type { Answer, Client } from '#test/support/gateway.js';
import { made } from '#test/support/places.js';

export const create = async (client: Client, path: string, body: object): Promise<string> =>
  (await made(client.post(`/v1/${path}`, body))).body.id as string;

export interface Ids {
  readonly cloud: string;
  readonly region: string;
  readonly cell: string;
  readonly node: string;
  readonly box: string;
}

/** One of each kind of thing, and two devices in a tree. */
export const smallFleet = async (client: Client): Promise<Ids> => {
  const cloud = await create(client, 'clouds', {
    name: 'prod',
    note: 'ours',
    variables: { a: 'cloud', b: 'cloud' },
  });
  const region = await create(client, 'regions', {
    name: 'east',
    cloud_id: cloud,
    variables: { b: 'region' },
  });
  const cell = await create(client, 'cells', {
    name: 'rack 1',
    region_id: region,
    variables: { c: 'cell', d: 1 },
  });
  const device = { region_id: region, device_type: 'server' };
  const node = await create(client, 'hosts', {
    ...device,
    name: 'node1',
    cell_id: cell,
    ip_address: '192.0.2.1',
    labels: ['role:compute', 'gpu'],
    variables: { d: [1, { two: '{{ three }}' }], 'a b': '=1+1' },
  });
  const box = await create(client, 'containers', {
    ...device,
    name: 'box1',
    parent_id: node,
    ip_address: '2001:db8::1',
    active: false,
    variables: { e: null },
  });
  await create(client, 'network-devices', {
    ...device,
    name: 'sw1',
    ip_address: '192.0.2.9',
    model_name: 'M',
    vlans: '1,2',
  });
  const network = await create(client, 'networks', {
    name: 'lan',
    region_id: region,
    cidr: '192.0.2.0/24',
    gateway: '192.0.2.254',
    netmask: '255.255.255.0',
    network_type: 'vlan',
  });
  await create(client, 'network-interfaces', {
    name: 'eth0',
    device_id: node,
    network_id: network,
    interface_type: 'virtual',
    ip_address: '192.0.2.1',
    vlan_id: 7,
  });
  return { cloud, region, cell, node, box };
};

/** The records of an export, without where in it they stood. */
export const readAs = async (format: FleetFormat, { status, text }: Answer): Promise<FleetRecord[]> => {
  if (status !== 200) throw new Error(`${status} ${text}`);
  const read = await Array.fromAsync(readFleet(format, [Buffer.from(text)]));
  const problem = read.find(isProblem);
  if (problem) throw new Error(JSON.stringify(problem));
  return (read as FleetRecord[]).map((record) => ({ ...record, source: {} }));
};
