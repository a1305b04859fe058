import type { FleetRecord } from '../fleet-record.js';

const record = (one: Partial<FleetRecord> & Pick<FleetRecord, 'kind' | 'name'>): FleetRecord => ({
  place: {},
  fields: {},
  labels: [],
  variables: {},
  source: {},
  ...one,
});

const east = { cloud: 'prod', region: 'east' };

/** A small fleet with the names that writers stumble over. */
export const sample: readonly FleetRecord[] = [
  record({ kind: 'cloud', name: 'prod', fields: { note: 'the "real" one' } }),
  record({ kind: 'region', name: 'east', place: { cloud: 'prod' }, variables: { ntp: ['10.0.0.1'] } }),
  record({ kind: 'region', name: 'west', place: { cloud: 'prod' } }),
  record({ kind: 'cell', name: 'rack 1', place: east }),
  record({
    kind: 'host',
    name: 'node1',
    place: { ...east, cell: 'rack 1' },
    fields: { ip_address: '192.0.2.1', device_type: 'server', active: true },
    labels: ['role:compute', 'gpu-a', 'gpu_a'],
    variables: { kernel: '6.12', cores: 64, nested: { on: [true, null, 'no'] }, 'a b': '=1+1' },
  }),
  record({
    kind: 'host',
    name: 'node1',
    place: { cloud: 'prod', region: 'west' },
    fields: { ip_address: '2001:db8::1', note: '+cmd|calc' },
    variables: { run: "{{ lookup('pipe', 'touch /tmp/owned') }}", __ansible_vault: 'x' },
  }),
  record({
    kind: 'container',
    name: 'box\\N"<b>"\nsecond line',
    place: { ...east, parent: 'node1' },
    labels: ['with, comma', ' padded '],
    fields: { active: false },
  }),
  record({ kind: 'host', name: 'all', place: {}, fields: { ip_address: '192.0.2.9' } }),
  record({ kind: 'host', name: 'label_gpu_a', place: east, variables: { text: '5', empty: '', zero: 0 } }),
  record({
    kind: 'network-device',
    name: 'sw1',
    place: east,
    fields: { vlans: [1, { id: 2 }], model_name: 'M' },
  }),
  record({
    kind: 'network',
    name: 'lan',
    place: east,
    fields: { cidr: '192.0.2.0/24', gateway: '192.0.2.254' },
  }),
  record({
    kind: 'interface',
    name: 'eth0',
    place: { ...east, device: 'node1' },
    fields: { interface_type: 'virtual', vlan_id: 7, speed: 1000 },
  }),
];
