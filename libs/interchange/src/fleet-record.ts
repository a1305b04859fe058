import type { Json, JsonObject } from '#libs/kernel/src/json.js';

export const fleetKinds = [
  'cloud',
  'region',
  'cell',
  'host',
  'network-device',
  'container',
  'network',
  'interface',
] as const;
export type FleetKind = (typeof fleetKinds)[number];

/** Names of what a thing hangs on; a name is absent where the source does not say it. */
export interface Place {
  readonly cloud?: string;
  readonly region?: string;
  readonly cell?: string;
  /** The parent device, of the same region. */
  readonly parent?: string;
  /** What an interface belongs to, of the same region. */
  readonly device?: string;
}

/** Where something stood, for whoever has to correct it. Lines, columns and rows count from 1. */
export interface Source {
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  /** Number of the record among the records of its source. */
  readonly row?: number;
  /** A member's name or the address of an object in the source. */
  readonly path?: string;
}

/** One thing of a fleet in no particular format: its natural key is kind, place and name. */
export interface FleetRecord {
  readonly kind: FleetKind;
  readonly name: string;
  readonly place: Place;
  /** snake_case, of the types in `fieldTypes`. */
  readonly fields: Readonly<Record<string, Json>>;
  readonly labels: readonly string[];
  readonly variables: JsonObject;
  readonly source: Source;
}

/** What could not be read. The words name members and positions, never values, which may be secrets. */
export interface RowProblem {
  readonly problem: string;
  readonly source: Source;
  /** Nothing after it was read. */
  readonly fatal?: true;
}

export type Read = FleetRecord | RowProblem;

export const isProblem = (read: object): read is RowProblem => 'problem' in read;

type FieldType = 'string' | 'boolean' | 'integer' | 'json';

const common = { note: 'string' } as const;
const device = { ...common, ip_address: 'string', device_type: 'string', active: 'boolean' } as const;

/** The fields that a record of each kind may have, beside its name, place, labels and variables. */
export const fieldTypes: Readonly<Record<FleetKind, Readonly<Record<string, FieldType>>>> = {
  cloud: common,
  region: common,
  cell: common,
  host: device,
  'network-device': { ...device, model_name: 'string', os_version: 'string', vlans: 'json' },
  container: device,
  network: {
    cidr: 'string',
    gateway: 'string',
    netmask: 'string',
    ip_block_type: 'string',
    network_type: 'string',
    nss: 'string',
  },
  interface: {
    interface_type: 'string',
    ip_address: 'string',
    network: 'string',
    vlan_id: 'integer',
    vlan: 'string',
    port: 'integer',
    speed: 'integer',
    duplex: 'string',
    link: 'string',
    cdp: 'string',
    security: 'string',
  },
};

export const placeNames = ['cloud', 'region', 'cell', 'parent', 'device'] as const;

/** What a source may ask of us at most; beyond it there is a problem, and no more memory. */
export interface Limits {
  /** Of a source that is read row by row. */
  readonly streamBytes: number;
  /** Of a source that must be read whole: inventories of Ansible. */
  readonly wholeBytes: number;
  /** Of one YAML text: its syntax tree takes some hundred times as much memory. */
  readonly yamlBytes: number;
  readonly rowBytes: number;
  readonly records: number;
  readonly problems: number;
  readonly depth: number;
  /** Values in one YAML document with every alias written out. */
  readonly nodes: number;
  /** Variables of all hosts of one inventory, each with what it inherits. */
  readonly resolved: number;
}

export const defaultLimits: Limits = {
  streamBytes: 2 ** 30,
  wholeBytes: 32 * 2 ** 20,
  yamlBytes: 4 * 2 ** 20,
  rowBytes: 512 * 2 ** 10,
  records: 1_000_000,
  problems: 1000,
  depth: 32,
  nodes: 2_000_000,
  resolved: 25_000_000,
};

export type ByteStream = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** One file of several that belong together, such as an inventory with its group_vars. */
export interface SourceFile {
  /** With forward slashes, relative to the folder that holds the inventory. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** What its problems call it; by default its path. */
  readonly name?: string;
}
