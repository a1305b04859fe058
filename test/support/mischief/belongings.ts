import type { Client } from '../gateway.js';
import { hardware, made } from '../places.js';

/** Identifiers of what a project has, by the collection it is in. */
export type Belongings = Readonly<Record<string, string>>;

export const inAnHour = (hours = 1): string => new Date(Date.now() + hours * 3_600_000).toISOString();

let count = 0;

/** One of each kind of thing. */
export const belongings = async (client: Client): Promise<Belongings> => {
  count += 1;
  const create = async (path: string, body: object): Promise<string> =>
    (await made(client.post(`/v1/${path}`, body))).body.id;
  const user = await made(client.post('/v1/users', { username: `owner ${count}`, roles: ['viewer'] }));
  const key = await create(`users/${user.body.id}/api-keys`, { name: 'second' });
  const cloud = await create('clouds', { name: `cloud ${count}`, variables: { a: 1 } });
  const region = await create('regions', { name: 'region', cloud_id: cloud });
  const cell = await create('cells', { name: 'cell', region_id: region });
  const host = await create('hosts', { name: 'compute-01', region_id: region, ...hardware });
  const device = (kind: string, name: string) => create(kind, { name, region_id: region, ...hardware });
  const range = { cidr: '10.0.0.0/24', gateway: '10.0.0.1' };
  const port = { name: 'eth0', device_id: host, interface_type: 'ethernet', ip_address: '10.0.0.1' };
  const times = { starts_at: inAnHour(), ends_at: inAnHour(2) };
  const workflow = await create('workflows', { name: 'rest', steps: [{ name: 'rest', plugin: 'pause' }] });
  return {
    projects: user.body.project_id,
    users: user.body.id,
    'api-keys': key,
    clouds: cloud,
    regions: region,
    cells: cell,
    hosts: host,
    'network-devices': await device('network-devices', 'switch'),
    containers: await device('containers', 'container'),
    networks: await create('networks', { name: 'network', region_id: region, ...range }),
    'network-interfaces': await create('network-interfaces', port),
    'maintenance-windows': await create('maintenance-windows', { host_id: host, ...times }),
    workflows: workflow,
    runs: await create('runs', { workflow }),
  };
};
