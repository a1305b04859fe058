import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import { ownPrefix } from '../ansible/ansible.js';
import { placeNames, type FleetRecord } from '../fleet-record.js';
import { isObject, objectOf } from '../json-shape.js';
import { AnsibleNames, type GroupName } from './ansible-names.js';
import { devicesOf, inChunks, type RecordSource } from './records.js';

export interface AnsibleOptions {
  /**
   * Whether Ansible may run the templates that stand in values. Who may set a variable could then run anything where the playbook runs,
   * so that they are marked unsafe unless the caller trusts everybody who may.
   */
  readonly trustTemplates?: boolean;
}

interface Group {
  readonly hosts: string[];
  readonly children: Set<string>;
}

const template = /\{[{%#]/;

/** Most values are: one look at their text takes a small part of the time that a look at each of them takes. */
const isHarmless = (values: JsonObject): boolean => !/\{[{%#]|__ansible_/.test(JSON.stringify(values));

const marked = (value: Json): Json => {
  if (typeof value === 'string') return template.test(value) ? { __ansible_unsafe: value } : value;
  if (Array.isArray(value)) return (value as Json[]).map(marked);
  return isObject(value) ? objectOf(Object.entries(value).map(([key, one]) => [key, marked(one)])) : value;
};

/** Values with a meaning of their own to Ansible's reader of JSON are what they say only when we said it. */
const disarmed = (value: Json): Json => {
  if (Array.isArray(value)) return (value as Json[]).map(disarmed);
  if (!isObject(value)) return value;
  return objectOf(
    Object.entries(value).map(([key, one]) => [key.replace(/^__ansible_/, '_ansible_'), disarmed(one)]),
  );
};

interface Groups {
  readonly cloud?: GroupName;
  readonly region?: GroupName;
  readonly cell?: GroupName;
  readonly others: readonly GroupName[];
}

const groupsOf = ({ place, labels }: FleetRecord): Groups => {
  const { cloud = '', region = '', cell, parent } = place;
  const named = (kind: GroupName['kind'], names: readonly string[], within: readonly string[] = []) => ({
    kind,
    names,
    within,
  });
  const parents = parent === undefined ? [] : [named('parent', [parent], [cloud, region])];
  return {
    ...(cloud === '' ? {} : { cloud: named('cloud', [cloud]) }),
    ...(region === '' ? {} : { region: named('region', [region], [cloud]) }),
    ...(cell === undefined ? {} : { cell: named('cell', [region, cell], [cloud]) }),
    others: [...parents, ...labels.map((label) => named('label', [label]))],
  };
};

const listed = ({ cloud, region, cell, others }: Groups): GroupName[] =>
  [cloud, region, cell, ...others].filter((group) => group !== undefined);

const own = ({ kind, place, fields, labels, name }: FleetRecord): [string, Json][] => [
  [`${ownPrefix}kind`, kind],
  [`${ownPrefix}name`, name],
  [`${ownPrefix}labels`, labels],
  ...placeNames.flatMap((one) =>
    place[one] === undefined ? [] : [[`${ownPrefix}${one}`, place[one]] as [string, Json]],
  ),
  ...Object.entries(fields)
    .filter(([key]) => key !== 'ip_address')
    .map(([key, value]) => [`${ownPrefix}${key}`, value] as [string, Json]),
];

class InventoryWriter {
  private readonly names = new AnsibleNames();
  private readonly groups = new Map<string, Group>();

  constructor(
    private readonly source: RecordSource,
    private readonly options: AnsibleOptions,
  ) {}

  async *texts(): AsyncGenerator<string> {
    for await (const host of devicesOf(this.source({ variables: false }))) {
      this.names.addHost(host);
      for (const group of listed(groupsOf(host))) this.names.addGroup(group);
    }
    yield '{"_meta":{"hostvars":{';
    let separator = '\n';
    for await (const host of devicesOf(this.source())) {
      const name = this.names.host(host);
      this.join(name, host);
      yield `${separator}${JSON.stringify(name)}:${JSON.stringify(this.variables(host))}`;
      separator = ',\n';
    }
    yield '}}';
    yield* this.groupTexts();
    yield '}\n';
  }

  private *groupTexts(): Generator<string> {
    const children = new Set([...this.groups.values()].flatMap((group) => [...group.children]));
    const top = [...this.groups.keys()]
      .filter((name) => name !== 'ungrouped' && !children.has(name))
      .toSorted();
    yield `,\n"all":${JSON.stringify({ children: [...top, 'ungrouped'] })}`;
    for (const [name, { hosts, children: below }] of this.groups)
      yield `,\n${JSON.stringify(name)}:${JSON.stringify({ hosts, children: [...below] })}`;
  }

  private variables(host: FleetRecord): JsonObject {
    const { ip_address: address } = host.fields;
    const asIs = this.options.trustTemplates === true || isHarmless(host.variables);
    const values = asIs ? host.variables : (marked(disarmed(host.variables)) as JsonObject);
    return objectOf([
      ...(address === undefined ? [] : [['ansible_host', address] as const]),
      ...Object.entries(values).filter(([key]) => !key.startsWith(ownPrefix)),
      ...own(host).map(([key, value]) => [key, marked(value)] as const),
    ]);
  }

  private join(name: string, host: FleetRecord): void {
    const groups = groupsOf(host);
    // A cloud holds its regions and a region its cells; what is in those is not listed twice.
    const nearest = groups.cell ?? groups.region ?? groups.cloud;
    const direct = [...(nearest ? [nearest] : []), ...groups.others].map((group) => this.names.group(group));
    for (const group of direct.length > 0 ? direct : ['ungrouped']) this.group(group).hosts.push(name);
    this.nest(groups.region, groups.cell);
    this.nest(groups.cloud, groups.region);
  }

  private nest(outer: GroupName | undefined, inner: GroupName | undefined): void {
    if (outer && inner) this.group(this.names.group(outer)).children.add(this.names.group(inner));
  }

  private group(name: string): Group {
    const known = this.groups.get(name);
    if (known) return known;
    const made: Group = { hosts: [], children: new Set() };
    this.groups.set(name, made);
    return made;
  }
}

/**
 * What a dynamic inventory answers to `--list`: every device with its variables, in groups by cloud, region, cell, label and parent.
 * The records are asked for twice and must be the same both times, but for the variables, which the first time may be left out; in memory are the names only.
 */
export const writeAnsible = (source: RecordSource, options: AnsibleOptions = {}): AsyncGenerator<string> =>
  inChunks(new InventoryWriter(source, options).texts());
