import type { Client } from './gateway.js';
import { made } from './places.js';

/** JSON Schema, as the API's description has it. */
export interface Shape {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Shape[];
  readonly items?: Shape;
  readonly minItems?: number;
  readonly minimum?: number;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
}

export interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Shape>> };
}

export interface Operation {
  readonly operationId: string;
  readonly description?: string;
  readonly security?: readonly unknown[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Shape }>> };
}

const references: Readonly<Record<string, string>> = {
  project_id: 'projects',
  cloud_id: 'clouds',
  region_id: 'regions',
  cell_id: 'cells',
  host_id: 'hosts',
  device_id: 'hosts',
  network_id: 'networks',
  user_id: 'users',
};

export const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();

/** Bodies that no schema can tell: whatever is left out is made from the schema. */
export type Bodies = Readonly<Record<string, (slice: Slice) => Promise<unknown>>>;

let serial = 0;

/** What one project has, made through the API as it is asked for, in bodies that the API's description tells how to make. */
export class Slice {
  /** How often something of the slice was named in a body. */
  referred = 0;
  private readonly known = new Map<string, Promise<string>>();

  constructor(
    private readonly description: Description,
    private readonly bodies: Bodies,
    /** Somebody of the project who may make everything. */
    readonly maker: Client,
    readonly projectId: string,
  ) {}

  /** One of a collection, always the same; of a window or a device in a body, a new one, since some things can be done but once. */
  some(collection: string): Promise<string> {
    if (collection === 'projects') return Promise.resolve(this.projectId);
    const known = this.known.get(collection) ?? this.fresh(collection);
    this.known.set(collection, known);
    return known;
  }

  /** One that nothing has happened to yet. */
  async fresh(collection: string, body?: object): Promise<string> {
    const path = `/v1/${collection}`;
    const operation = this.description.paths[path]?.['post'];
    if (!operation) throw new Error(`nobody knows how to make one of ${collection}`);
    const answer = await made(this.maker.post(path, body ?? (await this.bodyOf(operation))));
    return answer.body.id as string;
  }

  async refer(collection: string): Promise<string> {
    this.referred += 1;
    return collection === 'hosts' ? this.fresh(collection) : this.some(collection);
  }

  bodyOf({ requestBody }: Operation): Promise<unknown> {
    const shape = requestBody?.content['application/json']?.schema;
    return shape ? this.sample(shape, '') : Promise.resolve(undefined);
  }

  private sample(shape: Shape, member: string): Promise<unknown> {
    const { $ref, enum: words, anyOf } = shape;
    if ($ref !== undefined) return this.named($ref.split('/').at(-1) ?? '');
    if (words) return Promise.resolve(words[0]);
    if (!anyOf) return this.typed(shape, member);
    const isAddress = anyOf.some(({ format }) => format === 'ipv4');
    return isAddress ? Promise.resolve('10.0.0.7') : this.sample(anyOf[0] ?? {}, member);
  }

  private async typed(shape: Shape, member: string): Promise<unknown> {
    switch (String([shape.type].flat()[0])) {
      case 'object':
        return this.object(shape);
      case 'array':
        return Promise.all(
          Array.from({ length: shape.minItems ?? 0 }, () => this.sample(shape.items ?? {}, member)),
        );
      case 'boolean':
        return true;
      case 'integer':
      case 'number':
        return shape.minimum ?? 0;
      default:
        return this.text(shape, member);
    }
  }

  private async named(name: string): Promise<unknown> {
    const body = this.bodies[name];
    return body ? body(this) : this.sample(this.description.components.schemas[name] ?? {}, name);
  }

  private async object({ properties = {}, required = [] }: Shape): Promise<object> {
    const members: [string, unknown][] = [];
    for (const name of required) members.push([name, await this.sample(properties[name] ?? {}, name)]);
    return Object.fromEntries(members);
  }

  private async text({ format }: Shape, member: string): Promise<string> {
    serial += 1;
    if (format === 'date-time') return inHours(1);
    if (format !== 'uuid') return `matrix-${serial}`;
    const collection = references[member];
    if (collection === undefined) throw new Error(`tell the matrix what ${member} refers to`);
    return this.refer(collection);
  }
}
