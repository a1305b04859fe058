import { type Belongings, inAnHour } from './belongings.js';
import type { Api, Schema } from './operations.js';
import type { Chance } from './random.js';

/** Members that refer to something, by the collection it is in. */
const collections: Readonly<Record<string, string>> = {
  project_id: 'projects',
  cloud_id: 'clouds',
  region_id: 'regions',
  cell_id: 'cells',
  parent_id: 'hosts',
  host_id: 'hosts',
  device_id: 'hosts',
  network_id: 'networks',
  window_id: 'maintenance-windows',
  workflow: 'workflows',
};

/** Texts of a form that their schema does not say in full; the address is the one that every address is. */
const texts: Readonly<Record<string, string>> = { cidr: '10.1.2.0/24', netmask: '255.255.255.0' };

export const typeOf = ({ type, anyOf }: Schema): string | undefined =>
  typeof type === 'string' ? type : (type?.[0] ?? anyOf?.[0]?.type?.toString());

/** Values that fit what the API describes, as a client would send them. */
export class Examples {
  private count = 0;

  constructor(
    private readonly api: Api,
    private readonly chance: Chance,
  ) {}

  body(schema: Schema, own: Belongings): unknown {
    return this.value('', schema, own);
  }

  private value(name: string, given: Schema, own: Belongings): unknown {
    const schema = this.api.resolved(given);
    const belonging = own[collections[name] ?? ''];
    if (belonging !== undefined) return belonging;
    if (schema.enum) return this.chance.one(schema.enum);
    const type = typeOf(schema);
    if (type === 'object') return this.members(schema, own);
    if (type === 'array') return schema.items ? [this.value(name, schema.items, own)] : [];
    return this.scalar(name, schema, type);
  }

  private scalar(name: string, schema: Schema, type: string | undefined): unknown {
    if (type === 'integer' || type === 'number') return Math.max(1, schema.minimum ?? 1);
    // Asking what would happen is no change: nothing of what guards changes applies to it.
    if (type === 'boolean') return name !== 'dry_run';
    return type === 'string' ? this.text(name, schema) : 'anything';
  }

  private members(schema: Schema, own: Belongings): object {
    const { properties = {}, required = [] } = schema;
    const chosen = Object.entries(properties).filter(
      ([name]) => required.includes(name) || this.chance.next() < 0.3,
    );
    return Object.fromEntries(chosen.map(([name, member]) => [name, this.value(name, member, own)]));
  }

  private text(name: string, { format, anyOf }: Schema): string {
    if (format === 'uuid') return this.chance.uuid();
    if (format === 'date-time') return inAnHour(name === 'ends_at' ? 2 : 1);
    if (anyOf?.some((one) => one.format === 'ipv4')) return '10.1.2.3';
    if (texts[name] !== undefined) return texts[name];
    this.count += 1;
    return `thing-${this.count}`;
  }
}
